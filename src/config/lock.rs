use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::image::{Digest, Repository};

/// The file's name, beside `app.toml`.
pub const LOCK_FILE: &str = "app.lock";

/// `app.lock`: the config revision, the build configuration it stands for, and the pinned bases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The file format; 1.
    pub version: u32,
    /// The number behind `-r`.
    pub revision: u32,
    /// Digest of the build configuration.
    pub configuration: Digest,
    /// Short digests by key (`build.script`, `base.python`), so that a change can be named.
    pub inputs: BTreeMap<String, String>,
    /// Pinned base images by name.
    #[serde(default, rename = "base")]
    pub bases: Vec<PinnedBase>,
}

/// One pinned base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedBase {
    /// As `app.toml` names it.
    pub name: String,
    /// Where it is pulled from; `None`: it was built on this machine and never pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<Repository>,
    /// The manifest's digest with a repository, else the engine's image ID.
    pub digest: Digest,
}
