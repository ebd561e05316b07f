//! The OCI distribution API, as far as `paas` asks a registry itself: the engine pushes and pulls.
//!
//! <https://github.com/opencontainers/distribution-spec>

mod auth;
mod challenge;
mod client;
mod config;
mod credentials;
mod endpoint;
mod failure;
mod helper;
mod manifest;
mod tags;
mod tls;
mod transport;

pub use client::Client;
pub use config::{HISTORY_LIMIT, History, ImageConfig};
pub use manifest::{Content, Descriptor, Manifest, ManifestContent, MediaType, Platform};
