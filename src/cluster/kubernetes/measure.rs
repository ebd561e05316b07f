//! What instances use, and whether they are well: two requests, whatever their number.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DynamicObject, ListParams};
use kube::core::ApiResource;
use kube::{Api, ResourceExt as _};
use serde_json::Value;

use super::pods::is_ready;
use super::{Kubernetes, names};
use crate::Result;
use crate::cluster::{InstanceMeasure, Measures};
use crate::release::Target;

/// Figures are not worth waiting for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Cores and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Usage {
    cpu: Option<f64>,
    memory: Option<f64>,
}

impl Kubernetes {
    pub(super) async fn measures(&self, target: &Target) -> Result<Measures> {
        let fleets = self.sight(target).await?.fleets;
        let pods = self.instance_pods_of(target, &fleets);
        let (pods, usage) = tokio::join!(pods, self.usage(target));
        let instances = pods?.into_iter().map(|found| {
            let usage = usage.get(&found.pod.name_any()).copied();
            let measure = measure(
                &found.pod,
                &found.instance.process,
                usage.unwrap_or_default(),
            );
            ((found.release, found.instance), measure)
        });
        Ok(Measures {
            instances: instances.collect(),
        })
    }

    /// Of pods by name, where the server measures them.
    async fn usage(&self, target: &Target) -> BTreeMap<String, Usage> {
        let resource = ApiResource {
            group: "metrics.k8s.io".to_owned(),
            version: "v1beta1".to_owned(),
            api_version: "metrics.k8s.io/v1beta1".to_owned(),
            kind: "PodMetrics".to_owned(),
            plural: "pods".to_owned(),
        };
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), &self.namespace, &resource);
        let selector = names::role_selector(target, names::Role::Instance);
        let parameters = ListParams::default().labels(&selector);
        let listed = tokio::time::timeout(PATIENCE, api.list(&parameters)).await;
        let Ok(Ok(found)) = listed else {
            return BTreeMap::new();
        };
        let all = found.items.into_iter();
        all.map(|metrics| (metrics.name_any(), usage(&metrics.data)))
            .collect()
    }
}

fn measure(pod: &Pod, process: &str, usage: Usage) -> InstanceMeasure {
    let statuses = pod
        .status
        .iter()
        .flat_map(|status| status.container_statuses.iter().flatten());
    let container = statuses
        .into_iter()
        .find(|container| container.name == process);
    let state = container.and_then(|container| container.state.as_ref());
    let running = state.and_then(|state| state.running.as_ref());
    let restarts = container.map_or(0, |container| container.restart_count);
    let started = running.and_then(|running| running.started_at.as_ref());
    let uptime = started.map(|time| Timestamp::now().duration_since(time.0).as_secs());
    InstanceMeasure {
        healthy: if running.is_some() || restarts > 0 {
            Some(is_ready(pod))
        } else {
            None
        },
        restarts: u64::try_from(restarts).unwrap_or(0),
        cpu: usage.cpu,
        memory: usage.memory.map(whole),
        uptime: uptime.and_then(|seconds| u64::try_from(seconds).ok()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "memory is neither negative nor beyond 2^53 bytes"
)]
fn whole(bytes: f64) -> u64 {
    bytes.round() as u64
}

/// Of all containers of a pod.
fn usage(metrics: &Value) -> Usage {
    let containers = metrics["containers"].as_array();
    let sum = |what: &str| {
        let containers = containers.into_iter().flatten();
        containers
            .filter_map(|container| amount(container["usage"][what].as_str()?))
            .reduce(|one, other| one + other)
    };
    Usage {
        cpu: sum("cpu"),
        memory: sum("memory"),
    }
}

/// An amount as Kubernetes writes it: `250m`, `64Mi`, `1.5`, `12e6`.
fn amount(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 14] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("", 1.0),
    ];
    let (number, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_read_as_kubernetes_writes_them() {
        let amounts = ["250m", "12345678n", "2", "64Mi", "1.5G", "12e6", "3k"];
        let expected = [0.25, 0.012_345_678, 2.0, 67_108_864.0, 1.5e9, 12e6, 3000.0];
        for (text, expected) in amounts.into_iter().zip(expected) {
            let found = amount(text).unwrap();
            assert!(
                (found - expected).abs() <= expected * 1e-12,
                "{text}: {found}"
            );
        }
        assert_eq!(amount("much"), None);
    }

    #[test]
    fn containers_of_a_pod_are_added_up() {
        let metrics = json!({ "containers": [
            { "usage": { "cpu": "100m", "memory": "1Ki" } },
            { "usage": { "cpu": "150m", "memory": "2Ki" } },
        ] });
        let usage = usage(&metrics);
        assert_eq!(usage.memory, Some(3072.0));
        assert!((usage.cpu.unwrap() - 0.25).abs() < 1e-9);
        assert_eq!(super::usage(&json!({})), Usage::default());
    }

    #[test]
    fn what_loops_is_unwell_and_what_waits_can_t_be_told() {
        let pod = |state: Value, restarts: i32| {
            serde_json::from_value(json!({ "status": { "containerStatuses": [{
                "name": "web", "image": "", "imageID": "", "ready": false,
                "restartCount": restarts, "state": state,
            }] } }))
            .unwrap()
        };
        let waits = json!({ "waiting": {} });
        let healthy = |pod: &Pod| measure(pod, "web", Usage::default()).healthy;
        assert_eq!(healthy(&pod(waits.clone(), 0)), None);
        assert_eq!(healthy(&pod(waits, 2)), Some(false));
        let runs = json!({ "running": { "startedAt": "2026-01-02T03:04:05Z" } });
        assert_eq!(healthy(&pod(runs.clone(), 0)), Some(false));
        assert!(measure(&pod(runs, 0), "web", Usage::default()).uptime > Some(0));
    }
}
