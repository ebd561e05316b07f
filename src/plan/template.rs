//! The files that every build carries: the Dockerfile's template, the wrapper that runs a step and
//! the one that starts a process.

use std::sync::LazyLock;

use crate::image::Digest;

/// Rendered with Tera to the app's Dockerfile.
pub(super) const DOCKERFILE: &str = include_str!("../../templates/Dockerfile.tera");

/// Runs a step of a build: `/run/paas/steps/run <step>`.
pub const STEP: &str = include_str!("../../templates/steps/run");

/// Starts a process: `/paas/start <process>`.
pub const START: &str = include_str!("../../templates/start");

static DIGEST: LazyLock<Digest> =
    LazyLock::new(|| Digest::of([DOCKERFILE, STEP, START].join("\0").as_bytes()));

/// Changes when a template does, which makes every app's next build a new config revision.
pub(super) fn digest() -> &'static Digest {
    &DIGEST
}
