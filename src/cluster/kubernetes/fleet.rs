//! A Deployment as the instances that it runs and keeps.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use k8s_openapi::api::apps::v1::Deployment;
use kube::ResourceExt as _;
use serde::{Deserialize, Serialize};

use super::{Kubernetes, names};
use crate::Result;
use crate::release::{Instance, InstanceName, InstanceState, Release, Target};

/// The instances of one process of one release: one Deployment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fleet {
    /// The Deployment's.
    pub(super) name: String,
    /// The number that the instances carry.
    pub(super) release: u64,
    pub(super) process: String,
    pub(super) roll: Roll,
    /// What the Deployment is told to run: others may change it, as an autoscaler does.
    pub(super) replicas: u32,
    /// The Deployment's `resourceVersion`.
    pub(super) version: String,
    /// The release, as the Deployment tells of it.
    pub(super) record: Option<Release>,
}

/// Numbers of instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Roll {
    /// Those that are to run.
    pub(super) running: BTreeSet<NonZeroU32>,
    /// Those that were stopped and are kept for a way back: the Deployment is there, without a pod.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) kept: BTreeSet<NonZeroU32>,
}

impl Fleet {
    pub(super) fn of(deployment: &Deployment) -> Option<Self> {
        let labels = deployment.labels();
        let replicas = deployment.spec.as_ref()?.replicas.unwrap_or(1);
        Some(Self {
            name: deployment.name_any(),
            release: labels.get(names::RELEASE)?.parse().ok()?,
            process: labels.get(names::PROCESS)?.clone(),
            roll: deployment
                .annotations()
                .get(names::INSTANCES)
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
            replicas: u32::try_from(replicas).unwrap_or(0),
            version: deployment.resource_version().unwrap_or_default(),
            record: deployment
                .annotations()
                .get(names::RECORD)
                .and_then(|text| serde_json::from_str(text).ok()),
        })
    }

    /// Numbers of the instances that run: as many as the Deployment is told to.
    pub(super) fn running(&self) -> Vec<NonZeroU32> {
        let known = self.roll.running.iter().copied();
        let others = (1..).filter_map(NonZeroU32::new);
        let others = others.filter(|number| !self.roll.running.contains(number));
        known.chain(others).take(self.replicas as usize).collect()
    }

    /// All of them.
    pub(super) fn instances(&self) -> Vec<Instance> {
        let running = self.running();
        let listed = self.roll.running.iter().chain(&self.roll.kept).copied();
        let all: BTreeSet<NonZeroU32> = listed.chain(running.iter().copied()).collect();
        all.into_iter()
            .map(|number| Instance {
                name: InstanceName {
                    process: self.process.clone(),
                    number,
                },
                release: self.release,
                state: if running.contains(&number) {
                    InstanceState::Running
                } else {
                    InstanceState::Stopped
                },
                // Only who knows the Service can tell.
                routed: false,
            })
            .collect()
    }
}

impl Kubernetes {
    /// All Deployments of a target, with one request.
    pub(super) async fn fleets(&self, target: &Target) -> Result<Vec<Fleet>> {
        let selector = names::role_selector(target, names::Role::Instance);
        let deployments = self.list(&self.api::<Deployment>(), &selector).await?;
        Ok(deployments.iter().filter_map(Fleet::of).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(running: &[u32], kept: &[u32], replicas: u32) -> Fleet {
        let numbers = |numbers: &[u32]| {
            numbers
                .iter()
                .copied()
                .filter_map(NonZeroU32::new)
                .collect()
        };
        Fleet {
            name: "shop".to_owned(),
            release: 3,
            process: "web".to_owned(),
            roll: Roll {
                running: numbers(running),
                kept: numbers(kept),
            },
            replicas,
            version: String::new(),
            record: None,
        }
    }

    fn states(fleet: &Fleet) -> Vec<(u32, InstanceState)> {
        let instances = fleet.instances().into_iter();
        instances
            .map(|instance| (instance.name.number.get(), instance.state))
            .collect()
    }

    #[test]
    fn what_runs_is_what_kubernetes_was_told() {
        use InstanceState::{Running, Stopped};
        let trial = fleet(&[1, 3], &[2], 2);
        assert_eq!(states(&trial), [(1, Running), (2, Stopped), (3, Running)]);
        let scaled_down = fleet(&[1, 2], &[], 1);
        assert_eq!(states(&scaled_down), [(1, Running), (2, Stopped)]);
        let scaled_up = fleet(&[1, 3], &[], 3);
        assert_eq!(
            states(&scaled_up),
            [(1, Running), (2, Running), (3, Running)]
        );
    }
}
