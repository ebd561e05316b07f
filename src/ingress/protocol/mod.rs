//! What the control API speaks: JSON over HTTP/1.1 on a loopback port, with a bearer token that
//! stands in the environment of the ingress's container. Pure data; the client is
//! `cluster::docker`, the server `ingress::control`.
//!
//! | request | body → answer |
//! | --- | --- |
//! | `GET /v1/about` | → [`About`] |
//! | `GET /v1/routes` | → all [`Route`]s |
//! | `PUT /v1/routes/KEY` | [`Route`] → 204, when it is on disk and in force |
//! | `DELETE /v1/routes/KEY` | → 204 |
//! | `POST /v1/routes/KEY/drain` | [`Drain`] → [`Drained`], when nothing is in flight or time is up |
//! | `GET /v1/routes/KEY/traffic` | → map from release number to [`Traffic`]; `?mark=true` then starts the longest gaps anew |
//! | `GET /v1/certificates` | → map from each host that is to be served by HTTPS to its [`CertificateState`] |
//! | `POST /v1/probe` | [`Probe`] → [`ProbeAnswer`], one try |
//! | `POST /v1/probes` | list of [`Probe`]s → list of [`ProbeAnswer`]s in the same order, all at once |
//! | `POST /v1/leases/KEY` | [`Holder`] → [`Lease`], or 409 with the [`Holder`] that has it |
//! | `PUT /v1/leases/KEY` | → 204: renewed; 409: it is somebody else's now |
//! | `DELETE /v1/leases/KEY` | → 204 |
//! | `GET /v1/documents?prefix=P` | → map from name to document (a string) |
//! | `PUT /v1/documents/NAME` | the document → 204; with `If-None-Match: *` 409 when there is one |
//! | `DELETE /v1/documents/NAME` | → 204 |
//!
//! A change (`PUT`, `DELETE` of routes and documents) may carry `Paas-Fence: KEY FENCE`; it is
//! refused with 409 when that lease is no longer held. Errors are a [`Failure`]. A `PUT` that finds
//! no room on the disk is answered with 507, all that change anything with 503 while another process
//! takes this one's place; nothing has changed then.
//! A lease ends with the connection on which it was taken, at the latest 15 s (of a clock that
//! nobody can set) after it was last renewed.

mod fence;
mod route;
mod traffic;

use serde::{Deserialize, Serialize};

pub use fence::{BadFence, Fence};
pub use route::{Backend, Canary, Maintenance, RawPort, Route, Transport};
pub use traffic::{Histogram, Traffic};

/// The version of this protocol; an ingress with an older one is replaced.
pub const PROTOCOL: u32 = 3;

/// Header of a change: the lease's key, a blank, its fence.
pub const FENCE_HEADER: &str = "paas-fence";

/// What runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// [`PROTOCOL`] of the server.
    pub protocol: u32,
    /// `paas --version` of the server.
    pub version: String,
    /// Where HTTP is served.
    pub http_port: u16,
    /// Where HTTPS is served.
    pub https_port: Option<u16>,
    /// Another process takes its place, or has: it takes no changes.
    #[serde(default)]
    pub ending: bool,
}

/// A host's certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateState {
    /// When the one that is served comes to its end, in Unix seconds; `None`: there is none.
    pub expires: Option<i64>,
    /// Why there is no newer one.
    pub failure: Option<CertificateFailure>,
}

/// Why the last order of a certificate failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFailure {
    /// In the authority's words.
    pub reason: String,
    /// When it is tried again, in Unix seconds.
    pub next_try: i64,
}

/// Waits for requests that run, then closes upgraded connections: `WebSocket`s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// `address:port` of the instances that get no new requests any more.
    pub upstreams: Vec<String>,
    /// How long to wait.
    pub timeout_ms: u64,
}

/// The end of a [`Drain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drained {
    /// Requests that still run: not 0 when time was up.
    pub in_flight: u64,
    /// Upgraded connections that were closed.
    pub closed: u64,
}

/// One question to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// `address:port`.
    pub upstream: String,
    /// GET this path; `None`: connect only.
    pub path: Option<String>,
    /// For connection and answer.
    pub timeout_ms: u64,
}

/// What an instance answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum ProbeAnswer {
    /// 2xx or 3xx, or the connection was accepted.
    Healthy,
    /// Another status.
    Status {
        /// The status.
        status: u16,
        /// The beginning of the body, at most 1 KiB.
        body: String,
    },
    /// No answer, with the reason: refused, timed out, closed.
    None {
        /// For people.
        reason: String,
    },
}

/// Who works on an app's environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// `user@host`.
    pub who: String,
    /// `deploy v1.2.3-gabcdef01-r4`.
    pub what: String,
    /// Unix seconds, for people only.
    pub since: i64,
}

/// A lease that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Grows with each lease of this ingress, over restarts too.
    pub fence: u64,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For people.
    pub error: String,
    /// What a 409 or 503 is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictKind>,
}

/// What a 409 or 503 is about, other than a lease that somebody else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// The lease is not held (any more).
    LeaseLost,
    /// There is such a document.
    Exists,
    /// The route asks for what another one has.
    Taken,
    /// Another process takes this one's place.
    Ending,
}
