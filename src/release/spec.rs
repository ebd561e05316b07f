//! A release's whole parameters, as they stand in its record and on each of its instances.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Target;
use crate::image::Reference;

/// One numbered deployment of an app to an environment. Never changed: a rollback is a new release
/// with an older one's parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// What it was deployed to.
    #[serde(flatten)]
    pub target: Target,
    /// From 1, one more for each attempt.
    pub number: u64,
    /// The release whose parameters it took over, when it is a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Unix seconds.
    pub created: i64,
    /// `user@host`.
    pub by: String,
    /// What is run.
    pub image: Image,
    /// By name; `web` is the one with the HTTP port.
    pub processes: BTreeMap<String, Process>,
    /// The HTTP port of `web`, also `$PORT`.
    pub port: u16,
    /// From SIGTERM to SIGKILL, in seconds.
    pub stop_timeout: u64,
    /// Run-time environment, without secrets.
    pub env: BTreeMap<String, String>,
    /// Secrets, by the variable that they are given as. Never their values.
    pub secrets: BTreeMap<String, SecretRevision>,
    /// How an instance shows that it is healthy; `None`: it runs (and `web` answers HTTP, by
    /// whatever status).
    pub health: Option<Health>,
    /// Folders that outlive instances.
    pub volumes: Vec<Volume>,
    /// Raw ports.
    pub ports: Vec<RawPort>,
    /// Host names; empty: the cluster's own.
    pub domains: Vec<String>,
    /// Shell code that runs once, in the new image, before it takes traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_deploy: Option<String>,
    /// Who instances run as; `None`: whom the image names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Instances of `web` by load, where the cluster can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscale: Option<Autoscale>,
}

impl Release {
    /// Whether two instances of different releases must not run at once: they share a volume.
    pub fn is_single_writer(&self) -> bool {
        !self.volumes.is_empty()
    }
}

/// Who instances run as, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

/// Instances by load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Autoscale {
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// CPU use to aim at, in percent of what an instance asks for.
    pub cpu: u8,
}

/// What a release runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The version: `v1.2.3-gabcdef01-r4`.
    pub version: String,
    /// By digest where a registry holds it, otherwise by its name on this machine.
    pub reference: Reference,
    /// The image's ID on the Docker host that built or pulled it; empty on other engines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The commit, 40 hex digits.
    pub commit: String,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Instances.
    pub replicas: u32,
    /// Limits of each.
    #[serde(default)]
    pub resources: Resources,
}

impl Process {
    /// The one that gets the HTTP port.
    pub const WEB: &'static str = "web";
}

/// Limits of an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resources {
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Cores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<f64>,
}

/// Which value of a secret: a digest of the value under a key of the cluster's, so that equal values are
/// seen without the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretRevision(pub String);

/// How health is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// What is asked.
    pub probe: Probe,
    /// For one answer, in milliseconds.
    pub timeout_ms: u64,
    /// From start to the first healthy answer, in milliseconds.
    pub grace_ms: u64,
}

impl Health {
    /// How long an instance may take to become healthy.
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }
}

/// A question about health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Probe {
    /// GET this path on the HTTP port: 2xx and 3xx are healthy.
    Http(String),
    /// The HTTP port accepts a connection.
    Tcp,
    /// This code, run in the instance with `sh -eu`, exits with 0.
    Script(String),
}

/// A folder that outlives instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Unique in the target.
    pub name: String,
    /// Absolute, in the instance.
    pub path: String,
}

/// A raw port, the same on the host and in the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawPort {
    /// The port.
    pub port: u16,
    /// TCP or UDP.
    pub protocol: Protocol,
}

/// Of a raw port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}
