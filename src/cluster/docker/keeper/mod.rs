//! The client of the ingress's control API, see [`crate::ingress::protocol`].

mod lease;
mod relay;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::Method;

pub use lease::KeeperLease;
pub use relay::Relay;
use wire::{Question, Way, Wire, parsed};

use crate::Result;
use crate::ingress::protocol::{
    About, CertificateState, Drain, Drained, Fence, Holder, Probe, ProbeAnswer, Route, Traffic,
};

/// Whether a document may replace another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It may.
    Allowed,
    /// `Kind::Refused` when there is one.
    Refused,
}

/// A client of one ingress. An ingress that does not answer is `Kind::Unavailable`, a lease that is
/// lost `Kind::Busy`.
#[derive(Clone, Debug)]
pub struct Keeper {
    wire: Wire,
}

impl Keeper {
    /// `address` is the control API's `host:port`.
    pub fn new(address: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            wire: Wire::new(Way::Address(address.into()), token.into()),
        }
    }

    /// Of an ingress on another machine.
    pub fn through(relay: Relay, token: impl Into<String>) -> Self {
        Self {
            wire: Wire::new(Way::Relay(relay), token.into()),
        }
    }

    /// What runs.
    pub async fn about(&self) -> Result<About> {
        self.answer(Question::new(Method::GET, "/v1/about")).await
    }

    /// All routes by key.
    pub async fn routes(&self) -> Result<BTreeMap<String, Route>> {
        self.answer(Question::new(Method::GET, "/v1/routes")).await
    }

    /// When it returns, the route is on disk and in force. `Kind::Refused` when it asks for what
    /// another route has.
    pub async fn put_route(&self, key: &str, route: &Route, fence: Option<&Fence>) -> Result<()> {
        let put = Question::new(Method::PUT, format!("/v1/routes/{key}"));
        self.done(put.json(route).fenced(fence)).await
    }

    /// No error when there is none.
    pub async fn delete_route(&self, key: &str, fence: Option<&Fence>) -> Result<()> {
        let delete = Question::new(Method::DELETE, format!("/v1/routes/{key}"));
        self.done(delete.fenced(fence)).await
    }

    /// Returns when nothing is in flight, or time is up.
    pub async fn drain(&self, key: &str, drain: &Drain) -> Result<Drained> {
        let post = Question::new(Method::POST, format!("/v1/routes/{key}/drain"));
        let time = Duration::from_millis(drain.timeout_ms);
        self.answer(post.json(drain).taking(time)).await
    }

    /// By release; `mark` starts the longest gaps anew.
    pub async fn traffic(&self, key: &str, mark: bool) -> Result<BTreeMap<u64, Traffic>> {
        let path = format!("/v1/routes/{key}/traffic?mark={mark}");
        self.answer(Question::new(Method::GET, path)).await
    }

    /// By host, of all that are to be served by HTTPS.
    pub async fn certificates(&self) -> Result<BTreeMap<String, CertificateState>> {
        self.answer(Question::new(Method::GET, "/v1/certificates"))
            .await
    }

    /// One try.
    pub async fn probe(&self, probe: &Probe) -> Result<ProbeAnswer> {
        let post = Question::new(Method::POST, "/v1/probe").json(probe);
        let time = Duration::from_millis(probe.timeout_ms);
        self.answer(post.taking(time)).await
    }

    /// One try of each, all at once.
    pub async fn probes(&self, probes: &[Probe]) -> Result<Vec<ProbeAnswer>> {
        let post = Question::new(Method::POST, "/v1/probes").json(&probes);
        let time = probes.iter().map(|probe| probe.timeout_ms).sum();
        self.answer(post.taking(Duration::from_millis(time))).await
    }

    /// `Kind::Busy`, with who holds it, when somebody does.
    pub async fn lease(&self, key: &str, holder: &Holder) -> Result<KeeperLease> {
        KeeperLease::take(&self.wire, key, holder).await
    }

    /// Those whose names begin with `prefix`.
    pub async fn documents(&self, prefix: &str) -> Result<BTreeMap<String, String>> {
        let prefix: String = form_urlencoded::byte_serialize(prefix.as_bytes()).collect();
        let path = format!("/v1/documents?prefix={prefix}");
        self.answer(Question::new(Method::GET, path)).await
    }

    /// When it returns, the document is on disk.
    pub async fn put_document(
        &self,
        name: &str,
        text: &str,
        overwrite: Overwrite,
        fence: Option<&Fence>,
    ) -> Result<()> {
        let put = Question::new(Method::PUT, format!("/v1/documents/{name}"));
        self.done(put.text(text).overwriting(overwrite).fenced(fence))
            .await
    }

    /// No error when there is none.
    pub async fn delete_document(&self, name: &str, fence: Option<&Fence>) -> Result<()> {
        let delete = Question::new(Method::DELETE, format!("/v1/documents/{name}"));
        self.done(delete.fenced(fence)).await
    }

    async fn answer<T: serde::de::DeserializeOwned>(&self, question: Question) -> Result<T> {
        parsed(&self.wire.ask(question).await?)
    }

    async fn done(&self, question: Question) -> Result<()> {
        self.wire.ask(question).await.map(drop)
    }
}
