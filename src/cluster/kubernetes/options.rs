use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How a Kubernetes cluster is reached, and what is made there and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KubernetesOptions {
    /// The file that says how; `None`: those of `KUBECONFIG`, or `~/.kube/config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubeconfig: Option<PathBuf>,
    /// The context in it; `None`: its current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Where everything is made; `None`: the context's namespace, or `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The class of Ingresses; `None`: the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_class: Option<String>,
    /// On each Ingress.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ingress_annotations: BTreeMap<String, String>,
    /// Whether Ingresses serve HTTPS, with a certificate that somebody (as cert-manager) puts into the Secret
    /// that they name.
    #[serde(skip_serializing_if = "is_false")]
    pub ingress_tls: bool,
    /// Secrets by which nodes sign in to registries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<String>,
    /// Whether nodes have the images of the Docker Engine that builds, so that nothing has to be pushed.
    #[serde(skip_serializing_if = "is_false")]
    pub local_images: bool,
    /// How raw ports are reached.
    pub service_type: ServiceType,
    /// The class of volumes; `None`: the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// Of each new volume, as Kubernetes writes amounts.
    pub volume_size: String,
    /// What of an instance's limits is set aside for it.
    pub overcommit: Overcommit,
    /// With [`Overcommit::Burstable`]: limits of so many cores share one.
    pub cpu_ratio: u32,
    /// Seconds that an instance goes on after it was taken out of its Service: so long it may take until
    /// every node knows.
    pub unroute_seconds: u32,
}

impl Default for KubernetesOptions {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            namespace: None,
            ingress_class: None,
            ingress_annotations: BTreeMap::new(),
            ingress_tls: false,
            image_pull_secrets: Vec::new(),
            local_images: false,
            service_type: ServiceType::default(),
            storage_class: None,
            volume_size: "1Gi".to_owned(),
            overcommit: Overcommit::default(),
            cpu_ratio: 4,
            unroute_seconds: 5,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

/// How raw ports are reached from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceType {
    /// Not: within the cluster only.
    #[default]
    ClusterIp,
    /// At a port of every node.
    NodePort,
    /// By a load balancer of the provider's.
    LoadBalancer,
}

/// How far instances' limits may exceed what nodes have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overcommit {
    /// Not at all: what an instance may use is set aside for it.
    Guaranteed,
    /// Cores by [`KubernetesOptions::cpu_ratio`]; memory not.
    #[default]
    Burstable,
}
