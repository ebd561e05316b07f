//! How many may be away at once, and how many there are by load.

use serde_json::{Value, json};

use super::super::names::{self, Role};
use crate::release::{Autoscale, Process, Target};

/// Lets Kubernetes take one instance of a process away at a time.
pub(in super::super) fn budget(target: &Target, process: &str, api: &str, owner: &Value) -> Value {
    json!({
        "apiVersion": api,
        "kind": "PodDisruptionBudget",
        "metadata": {
            "name": names::of_process(target, process),
            "labels": names::labels(target, Role::Instance),
            "ownerReferences": [owner],
        },
        "spec": {
            "maxUnavailable": 1,
            "selector": { "matchLabels": {
                names::TARGET: names::hash(&[&target.key()]),
                names::PROCESS: process,
            } },
        },
    })
}

/// Has Kubernetes choose the number of instances of a Deployment.
pub(in super::super) fn autoscaler(
    target: &Target,
    deployment: &str,
    scale: Autoscale,
    (api, owner): (&str, &Value),
) -> Value {
    json!({
        "apiVersion": api,
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": names::of_process(target, Process::WEB),
            "labels": names::labels(target, Role::Instance),
            "ownerReferences": [owner],
        },
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": deployment },
            "minReplicas": scale.min,
            "maxReplicas": scale.max,
            "metrics": [{
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": { "type": "Utilization", "averageUtilization": scale.cpu },
                },
            }],
        },
    })
}
