use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use crate::ingress::protocol::{CertificateState, Drained, Route, Traffic};

/// What puts routes in force.
#[async_trait]
pub trait Routing: Send + Sync {
    /// Puts a route in force, in place of the one with this key. On a conflict nothing has changed.
    async fn put(&self, key: &str, route: Route) -> Result<(), Conflict>;

    /// Whether there was one.
    async fn remove(&self, key: &str) -> bool;

    /// All that are in force.
    fn routes(&self) -> BTreeMap<String, Route>;

    /// Waits until nothing is in flight to `upstreams`, or `timeout` is over.
    async fn drain(&self, upstreams: &[String], timeout: Duration) -> Drained;

    /// By release; `mark` starts the longest gaps anew.
    fn traffic(&self, key: &str, mark: bool) -> BTreeMap<u64, Traffic>;

    /// By host, of all that are to be served by HTTPS.
    fn certificates(&self) -> BTreeMap<String, CertificateState>;

    /// All measures as Prometheus reads them.
    fn metrics(&self) -> String;
}

/// Why a route was not taken, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Conflict(pub String);
