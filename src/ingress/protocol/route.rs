use serde::{Deserialize, Serialize};

/// Where the requests of one app's environment go. Replaced as a whole, atomically.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Exact host names, lower case, without port. One host belongs to one route.
    pub hosts: Vec<String>,
    /// Whether certificates are ordered for [`Route::hosts`], and HTTP redirects to HTTPS.
    #[serde(default)]
    pub https: bool,
    /// The release that serves; `None`: nothing was deployed, or it has no `web` process.
    pub live: Option<Backend>,
    /// A release on trial.
    #[serde(default)]
    pub canary: Option<Canary>,
    /// Requests are parked, until the next route comes or [`Route::HOLD_LIMIT`] is over.
    #[serde(default)]
    pub hold: bool,
    /// Answered with 503 instead of being passed on.
    #[serde(default)]
    pub maintenance: Option<Maintenance>,
    /// Raw ports, passed on to the live release's instances.
    #[serde(default)]
    pub ports: Vec<RawPort>,
    /// What the client keeps with the route, and changes with it; the ingress does not read it.
    #[serde(default)]
    pub note: String,
}

impl Route {
    /// After this time a parked request is answered with 503.
    pub const HOLD_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
}

/// Instances of one release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    /// The release's number.
    pub release: u64,
    /// `address:port`, each of one instance.
    pub upstreams: Vec<String>,
}

/// A release on trial beside the live one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    /// Its instances.
    pub backend: Backend,
    /// Its share of requests, 0 to 1. A request with the header `Paas-Release: canary` or a
    /// cookie `paas-release=canary` always reaches it; `stable` never does.
    pub share: f64,
}

/// An app's maintenance page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// What people read, plain text.
    pub message: String,
}

/// A raw port on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RawPort {
    /// On the host and in the instance.
    pub port: u16,
    /// TCP or UDP.
    pub protocol: Transport,
}

/// Of a raw port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}
