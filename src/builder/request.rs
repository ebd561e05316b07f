use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{CredentialSource, Entry, SecretBytes};
use crate::image::Reference;

/// How a step of the Dockerfile is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTitle {
    /// Text of the instruction that no other one has.
    pub marker: String,
    /// What people read instead.
    pub title: String,
}

/// Everything that a build needs.
#[derive(Clone)]
pub struct BuildRequest {
    /// The Dockerfile's text. It is not part of the context.
    pub dockerfile: String,
    /// The context, in any order; folders that are missing are added.
    pub entries: Vec<Entry>,
    /// Files on disk below this folder are read only if no component of their path below it has
    /// become a link.
    pub source_root: Option<PathBuf>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
    /// Labels of the image.
    pub labels: BTreeMap<String, String>,
    /// Values for `RUN --mount=type=secret` by id; masked in all that is reported.
    pub secrets: Vec<(String, SecretBytes)>,
    /// Files that are mounted as secrets only to stay out of layers and cache keys, such as
    /// certificates: not masked.
    pub public_secrets: Vec<(String, Arc<[u8]>)>,
    /// Names for the image.
    pub tags: Vec<Reference>,
    /// `linux/arm64`; the engine's own when not given.
    pub platform: Option<String>,
    /// Runs every step.
    pub no_cache: bool,
    /// Which earlier context the engine compares this one with: the same for every build of an
    /// app's folder.
    pub shared_key: String,
    /// Titles for steps; the first whose marker is in a step's instruction counts.
    pub steps: Vec<StepTitle>,
    /// For base images that the engine has to fetch.
    pub credentials: CredentialSource,
}

impl BuildRequest {
    /// A build of `dockerfile` with an empty context and no names.
    pub fn new(dockerfile: impl Into<String>, shared_key: impl Into<String>) -> Self {
        Self {
            dockerfile: dockerfile.into(),
            entries: Vec::new(),
            source_root: None,
            args: BTreeMap::new(),
            labels: BTreeMap::new(),
            secrets: Vec::new(),
            public_secrets: Vec::new(),
            tags: Vec::new(),
            platform: None,
            no_cache: false,
            shared_key: shared_key.into(),
            steps: Vec::new(),
            credentials: Arc::new(|_| None),
        }
    }
}
