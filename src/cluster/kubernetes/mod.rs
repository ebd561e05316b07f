//! Kubernetes: releases as Deployments, a Service that says which of them serves, and Secrets that
//! remember them. Scheduling, healing, spreading and networking are Kubernetes' own.
//!
//! Everything that belongs to a target is owned by one `ConfigMap`, its root, and goes with it. See
//! `docs/adr/0011-kubernetes-keeps-it-all.md`.

mod api;
mod check;
mod cluster;
mod compare;
mod connect;
mod diagnosis;
mod documents;
mod erase;
mod errand;
mod exec;
mod fault;
mod fleet;
mod healthy;
mod hook;
mod lease;
mod logs;
mod manifest;
mod manifests;
mod measure;
mod muster;
mod names;
mod observe;
mod options;
mod pods;
mod releases;
mod root;
mod route;
mod spdy;
mod steps;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIGroup;
use kube::{Client, Config};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::release::Release;
use crate::report::Reporter;

pub use connect::KubernetesSettings;
pub use options::{KubernetesOptions, Overcommit, ServiceType};

/// A namespace of a Kubernetes cluster.
pub struct Kubernetes {
    client: Client,
    /// How another client is made, where this one's runtime is ending.
    config: Config,
    /// The cluster's name among ours, for messages.
    cluster: String,
    namespace: String,
    /// Who works on it: `user@host`, for leases.
    holder: String,
    options: KubernetesOptions,
    /// Is told what is no reason to fail.
    reporter: Arc<dyn Reporter>,
    /// Whether the API server answered once: one that never did is not waited for.
    answered: AtomicBool,
    /// API groups, in which servers of different age differ.
    groups: OnceCell<Vec<APIGroup>>,
    /// References to roots, by the target's key.
    roots: Mutex<HashMap<String, Value>>,
    /// Releases never change, so those that were read are read once.
    releases: Mutex<HashMap<(String, u64), Arc<Release>>>,
    /// Leases that others hold, by name.
    leases: Mutex<HashMap<String, lease::Seen>>,
    /// What the last look saw, by the target's key.
    sights: Mutex<HashMap<String, observe::Sight>>,
    /// Held while somebody looks, so that others wait for what is seen.
    looking: tokio::sync::Mutex<()>,
    glance: tokio::sync::Mutex<healthy::Glance>,
    /// Releases, by the target's key and number, whose pods have all that they need.
    prepared: tokio::sync::Mutex<HashSet<(String, u64)>>,
    /// One change to a Deployment at a time.
    turns: tokio::sync::Mutex<()>,
}
