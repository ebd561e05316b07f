//! Which pod is which instance.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::fleet::Fleet;
use super::{Kubernetes, names};
use crate::Result;
use crate::release::{InstanceName, Target};

/// A pod that stands for an instance. Pods have names of their own, and a Deployment replaces them: the
/// oldest is the instance with the lowest number, so that a new pod takes the last number that is free.
#[derive(Clone, Debug)]
pub(super) struct InstancePod {
    /// `web.2`.
    pub(super) instance: InstanceName,
    /// The number that it carries.
    pub(super) release: u64,
    pub(super) pod: Pod,
}

impl Kubernetes {
    /// The pods that run, or will, as instances of any release of `target`: two requests.
    pub(super) async fn instance_pods(&self, target: &Target) -> Result<Vec<InstancePod>> {
        let selector = names::role_selector(target, names::Role::Instance);
        let api = self.api::<Pod>();
        let (fleets, pods) = tokio::try_join!(self.fleets(target), self.list(&api, &selector))?;
        Ok(assign(&fleets, pods))
    }

    /// The same with what the last look at the target saw of its Deployments: one request.
    pub(super) async fn instance_pods_of(
        &self,
        target: &Target,
        fleets: &[Fleet],
    ) -> Result<Vec<InstancePod>> {
        let selector = names::role_selector(target, names::Role::Instance);
        let pods = self.list(&self.api::<Pod>(), &selector).await?;
        Ok(assign(fleets, pods))
    }
}

/// Numbers pods by their age.
pub(super) fn assign(fleets: &[Fleet], pods: Vec<Pod>) -> Vec<InstancePod> {
    let mut by_fleet: BTreeMap<(u64, String), Vec<Pod>> = BTreeMap::new();
    for pod in pods.into_iter().filter(is_there) {
        let labels = pod.labels();
        let release = labels
            .get(names::RELEASE)
            .and_then(|text| text.parse().ok());
        let process = labels.get(names::PROCESS).cloned();
        if let Some(key) = release.zip(process) {
            by_fleet.entry(key).or_default().push(pod);
        }
    }
    let mut assigned = Vec::new();
    for fleet in fleets {
        let key = (fleet.release, fleet.process.clone());
        let mut pods = by_fleet.remove(&key).unwrap_or_default();
        pods.sort_by_key(|pod| (pod.creation_timestamp(), pod.name_any()));
        let numbers = fleet.running().into_iter();
        assigned.extend(numbers.zip(pods).map(|(number, pod)| InstancePod {
            instance: InstanceName {
                process: fleet.process.clone(),
                number,
            },
            release: fleet.release,
            pod,
        }));
    }
    assigned
}

/// Whether it goes on running: nobody deletes it, and it neither ended nor was evicted.
pub(super) fn is_there(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    pod.metadata.deletion_timestamp.is_none() && !matches!(phase, Some("Succeeded" | "Failed"))
}

/// Whether it gets requests once the Service selects it.
pub(super) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten());
    is_there(pod)
        && conditions
            .filter(|condition| condition.type_ == "Ready")
            .any(|condition| condition.status == "True")
}
