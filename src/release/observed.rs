use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{InstanceName, Release};

/// What a cluster says of one target, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// The releases that are known, by number.
    pub releases: BTreeMap<u64, Record>,
    /// What serves.
    pub live: Live,
    /// Every instance, running or not, of every release.
    pub instances: Vec<Instance>,
    /// Whether requests are parked, by a [`Step::Hold`](super::Step::Hold) that no switch followed.
    pub held: bool,
    /// Whether the route names an address that is no running instance's.
    pub stale_route: bool,
    /// Whether the maintenance page is shown.
    pub maintenance: bool,
}

/// What serves: the one thing that a deployment changes atomically.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// The release that serves.
    pub release: Option<u64>,
    /// The release on trial beside it, and the instances of the live one that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// Instances by process that `paas scale` asked for; they win over the release's and stay for
    /// the releases that follow.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replicas: BTreeMap<String, u32>,
}

/// A release on trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// Its number.
    pub release: u64,
    /// Which instances run it.
    pub instances: Vec<InstanceName>,
}

/// A release as its history knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its parameters.
    pub release: Release,
    /// How it ended; `None`: it has not yet, or whoever worked on it is gone.
    pub outcome: Option<Outcome>,
}

/// How the attempt to make a release live ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was accepted: it served.
    Accepted,
    /// It was not, for this reason.
    Failed(String),
    /// `paas abort`, or an interruption.
    Aborted,
}

/// One instance as the engine has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// `web.2`.
    pub name: InstanceName,
    /// The release that it belongs to.
    pub release: u64,
    /// What it does.
    pub state: InstanceState,
    /// Whether its present address stands in the route. Only instances of `web` are routed.
    pub routed: bool,
}

/// What an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstanceState {
    /// It was created and not started.
    Created,
    /// It runs.
    Running,
    /// It is kept for a fast way back, frozen.
    Paused,
    /// It was stopped or ended by itself.
    Stopped,
}
