//! From a git repository with an `app.toml` to a running, versioned application.
//!
//! `docs/architecture.md` is the map. The arrows: `cli → ops → the rest`; `image`, `plan`,
//! `release`, `stack` and `webhook` are pure; nothing below `cli` prints, prompts, exits or reads the
//! environment.

pub mod base;
pub mod builder;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod context;
pub mod credentials;
pub mod error;
pub mod image;
pub mod ingress;
pub mod ops;
pub mod plan;
pub mod registry;
pub mod release;
pub mod report;
pub mod retry;
pub mod settings;
pub mod source;
pub mod stack;
pub mod ui;
pub mod webhook;

pub use error::{Error, Kind, Result};
