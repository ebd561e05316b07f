use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fingerprint::Fingerprint;
use super::plan::BuildPlan;
use super::project::Project;
use crate::plan::ContentKey;

/// `[group/]name` of the app.
pub const APP: &str = "io.paas.app";
/// The content key.
pub const CONTENT: &str = "io.paas.content";
/// Digest of the build configuration.
pub const CONFIGURATION: &str = "io.paas.configuration";
/// The number behind `-r`.
pub const REVISION: &str = "io.paas.config-revision";
/// Digest of the context's files.
pub const FILES: &str = "io.paas.files";
/// Keyed fingerprint of the build secrets.
pub const SECRETS: &str = "io.paas.secrets";
/// 40 hex digits.
pub const COMMIT: &str = "org.opencontainers.image.revision";

/// The labels of an image. They tell of the build that first made the content: a later version with
/// the same content is another name for the same image.
pub(super) fn of(
    project: &Project,
    plan: &BuildPlan,
    content: &ContentKey,
    secrets: Option<&Fingerprint>,
) -> BTreeMap<String, String> {
    let created = Timestamp::from_second(project.head.time).unwrap_or_default();
    let recipe = &plan.recipe;
    let processes: Vec<&str> = recipe.processes.keys().map(String::as_str).collect();
    let mut labels = BTreeMap::from([
        (APP, project.id()),
        (CONTENT, content.to_string()),
        (FILES, project.listing.digest().to_string()),
        (REVISION, plan.lock.revision.to_string()),
        (CONFIGURATION, plan.lock.configuration.to_string()),
        ("io.paas.processes", processes.join(",")),
        ("io.paas.stop-timeout", format!("{}s", recipe.stop_timeout)),
        ("org.opencontainers.image.created", created.to_string()),
        (COMMIT, project.head.commit.clone()),
        ("org.opencontainers.image.title", project.app.name.clone()),
        ("org.opencontainers.image.version", plan.version.to_string()),
        (
            "org.opencontainers.image.base.name",
            recipe.runtime.name.clone(),
        ),
    ]);
    if let Some(secrets) = secrets {
        labels.insert(SECRETS, secrets.to_string());
    }
    if let Some(tag) = &project.head.tag {
        labels.insert("io.paas.git-tag", tag.clone());
    }
    if let Some(digest) = &recipe.runtime.digest {
        labels.insert("org.opencontainers.image.base.digest", digest.to_string());
    }
    labels
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
