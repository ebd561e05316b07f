//! Records of releases: immutable Secrets. How a release ended is an annotation of its record.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::api::{Change, MANAGER};
use super::{Kubernetes, names};
use crate::release::{Outcome, Record, Release, Target};
use crate::{Error, Result};

/// The key of the release in its record.
const RELEASE: &str = "release";

/// The text that records and Deployments hold; the same for equal releases.
pub(super) fn text(release: &Release) -> String {
    serde_json::to_string(release).expect("plain data")
}

fn name(target: &Target, number: u64) -> String {
    names::part(target, "release", &[&number.to_string()])
}

fn parse(secret: &Secret) -> Option<Record> {
    let text = &secret.data.as_ref()?.get(RELEASE)?.0;
    let outcome = secret.annotations().get(names::OUTCOME);
    Some(Record {
        release: serde_json::from_slice(text).ok()?,
        outcome: outcome.and_then(|text| serde_json::from_str(text).ok()),
    })
}

impl Kubernetes {
    /// All that are known, with one request.
    pub(super) async fn records(&self, target: &Target) -> Result<BTreeMap<u64, Record>> {
        let selector = names::role_selector(target, names::Role::Release);
        let secrets = self.list(&self.api::<Secret>(), &selector).await?;
        let records: BTreeMap<u64, Record> = secrets
            .iter()
            .filter_map(parse)
            .map(|record| (record.release.number, record))
            .collect();
        for record in records.values() {
            self.remember(&Arc::new(record.release.clone()));
        }
        Ok(records)
    }

    /// Adds a release to the history; refused when its number is taken.
    pub(super) async fn record(&self, release: &Release) -> Result<()> {
        let target = &release.target;
        let owner = self.root(target).await?;
        let name = name(target, release.number);
        let mut labels = names::labels(target, names::Role::Release);
        labels.insert(names::RELEASE.to_owned(), release.number.to_string());
        let secret: Secret = serde_json::from_value(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "labels": labels, "ownerReferences": [owner] },
            "immutable": true,
            "data": { RELEASE: STANDARD.encode(text(release)) },
        }))
        .expect("a Secret");
        let api = self.api();
        if let Change::Outdated = self.create(&api, &secret).await? {
            let there = self.get(&api, &name).await?;
            // An answer that was lost on its way is asked for again.
            let is_ours = there
                .as_ref()
                .and_then(parse)
                .is_some_and(|record| record.release == *release);
            if !is_ours {
                return Err(Error::refused(format!(
                    "somebody else made release #{} meanwhile",
                    release.number
                ))
                .hint("run the command again"));
            }
        }
        self.remember(&Arc::new(release.clone()));
        Ok(())
    }

    /// Writes down how a release ended. One whose record is gone has nothing to be written down.
    pub(super) async fn conclude(
        &self,
        target: &Target,
        number: u64,
        outcome: &Outcome,
    ) -> Result<()> {
        let outcome = serde_json::to_string(outcome).expect("plain data");
        let patch =
            Patch::Merge(json!({ "metadata": { "annotations": { names::OUTCOME: outcome } } }));
        let api = self.api::<Secret>();
        let name = name(target, number);
        let parameters = PatchParams {
            field_manager: Some(MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let patched = self.ask(|| api.patch(&name, &parameters, &patch)).await;
        match patched {
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(error) => Err(self.fault(error)),
            Ok(_) => Ok(()),
        }
    }

    /// Removes a release from the history.
    pub(super) async fn forget_release(&self, target: &Target, number: u64) -> Result<()> {
        self.delete(&self.api::<Secret>(), &name(target, number))
            .await
    }

    /// The release with this number.
    pub(super) async fn release(&self, target: &Target, number: u64) -> Result<Arc<Release>> {
        if let Some(release) = self.remembered(target, number) {
            return Ok(release);
        }
        let found = self
            .get(&self.api::<Secret>(), &name(target, number))
            .await?;
        let record = found.as_ref().and_then(parse).ok_or_else(|| {
            Error::refused(format!("{target} has no release #{number}"))
                .hint("`paas releases` lists them")
        })?;
        let release = Arc::new(record.release);
        self.remember(&release);
        Ok(release)
    }

    /// For later questions; a release never changes.
    pub(super) fn remember(&self, release: &Arc<Release>) {
        let key = (release.target.key(), release.number);
        let mut releases = self.releases.lock().expect("no panic while it is held");
        releases.insert(key, Arc::clone(release));
    }

    fn remembered(&self, target: &Target, number: u64) -> Option<Arc<Release>> {
        let releases = self.releases.lock().expect("no panic while it is held");
        releases.get(&(target.key(), number)).cloned()
    }
}
