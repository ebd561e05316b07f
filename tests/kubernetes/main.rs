//! Releases on a real Kubernetes. `KUBECONFIG` says which; its nodes have the images of this machine's Docker
//! Engine, and its Services answer here. `scripts/test` starts one where it is told to.

#![allow(
    clippy::disallowed_methods,
    reason = "tests choose their own environment"
)]

mod app;
mod away;
mod check;
mod cluster;
mod commands;
mod diagnosis;
mod documents;
mod faults;
mod kills;
mod load;
mod logs;
mod manifests;
mod objects;
mod permissions;
mod releases;
mod status;
#[path = "../integration/support/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests with a real engine")]
mod support;
