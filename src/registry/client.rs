use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};

use super::auth::{Scope, Signer};
use super::challenge::Challenge;
use super::config::ImageConfig;
use super::credentials::Keychain;
use super::endpoint::Endpoint;
use super::failure::{Answer, Failure};
use super::manifest::{Manifest, ManifestContent, MediaType};
use super::tags;
use super::transport::{Request, Transport};
use crate::credentials::Credentials;
use crate::image::{Digest, Reference, Repository};
use crate::report::{Event, Reporter};
use crate::retry::{Attempt, Policy, retry};
use crate::settings::Settings;
use crate::{Error, Result};

/// The distribution specification has registries accept manifests up to this size.
const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;
/// For an answer whose body is of no interest.
const SHORT_LIMIT: usize = 64 * 1024;
const DIGEST_HEADER: &str = "docker-content-digest";

/// Asks registries. Passing faults are retried; credentials are those of `docker login`.
pub struct Client {
    transport: Transport,
    signer: Signer,
    policy: Policy,
    reporter: Option<Arc<dyn Reporter>>,
}

impl Client {
    /// Cheap: certificates and credentials are read when a registry asks for them.
    pub fn new(settings: &Settings) -> Self {
        Self {
            transport: Transport::new(settings.ca_bundle.clone(), settings.proxies.clone()),
            signer: Signer::new(Keychain {
                config: settings.docker_config.clone(),
                helpers: None,
            }),
            policy: Policy::default(),
            reporter: None,
        }
    }

    /// Warns about each fault that is followed by another try.
    #[must_use]
    pub fn with_reporter(mut self, reporter: Arc<dyn Reporter>) -> Self {
        self.reporter = Some(reporter);
        self
    }

