//! What pods of a release are made with.

use serde_json::{Value, json};

use super::super::names::{self, RELEASE};
use super::super::options::Overcommit;
use super::Blueprint;
use crate::release::{Health, Probe, Process, Protocol, Resources};

/// Of an instance whose app names no limits: enough for the scheduler to count with.
const USUAL_MEMORY: u64 = 128 * 1024 * 1024;
const USUAL_CPU: f64 = 0.1;
const GRACE_SECONDS: u64 = 30;

impl Blueprint<'_> {
    /// The pod of an instance.
    pub(super) fn instance_pod(&self, process: &str, resources: Resources) -> Value {
        let mut container = self.container(resources);
        container["name"] = json!(process);
        container["args"] = json!([process]);
        if process == Process::WEB {
            container["ports"] = self.ports();
            container["readinessProbe"] = self.readiness();
            container["livenessProbe"] = self.liveness();
        }
        let unroute = self.unroute_seconds(process);
        if unroute > 0 {
            let wait = json!({ "exec": { "command": ["sleep", unroute.to_string()] } });
            container["lifecycle"] = json!({ "preStop": wait });
        }
        let mut spec = self.pod(&container);
        spec["terminationGracePeriodSeconds"] =
            json!(self.release.stop_timeout.saturating_add(u64::from(unroute)));
        spec["topologySpreadConstraints"] = json!([{
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": { "matchLabels": self.selector(process) },
        }]);
        spec
    }

    /// The pod of a command that runs once, instead of a process.
    pub(in super::super) fn one_off_pod(&self, command: &[String]) -> Value {
        let processes = &self.release.processes;
        let process = processes.get(Process::WEB).or(processes.values().next());
        let resources = process.map(|process| process.resources);
        let mut container = self.container(resources.unwrap_or_default());
        container["name"] = json!("command");
        container["command"] = json!(command);
        let mut spec = self.pod(&container);
        spec["restartPolicy"] = json!("Never");
        spec["terminationGracePeriodSeconds"] = json!(self.release.stop_timeout);
        spec
    }

    /// By which a Deployment knows its pods.
    pub(super) fn selector(&self, process: &str) -> Value {
        let hash = names::hash(&[&self.release.target.key()]);
        json!({
            names::TARGET: hash,
            RELEASE: self.release.number.to_string(),
            names::PROCESS: process,
        })
    }

    /// How long an instance goes on after it was told to end, since requests still come. Two that share a volume
    /// never run at once: each second would be one without an answer.
    fn unroute_seconds(&self, process: &str) -> u32 {
        if process == Process::WEB && !self.release.is_single_writer() {
            self.options.unroute_seconds
        } else {
            0
        }
    }

    fn pod(&self, container: &Value) -> Value {
        let mut security = json!({ "seccompProfile": { "type": "RuntimeDefault" } });
        if let Some(user) = self.release.user {
            security["runAsUser"] = json!(user.uid);
            security["runAsGroup"] = json!(user.gid);
            security["fsGroup"] = json!(user.gid);
        }
        // An app that asked for root gets it.
        security["runAsNonRoot"] = json!(!self.is_root());
        let volumes = self.release.volumes.iter();
        let volumes = volumes.map(|volume| {
            let claim = names::part(&self.release.target, "volume", &[&volume.name]);
            json!({ "name": volume.name, "persistentVolumeClaim": { "claimName": claim } })
        });
        let pull_secrets = self.options.image_pull_secrets.iter();
        json!({
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "imagePullSecrets": pull_secrets.map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "securityContext": security,
            "containers": [container],
            "volumes": volumes.collect::<Vec<_>>(),
        })
    }

    fn container(&self, resources: Resources) -> Value {
        let release = self.release;
        let mounts = release.volumes.iter();
        let mounts = mounts.map(|volume| json!({ "name": volume.name, "mountPath": volume.path }));
        let own = [
            ("PORT", release.port.to_string()),
            ("PAAS_APP", release.target.app.clone()),
            ("PAAS_ENVIRONMENT", release.target.environment.clone()),
            ("PAAS_RELEASE", release.number.to_string()),
            ("PAAS_VERSION", release.image.version.clone()),
        ];
        let mut env: Vec<Value> = own
            .into_iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        // Pods have no numbers.
        let field = json!({ "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.name" } });
        env.push(json!({ "name": "PAAS_INSTANCE", "valueFrom": field }));
        let capabilities = if self.is_root() {
            json!({})
        } else {
            json!({ "drop": ["ALL"] })
        };
        json!({
            "image": release.image.reference.to_string(),
            "imagePullPolicy": "IfNotPresent",
            "env": env,
            "envFrom": [{ "secretRef": { "name": self.environment_name() } }],
            "resources": self.resources(resources),
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "capabilities": capabilities,
            },
            "volumeMounts": mounts.collect::<Vec<_>>(),
        })
    }

    fn is_root(&self) -> bool {
        self.release.user.is_some_and(|user| user.uid == 0)
    }

    fn ports(&self) -> Value {
        let raw = self.release.ports.iter().map(|port| {
            let (name, protocol) = match port.protocol {
                Protocol::Tcp => ("tcp", "TCP"),
                Protocol::Udp => ("udp", "UDP"),
            };
            json!({ "name": format!("{name}-{}", port.port), "containerPort": port.port, "protocol": protocol })
        });
        let http = json!({ "name": "http", "containerPort": self.release.port, "protocol": "TCP" });
        json!([http].into_iter().chain(raw).collect::<Vec<_>>())
    }

    /// Requests are never zero: an instance without any would be the first to go when a node is full.
    fn resources(&self, limits: Resources) -> Value {
        let memory = limits.memory.unwrap_or(USUAL_MEMORY);
        let cpu = limits.cpu.unwrap_or(USUAL_CPU);
        if self.options.overcommit == Overcommit::Guaranteed {
            let all = json!({ "cpu": millicores(cpu), "memory": memory.to_string() });
            return json!({ "requests": all, "limits": all });
        }
        let ratio = if limits.cpu.is_some() {
            f64::from(self.options.cpu_ratio.max(1))
        } else {
            1.0
        };
        let mut resources = json!({
            "requests": { "cpu": millicores(cpu / ratio), "memory": memory.to_string() },
        });
        if limits.memory.is_some() {
            resources["limits"]["memory"] = json!(memory.to_string());
        }
        if limits.cpu.is_some() {
            resources["limits"]["cpu"] = json!(millicores(cpu));
        }
        resources
    }

    fn readiness(&self) -> Value {
        let mut probe = self.probe();
        // A script is a process of its own.
        let is_script = probe.get("exec").is_some();
        probe["periodSeconds"] = json!(if is_script { 2 } else { 1 });
        probe["failureThreshold"] = json!(3);
        probe
    }

    /// An instance that has not answered for a minute is started anew.
    fn liveness(&self) -> Value {
        let mut probe = self.probe();
        probe["initialDelaySeconds"] = json!(self.grace_seconds());
        probe["periodSeconds"] = json!(10);
        probe["failureThreshold"] = json!(6);
        probe
    }

    pub(super) fn grace_seconds(&self) -> u64 {
        let health = self.release.health.as_ref();
        health.map_or(GRACE_SECONDS, |health| health.grace_ms.div_ceil(1000))
    }

    fn probe(&self) -> Value {
        let port = self.release.port;
        let connection = json!({ "tcpSocket": { "port": port }, "timeoutSeconds": 2 });
        let Some(Health {
            probe, timeout_ms, ..
        }) = &self.release.health
        else {
            return connection;
        };
        let mut asked = match probe {
            Probe::Http(path) => {
                json!({ "httpGet": { "path": path, "port": port, "scheme": "HTTP" } })
            }
            Probe::Tcp => connection,
            Probe::Script(code) => json!({ "exec": { "command": ["/bin/sh", "-euc", code] } }),
        };
        asked["timeoutSeconds"] = json!(timeout_ms.div_ceil(1000).max(1));
        asked
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "configuration has cores between 0.01 and 1024"
)]
fn millicores(cores: f64) -> String {
    format!("{}m", (cores * 1000.0).round().max(1.0) as u64)
}
