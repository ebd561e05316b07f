use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::failure::{BuildFailure, StepFailure};
use super::messages::Messages;
use super::redact::Redactor;
use super::session::{self, DOCKERFILE, Offer, Session};
use super::trace::Progress;
use super::tree::Tree;
use super::wire::{self, Wire};
use super::{BuildRequest, Engine, SecretBytes, StepTitle, fault};
use crate::Error;
use crate::image::Digest;
use crate::report::{Event, Reporter};

const LAST_WORDS: Duration = Duration::from_secs(5);

impl Engine {
    /// Builds an image and returns its ID. Dropping the future ends the build in the engine; what
    /// it leaves is build cache.
    pub async fn build(
        &self,
        request: BuildRequest,
        reporter: &Arc<dyn Reporter>,
    ) -> Result<Digest, BuildFailure> {
        let redactor = Redactor::new(request.secrets.iter().map(|(_, value)| value));
        let parameters = parameters(&request);
        let (offer, titles) = offer(request)?;
        let attempt = || async {
            let progress = Progress::new(reporter.clone(), titles.clone(), redactor.clone());
            self.attempt(offer.clone(), &parameters, progress).await
        };
        let mut outcome = attempt().await;
        // A busy engine now and then loses a session that it had just opened. What was built is cached.
        if outcome.as_ref().is_err_and(BuildEnd::lost_the_session) {
            reporter.report(Event::Note(
                "the Docker Engine lost the build's session: building once more".to_owned(),
            ));
            outcome = attempt().await;
        }
        outcome.map_err(|end| match end {
            BuildEnd::Broken(error) => BuildFailure::Engine(error),
            BuildEnd::Step(step) => BuildFailure::of_step(*step),
            BuildEnd::Engine(message) => BuildFailure::of_engine(&redactor.text(&message)),
        })
    }

    async fn attempt(
        &self,
        offer: Offer,
        parameters: &[(&'static str, String)],
        progress: Progress,
    ) -> Result<Digest, BuildEnd> {
        let build_id = session::random_id()?;
        let mut session = Session::open(&self.wire, &self.path("/session"), offer).await?;
        let mut query: Vec<(&str, &str)> = parameters
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        query.extend([("buildid", build_id.as_str()), ("session", session.id())]);
        let request = wire::post(&self.path("/build"), &query);
        let cancel = CancelOnDrop {
            wire: self.wire.clone(),
            path: self.path("/build/cancel"),
            build_id,
        };
        let exchange = self.wire.send(request).await?.accepted().await?;
        let mut following = pin!(follow(Messages::of(exchange), progress));
        let outcome = tokio::select! {
            outcome = &mut following => outcome,
            // Whoever closed the session may have said why in the build's own answer.
            () = session.lost() => tokio::time::timeout(LAST_WORDS, following)
                .await
                .unwrap_or_else(|_| Err(BuildEnd::Broken(fault::silent(self.wire.address())))),
        };
        if !matches!(outcome, Err(BuildEnd::Broken(_))) {
            cancel.disarm();
        }
        outcome.map_err(|end| session.failure().map_or(end, BuildEnd::Broken))
    }
}

/// How a build ended without an image.
enum BuildEnd {
    /// A vertex failed.
    Step(Box<StepFailure>),
    /// The engine gave up and says why.
    Engine(String),
    /// The engine's answer broke off or can't be read, or this side failed.
    Broken(Error),
}

impl From<Error> for BuildEnd {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl BuildEnd {
    /// Whether the engine, while it goes on well, could no longer ask for what this side offers. It
    /// says so only in gRPC's words.
    fn lost_the_session(&self) -> bool {
        let message = match self {
            Self::Step(step) if step.exit_code.is_none() => &step.message,
            Self::Engine(message) => message,
            Self::Step(_) | Self::Broken(_) => return false,
        };
        [
            "code = Internal desc = unexpected EOF",
            "code = Unavailable desc = ",
        ]
        .iter()
        .any(|words| message.contains(words))
    }
}

async fn follow(mut messages: Messages, mut progress: Progress) -> Result<Digest, BuildEnd> {
    #[derive(Deserialize)]
    struct Built {
        #[serde(rename = "ID")]
        id: Digest,
    }
    let mut built = None;
    let mut failed = None;
    while let Some(message) = messages.next().await.map_err(BuildEnd::Broken)? {
        match (message.id.as_deref(), message.aux) {
            (Some("moby.buildkit.trace"), Some(trace)) => {
                progress.apply(&trace).map_err(BuildEnd::Broken)?;
            }
            (Some("moby.image.id"), Some(aux)) => {
                built = serde_json::from_value::<Built>(aux)
                    .ok()
                    .map(|built| built.id);
            }
            _ => {}
        }
        if message.error.is_some() {
            failed = message.error;
        }
    }
    match (failed, built) {
        (Some(message), _) => Err(match progress.failed() {
            Some(step) => BuildEnd::Step(Box::new(step)),
            None => BuildEnd::Engine(message),
        }),
        (None, Some(id)) => {
            progress.finish();
            Ok(id)
        }
        (None, None) => Err(BuildEnd::Broken(
            Error::unavailable("the Docker Engine ended the build without an image or an error")
                .hint(
                    "see whether it was restarted: `sudo journalctl --unit docker --since -10min`",
                ),
        )),
    }
}

fn parameters(request: &BuildRequest) -> Vec<(&'static str, String)> {
    let mut parameters = vec![
        ("version", "2".to_owned()),
        ("remote", "client-session".to_owned()),
        ("dockerfile", DOCKERFILE.to_owned()),
        ("rm", "1".to_owned()),
        ("buildargs", json(&request.args)),
        ("labels", json(&request.labels)),
    ];
    parameters.extend(request.tags.iter().map(|tag| ("t", tag.to_string())));
    if let Some(platform) = &request.platform {
        parameters.push(("platform", platform.clone()));
    }
    if request.no_cache {
        parameters.push(("nocache", "1".to_owned()));
    }
    parameters
}

fn json(values: &BTreeMap<String, String>) -> String {
    serde_json::to_string(values).expect("text maps to JSON")
}

fn offer(request: BuildRequest) -> Result<(Offer, Vec<StepTitle>), Error> {
    let public = request.public_secrets.into_iter();
    let secrets: HashMap<String, SecretBytes> = public
        .map(|(id, bytes)| (id, SecretBytes::new(&*bytes)))
        .chain(request.secrets)
        .collect();
    let offer = Offer {
        dockerfile: Arc::new(Tree::of_file(DOCKERFILE, &request.dockerfile)),
        context: Arc::new(Tree::new(request.entries)?),
        source_root: request.source_root,
        secrets,
        credentials: request.credentials,
        shared_key: request.shared_key,
    };
    Ok((offer, request.steps))
}

/// Tells the engine to stop, in case closing the connection is not noticed at once.
struct CancelOnDrop {
    wire: Wire,
    path: String,
    build_id: String,
}

impl CancelOnDrop {
    /// The build is over.
    fn disarm(mut self) {
        self.build_id.clear();
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if self.build_id.is_empty() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let request = wire::post(&self.path, &[("id", &self.build_id)]);
        let wire = self.wire.clone();
        runtime.spawn(async move {
            // Nobody is left to tell.
            let _ = wire.ask(request).await;
        });
    }
}