    /// How often a request is tried.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How long one request may take, its answer's last byte included; 30 s by default.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.with_timeout(timeout);
        self
    }

    /// Runs credential helpers from this folder instead of finding them on `PATH`.
    #[must_use]
    pub fn with_helper_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.signer = self.signer.with_helper_folder(folder.into());
        self
    }

    /// What the registry has under a tag (`latest` without one) or digest; a digest wins over a
    /// tag. `None` where there is no such manifest or repository.
    pub async fn resolve(&self, reference: &Reference) -> Result<Option<Manifest>> {
        let endpoint = Endpoint::of(reference.repository())?;
        let request = manifest_request(&endpoint, Method::HEAD, reference);
        let answer = self
            .ask(&endpoint, &Scope::pull(reference.repository()), &request)
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        match described(&answer).filter(|_| answer.status.is_success()) {
            Some(manifest) => {
                expect(reference, reference.digest(), &manifest.digest)?;
                Ok(Some(manifest))
            }
            // Some registries answer HEAD with less than they must, or not at all.
            None => Ok(self
                .manifest(reference)
                .await?
                .map(|content| content.manifest)),
        }
    }

    /// The manifest under a tag or digest, checked against the digest asked for and the one that
    /// the registry names.
    pub async fn manifest(&self, reference: &Reference) -> Result<Option<ManifestContent>> {
        let endpoint = Endpoint::of(reference.repository())?;
        let request = manifest_request(&endpoint, Method::GET, reference);
        let answer = self
            .ask(&endpoint, &Scope::pull(reference.repository()), &request)
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let served = Digest::of(&answer.body);
        expect(reference, reference.digest(), &served)?;
        expect(reference, named_digest(&answer).as_ref(), &served)?;
        let content = ManifestContent::parse(answer.body.clone(), answer.header("content-type"))?;
        Ok(Some(content))
    }

    /// The configuration that a manifest names by its digest; `None` where it is gone.
    pub async fn config(
        &self,
        repository: &Repository,
        digest: &Digest,
    ) -> Result<Option<ImageConfig>> {
        let endpoint = Endpoint::of(repository)?;
        let url = endpoint.url(repository, &format!("blobs/{digest}"));
        let request = Request::new(Method::GET, url, MANIFEST_LIMIT);
        let answer = self
            .ask(&endpoint, &Scope::pull(repository), &request)
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        expect(
            &repository.at(digest),
            Some(digest),
            &Digest::of(&answer.body),
        )?;
        let config = ImageConfig::parse(&answer.body).map_err(|error| {
            Error::unavailable(format!("{repository}@{digest} is no image configuration"))
                .caused_by(error)
        })?;
        Ok(Some(config))
    }

    /// All tags, in the registry's order; empty for an unknown repository. Names that are no tags
    /// are left out. More than 100,000 are an error.
    pub async fn tags(&self, repository: &Repository) -> Result<Vec<String>> {
        let endpoint = Endpoint::of(repository)?;
        let scope = Scope::pull(repository);
        let mut listing = tags::Listing::new(&endpoint, repository);
        while let Some(request) = listing.next_request() {
            let answer = self.ask(&endpoint, &scope, &request).await?;
            listing.add(&request.url, &answer)?;
        }
        Ok(listing.into_tags())
    }

    /// Stores a manifest under a tag or its digest; everything it points to must be there. The
    /// bytes of an existing manifest make its tag another name for the same image. Replaces what
    /// the tag named before: look first.
    pub async fn put_manifest(
        &self,
        reference: &Reference,
        bytes: Bytes,
        media_type: MediaType,
    ) -> Result<Digest> {
        let digest = Digest::of(&bytes);
        let endpoint = Endpoint::of(reference.repository())?;
        let mut request = manifest_request(&endpoint, Method::PUT, reference);
        request
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(media_type.as_str()));
        request.body = bytes;
        let answer = self
            .ask(&endpoint, &Scope::push(reference.repository()), &request)
            .await?;
        expect(reference, named_digest(&answer).as_ref(), &digest)?;
        Ok(digest)
    }

    /// What `docker login` stored for a registry (`host[:port]`), also for handing to an engine.
    pub async fn credentials_for(&self, host: &str) -> Result<Option<Credentials>> {
        self.signer.credentials(host).await
    }

    /// Whether a registry (`host[:port]`) answers and takes our credentials, or none where it wants
    /// none.
    pub async fn ping(&self, host: &str) -> Result<()> {
        let endpoint = Endpoint::at(host)?;
        let request = Request::new(Method::GET, endpoint.root(), SHORT_LIMIT);
        let answer = self.ask(&endpoint, &Scope::none(), &request).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        Err(
            Error::unavailable(format!("{host} is no registry: it has no /v2/"))
                .hint("check the host's name and port"),
        )
    }

    async fn ask(&self, endpoint: &Endpoint, scope: &Scope, request: &Request) -> Result<Answer> {
        retry(
            &self.policy,
            |failure: &Failure| failure.verdict,
            |attempt| self.warn(attempt),
            || self.attempt(endpoint, scope, request),
        )
        .await
        .map_err(|failure| failure.error)
    }

    /// One try. A token that the registry no longer takes is replaced once.
    async fn attempt(
        &self,
        endpoint: &Endpoint,
        scope: &Scope,
        request: &Request,
    ) -> Result<Answer, Failure> {
        let host = endpoint.host();
        let known = self.signer.known(endpoint, scope);
        let mut answer = self.transport.send(host, request, known.as_ref()).await?;
        if answer.status == StatusCode::UNAUTHORIZED
            && let Some(challenge) = Challenge::best(&answer.headers)
        {
            let header = self
                .signer
                .sign_in(&self.transport, endpoint, scope, &challenge)
                .await?;
            answer = self.transport.send(host, request, Some(&header)).await?;
        }
        let reading = matches!(request.method, Method::GET | Method::HEAD);
        let meaningful = match answer.status {
            StatusCode::NOT_FOUND => reading,
            StatusCode::METHOD_NOT_ALLOWED => request.method == Method::HEAD,
            status => status.is_success(),
        };
        if meaningful {
            Ok(answer)
        } else {
            Err(Failure::answer(
                host,
                &request.method,
                request.url.path(),
                &answer,
            ))
        }
    }

    fn warn(&self, attempt: &Attempt<'_, Failure>) {
        if let Some(reporter) = &self.reporter {
            reporter.report(Event::Warning(format!(
                "{}; trying again in {:.1} s ({} of {} tries)",
                attempt.error.error,
                attempt.delay.as_secs_f64(),
                attempt.number,
                attempt.of,
            )));
        }
    }
}

fn manifest_request(endpoint: &Endpoint, method: Method, reference: &Reference) -> Request {
    let name = match reference.digest() {
        Some(digest) => digest.as_str(),
        None => reference.tag().unwrap_or("latest"),
    };
    let url = endpoint.url(reference.repository(), &format!("manifests/{name}"));
    let mut request = Request::new(method, url, MANIFEST_LIMIT);
    let accepted = HeaderValue::from_str(&MediaType::accepted()).expect("media types are ASCII");
    request.headers.insert(ACCEPT, accepted);
    request
}

/// What the headers alone tell, if they tell all of it.
fn described(answer: &Answer) -> Option<Manifest> {
    Some(Manifest {
        digest: named_digest(answer)?,
        media_type: answer.header("content-type")?.parse().ok()?,
        size: answer.header("content-length")?.parse().ok()?,
    })
}

fn named_digest(answer: &Answer) -> Option<Digest> {
    answer.header(DIGEST_HEADER)?.parse().ok()
}

fn expect(name: &impl std::fmt::Display, expected: Option<&Digest>, served: &Digest) -> Result<()> {
    match expected {
        Some(expected) if expected != served => Err(Error::unavailable(format!(
            "the registry served other content for {name}: {}, not {}",
            served.short(),
            expected.short()
        ))
        .hint("something between here and the registry, or the registry itself, is broken")),
        _ => Ok(()),
    }
}
