//! What a deployment leaves behind that nobody goes back to.

use std::collections::BTreeSet;

use super::TargetSettings;
use super::execute::Change;
use super::settings::{CURRENT_SECRETS, SECRETS};
use crate::Result;
use crate::release::{Observed, Target, expired};

/// Forgets releases beyond the `keep` newest, and values of secrets that no release has any more. `set`
/// was read before the deployment: a value that was set meanwhile is not among those that go.
pub(super) async fn tidy(
    change: &Change<'_>,
    target: &Target,
    keep: usize,
    set: &TargetSettings,
) -> Result<()> {
    let observed = change.observe().await?;
    let expired = expired(&observed, keep);
    if !expired.is_empty() {
        change.forget(&expired).await?;
    }
    let used = used_secrets(&observed, &expired);
    let unused = set.values.keys().filter(|key| !used.contains(*key));
    let unused: Vec<_> = unused.collect();
    if unused.is_empty() {
        return Ok(());
    }
    let cluster = change.cluster();
    let current = cluster.documents(target, CURRENT_SECRETS).await?;
    for (name, revision) in unused {
        if current.get(&format!("{CURRENT_SECRETS}{name}")) != Some(revision) {
            let document = format!("{SECRETS}{name}/{revision}");
            cluster.write_document(target, &document, None).await?;
        }
    }
    Ok(())
}

/// Names and revisions of the secrets that releases have, those of `expired` apart.
fn used_secrets(observed: &Observed, expired: &BTreeSet<u64>) -> BTreeSet<(String, String)> {
    let kept = observed
        .releases
        .iter()
        .filter(|(number, _)| !expired.contains(number));
    kept.flat_map(|(_, record)| &record.release.secrets)
        .map(|(name, revision)| (name.clone(), revision.0.clone()))
        .collect()
}
