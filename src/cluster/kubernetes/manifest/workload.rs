//! Deployments and Jobs.

use serde_json::{Value, json};

use super::super::fleet::Roll;
use super::super::names::{self, Role};
use super::super::releases;
use super::Blueprint;
use crate::{Error, Result};

/// A pod that a node took may take so long until it runs: images have to be pulled.
const PLACEMENT_SECONDS: u64 = 600;
/// Of a release as an annotation: all annotations of an object together may have 256 KiB.
const LONGEST_RECORD: usize = 128 * 1024;

impl Blueprint<'_> {
    /// The Deployment that runs and keeps `roll` of a process. With a `version` it is made only of the one
    /// that has it, and otherwise only where there is none.
    pub(in super::super) fn deployment(
        &self,
        process: &str,
        roll: &Roll,
        version: Option<&str>,
    ) -> Result<Value> {
        let release = self.release;
        let Some(parameters) = release.processes.get(process) else {
            return Err(Error::refused(format!(
                "release #{} has no process `{process}`",
                release.number
            )));
        };
        let labels = names::process_labels(release, process);
        let mut annotations = json!({
            names::INSTANCES: serde_json::to_string(roll).expect("plain data"),
        });
        let record = releases::text(release);
        if record.len() <= LONGEST_RECORD {
            annotations[names::RECORD] = json!(record);
        }
        let strategy = if release.is_single_writer() {
            json!({ "type": "Recreate" })
        } else {
            json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": 0 } })
        };
        let mut deployment = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                "name": names::deployment(&release.target, release.number, process),
                "labels": labels,
                "annotations": annotations,
                "ownerReferences": [self.owner],
            },
            "spec": {
                "replicas": roll.running.len(),
                "revisionHistoryLimit": 1,
                "progressDeadlineSeconds": self.grace_seconds() + PLACEMENT_SECONDS,
                "strategy": strategy,
                "selector": { "matchLabels": self.selector(process) },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": self.instance_pod(process, parameters.resources),
                },
            },
        });
        if let Some(version) = version {
            deployment["metadata"]["resourceVersion"] = json!(version);
        }
        Ok(deployment)
    }

    /// The Job that runs `before_deploy` once.
    pub(in super::super) fn hook(&self, name: &str, code: &str) -> Value {
        let command = ["/bin/sh", "-euc", code].map(str::to_owned);
        let labels = names::labels(&self.release.target, Role::Hook);
        json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": { "name": name, "labels": labels, "ownerReferences": [self.owner] },
            "spec": {
                "backoffLimit": 0,
                "template": {
                    "metadata": { "labels": labels },
                    "spec": self.one_off_pod(&command),
                },
            },
        })
    }
}
