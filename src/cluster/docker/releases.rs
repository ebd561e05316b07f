//! Releases by number: remembered, read from the ingress's documents, or from labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DockerHost, names};
use crate::builder::SecretBytes;
use crate::cluster::Secrets;
use crate::release::{Record, Release, Target};
use crate::{Error, Result};

/// The document of a release.
pub(super) fn document(target: &Target, number: u64) -> String {
    format!("{}releases/{number}", names::documents(target))
}

/// The document of how it ended.
pub(super) fn outcome_document(target: &Target, number: u64) -> String {
    format!("{}outcomes/{number}", names::documents(target))
}

/// The text that documents and labels hold; the same for equal releases.
pub(super) fn text(release: &Release) -> String {
    serde_json::to_string(release).expect("plain data")
}

impl DockerHost {
    /// Values of secrets that were ever set for `target`.
    pub(super) async fn secrets(&self, target: &Target) -> Result<Secrets> {
        let folder = format!("{}secrets/", names::documents(target));
        let kept = self.steering().await?.documents(&folder).await?;
        let secrets = kept.into_iter().filter_map(|(path, value)| {
            let (name, revision) = path.strip_prefix(&folder)?.split_once('/')?;
            let key = (name.to_owned(), revision.to_owned());
            Some((key, SecretBytes::new(value)))
        });
        Ok(secrets.collect())
    }

    /// The release with this number.
    pub(super) async fn release(&self, target: &Target, number: u64) -> Result<Arc<Release>> {
        if let Some(release) = self.remembered(target, number) {
            return Ok(release);
        }
        let name = document(target, number);
        let kept = match self.steering().await {
            Ok(keeper) => keeper.documents(&name).await?.remove(&name),
            Err(_) => None,
        };
        let release = match kept.and_then(|text| serde_json::from_str(&text).ok()) {
            Some(release) => Arc::new(release),
            None => self.release_of_labels(target, number).await?,
        };
        self.remember(&release);
        Ok(release)
    }

    async fn release_of_labels(&self, target: &Target, number: u64) -> Result<Arc<Release>> {
        let found = self.instances(target).await?.into_iter();
        let mut releases = found
            .filter(|found| found.instance.release == number)
            .filter_map(|found| found.release);
        releases.next().ok_or_else(|| {
            Error::refused(format!("{target} has no release #{number}"))
                .hint("`paas releases` lists them")
        })
    }

    /// For later questions; a release never changes.
    pub(super) fn remember(&self, release: &Arc<Release>) {
        let key = (release.target.key(), release.number);
        let mut releases = self.releases.lock().expect("no panic while it is held");
        releases.insert(key, release.clone());
    }

    /// For later questions: what the ingress has records of.
    pub(super) fn remember_records(&self, target: &Target, records: BTreeMap<u64, Record>) {
        if !records.is_empty() {
            let mut recorded = self.recorded.lock().expect("no panic while it is held");
            recorded.insert(target.key());
        }
        for record in records.into_values() {
            self.remember(&Arc::new(record.release));
        }
    }

    /// Whether the ingress was seen to have records of it.
    pub(super) fn is_recorded(&self, target: &Target) -> bool {
        let recorded = self.recorded.lock().expect("no panic while it is held");
        recorded.contains(&target.key())
    }

    fn remembered(&self, target: &Target, number: u64) -> Option<Arc<Release>> {
        let releases = self.releases.lock().expect("no panic while it is held");
        releases.get(&(target.key(), number)).cloned()
    }
}
