//! Kubernetes: releases as Deployments, a Service that says which of them serves, and Secrets that
//! remember them. Scheduling, healing, spreading and networking are Kubernetes' own.
//!
//! Everything that belongs to a target is owned by one `ConfigMap`, its root, and goes with it. See
//! `docs/adr/0011-kubernetes-keeps-it-all.md`.

#![allow(dead_code, clippy::unused_async, reason = "what uses it follows")]

mod api;
mod check;
mod cluster;
mod connect;
mod diagnosis;
mod exec;
mod fault;
mod fleet;
mod logs;
mod measure;
mod names;
mod options;
mod pods;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kube::Client;

use crate::Error;
use crate::report::Reporter;

pub use connect::KubernetesSettings;
pub use options::{KubernetesOptions, Overcommit, ServiceType};

/// A namespace of a Kubernetes cluster.
pub struct Kubernetes {
    client: Client,
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
}

/// For what this engine does not do yet.
fn not_yet(what: &str) -> Error {
    Error::refused(format!("`{what}` is not there yet on Kubernetes"))
}
