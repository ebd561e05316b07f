//! A pod for one command of people's. It waits; the command is run in it as in any other pod.

use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, Patch, PatchParams};
use kube::{Api, Client, Config, ResourceExt as _};
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::diagnosis::trouble;
use super::{Kubernetes, names};
use crate::release::{Release, Target};
use crate::{Error, Result};

/// It ends by itself after a day.
const LONGEST: Duration = Duration::from_hours(24);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Until a node runs it.
const PLACEMENT: Duration = Duration::from_mins(5);
/// How often we say that we are there.
const RENEWAL: Duration = Duration::from_secs(30);
/// Whoever has not said so for this time is gone. Clocks may differ by some minutes.
const ABANDONED: SignedDuration = SignedDuration::from_mins(5);
/// What waits has nothing to bring to an end.
const GRACE: u32 = 1;
/// For a deletion that somebody waits for who wants to leave.
const LEAVING: Duration = Duration::from_secs(3);

/// The pod; deleted when this is dropped.
pub(super) struct Errand {
    api: Api<Pod>,
    /// `None`: it is deleted.
    pod: Option<String>,
    name: String,
    config: Config,
    namespace: String,
    _renewal: AbortOnDropHandle<()>,
}

impl Kubernetes {
    /// Makes a pod with a release's image, environment and limits, and waits until it runs.
    pub(super) async fn errand(&self, release: &Release) -> Result<Errand> {
        let target = &release.target;
        let api = self.api::<Pod>();
        self.remove_abandoned(target, &api).await?;
        let name = names::part(target, "run", &[&format!("{:016x}", fastrand::u64(..))]);
        let owner = self.root(target).await?;
        let command = ["sleep".to_owned(), LONGEST.as_secs().to_string()];
        let mut spec = self.blueprint(release, &owner).one_off_pod(&command);
        spec["activeDeadlineSeconds"] = json!(LONGEST.as_secs());
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {
                "name": name,
                "labels": names::labels(target, names::Role::Run),
                "annotations": { names::RENEWED: Timestamp::now().to_string() },
                "ownerReferences": [owner],
            },
            "spec": spec,
        }))
        .expect("a Pod");
        // From here on it is deleted, even where the answer gets lost.
        let errand = Errand {
            _renewal: renewal(api.clone(), name.clone()),
            api,
            pod: Some(name.clone()),
            name,
            config: self.config.clone(),
            namespace: self.namespace.clone(),
        };
        self.create(&errand.api, &pod).await?;
        self.wait_for(&errand).await?;
        Ok(errand)
    }

    async fn wait_for(&self, errand: &Errand) -> Result<()> {
        let begun = Instant::now();
        loop {
            let pod = self.get(&errand.api, errand.name()).await?;
            let pod = pod.ok_or_else(|| Error::refused("somebody deleted the command's pod"))?;
            let phase = pod.status.as_ref().and_then(|status| status.phase.as_ref());
            match phase.map(String::as_str) {
                Some("Running") => return Ok(()),
                Some("Failed" | "Succeeded") => {
                    return Err(Error::refused("the command's pod ended before it was used"));
                }
                _ => {}
            }
            if let Some(trouble) = trouble(&pod) {
                return Err(Error::refused("the command's pod can't be started").caused_by(trouble));
            }
            if begun.elapsed() >= PLACEMENT {
                return Err(Error::unavailable(
                    "no node ran the command's pod within 5 minutes",
                ));
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Deletes those whose commands were killed together with whoever ran them.
    async fn remove_abandoned(&self, target: &Target, api: &Api<Pod>) -> Result<()> {
        let selector = names::role_selector(target, names::Role::Run);
        for pod in self.list(api, &selector).await? {
            if is_abandoned(&pod, Timestamp::now()) {
                // What failed is left to the next command.
                delete(api, &pod.name_any()).await;
            }
        }
        Ok(())
    }
}

fn is_abandoned(pod: &Pod, now: Timestamp) -> bool {
    let renewed = pod.annotations().get(names::RENEWED);
    let renewed: Option<Timestamp> = renewed.and_then(|text| text.parse().ok());
    renewed.is_none_or(|renewed| now.duration_since(renewed) > ABANDONED)
}

/// Says again and again that somebody is there.
fn renewal(api: Api<Pod>, name: String) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            sleep(RENEWAL).await;
            let now = Timestamp::now().to_string();
            let patch = json!({ "metadata": { "annotations": { names::RENEWED: now } } });
            let parameters = PatchParams::default();
            // What fails is tried again soon enough.
            let _ = api.patch(&name, &parameters, &Patch::Merge(&patch)).await;
        }
    }))
}

impl Errand {
    /// Of the container in which commands are run.
    pub(super) const CONTAINER: &str = "command";

    /// The pod's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Deletes the pod.
    pub(super) async fn end(mut self) -> Result<()> {
        if delete(&self.api, &self.name).await {
            self.pod = None;
            return Ok(());
        }
        Err(
            Error::unavailable(format!("the pod {} could not be deleted", self.name))
                .hint("the next `paas run` deletes it"),
        )
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        let Some(name) = self.pod.take() else {
            return;
        };
        let (config, namespace) = (self.config.clone(), self.namespace.clone());
        // The runtime that the client belongs to may be ending.
        let deletion = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread();
            let Ok(runtime) = { runtime }.enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                if let Ok(client) = Client::try_from(config) {
                    let api = Api::<Pod>::namespaced(client, &namespace);
                    let _ = timeout(LEAVING, delete(&api, &name)).await;
                }
            });
        });
        // What failed there is left to the next command.
        let _ = deletion.join();
    }
}

/// Whether it is gone, or about to go.
async fn delete(api: &Api<Pod>, name: &str) -> bool {
    let parameters = DeleteParams::default().grace_period(GRACE);
    match api.delete(name, &parameters).await {
        Ok(_) => true,
        Err(kube::Error::Api(status)) => status.is_not_found(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_that_nobody_renews_is_abandoned() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let pod = |annotations: serde_json::Value| {
            serde_json::from_value(json!({ "metadata": { "annotations": annotations } })).unwrap()
        };
        let renewed = |time: &str| pod(json!({ names::RENEWED: time }));
        assert!(!is_abandoned(&renewed("2026-01-02T03:01:00Z"), now));
        assert!(is_abandoned(&renewed("2026-01-02T02:58:00Z"), now));
        assert!(is_abandoned(&pod(json!({})), now));
    }
}
