//! Where requests go: Service and Ingress.

use serde_json::{Value, json};

use super::super::names::{self, Role};
use super::super::options::{KubernetesOptions, ServiceType};
use crate::release::{Live, Process, Protocol, Release, Target};

/// The port that a Service answers HTTP at.
const HTTP: u16 = 80;

/// What a target's Service is to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Route {
    /// What serves.
    pub(in super::super) live: Live,
    /// The number that the pods which get requests carry; `None`: all that run.
    pub(in super::super) pods: Option<u64>,
    /// Whether requests can't be served while a volume changes hands.
    pub(in super::super) held: bool,
    /// What visitors are told instead.
    pub(in super::super) maintenance: Option<String>,
    /// Whether what goes with the Service may not yet be as `live` asks.
    pub(in super::super) unfinished: bool,
}

impl Route {
    /// The Service, with the ports of the release that serves. With a `version` it is made only of the one
    /// that has it.
    pub(in super::super) fn service(
        &self,
        target: &Target,
        release: Option<&Release>,
        options: &KubernetesOptions,
        (owner, version): (&Value, Option<&str>),
    ) -> Value {
        let mut annotations = json!({
            names::LIVE: serde_json::to_string(&self.live).expect("plain data"),
        });
        if self.held {
            annotations[names::HELD] = json!("true");
        }
        if self.unfinished {
            annotations[names::UNFINISHED] = json!("true");
        }
        let mut selector = json!({
            names::TARGET: names::hash(&[&target.key()]),
            names::PROCESS: Process::WEB,
        });
        if let Some(number) = self.pods {
            selector[names::RELEASE] = json!(number.to_string());
        }
        if let Some(message) = &self.maintenance {
            annotations[names::MAINTENANCE] = json!(message);
            // No pod has it.
            selector[names::MAINTENANCE] = json!("on");
        }
        // Where nothing serves the selector finds no pod, but a Service has to have a port.
        let ports = release.map_or_else(|| vec![nobodys_port()], ports);
        let has_raw = release.is_some_and(|release| !release.ports.is_empty());
        let kind = match options.service_type {
            ServiceType::NodePort if has_raw => "NodePort",
            ServiceType::LoadBalancer if has_raw => "LoadBalancer",
            _ => "ClusterIP",
        };
        let mut service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "name": names::root(target),
                "labels": names::labels(target, Role::Instance),
                "annotations": annotations,
                "ownerReferences": [owner],
            },
            "spec": { "type": kind, "selector": selector, "ports": ports },
        });
        if let Some(version) = version {
            service["metadata"]["resourceVersion"] = json!(version);
        }
        service
    }
}

fn nobodys_port() -> Value {
    json!({ "name": "http", "port": HTTP, "targetPort": HTTP, "protocol": "TCP" })
}

/// HTTP first.
fn ports(release: &Release) -> Vec<Value> {
    let raw = release.ports.iter().map(|port| {
        let (name, protocol) = match port.protocol {
            Protocol::Tcp => ("tcp", "TCP"),
            Protocol::Udp => ("udp", "UDP"),
        };
        json!({
            "name": format!("{name}-{}", port.port),
            "port": port.port,
            "targetPort": port.port,
            "protocol": protocol,
        })
    });
    let http = json!({
        "name": "http",
        "port": http_port(release),
        "targetPort": release.port,
        "protocol": "TCP",
    });
    std::iter::once(http).chain(raw).collect()
}

/// The Service's port for HTTP: the usual one, unless a raw port is the same.
pub(in super::super) fn http_port(release: &Release) -> u16 {
    let is_taken = release.ports.iter().any(|raw| raw.port == HTTP);
    if is_taken { release.port } else { HTTP }
}

/// The Ingress for the domains of a release.
pub(in super::super) fn ingress(
    release: &Release,
    options: &KubernetesOptions,
    owner: &Value,
) -> Value {
    let name = names::root(&release.target);
    let backend = json!({ "service": { "name": name, "port": { "number": http_port(release) } } });
    let rules = release.domains.iter().map(|host| {
        let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
        json!({ "host": host, "http": { "paths": [path] } })
    });
    let mut spec = json!({ "rules": rules.collect::<Vec<_>>() });
    if let Some(class) = &options.ingress_class {
        spec["ingressClassName"] = json!(class);
    }
    if options.ingress_tls {
        spec["tls"] = json!([{ "hosts": release.domains, "secretName": format!("{name}-tls") }]);
    }
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": name,
            "labels": names::labels(&release.target, Role::Instance),
            "annotations": options.ingress_annotations,
            "ownerReferences": [owner],
        },
        "spec": spec,
    })
}
