//! What containers of a release are made with.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HostConfig, HostConfigLogConfig,
    Mount, MountType, MountVolumeOptions, NetworkingConfig, RestartPolicy, RestartPolicyNameEnum,
};

use super::names::{self, Names};
use super::releases;
use crate::cluster::Secrets;
use crate::release::{InstanceName, Process, Release, Resources};
use crate::{Error, Result};

/// More processes and threads than any sane app has, fewer than the machine.
const MOST_PROCESSES: i64 = 4096;

/// The image of a release as the engine has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalImage {
    /// What the engine is told: its ID.
    pub(super) id: String,
    /// `10001:10001`; empty for root.
    pub(super) user: String,
}

impl LocalImage {
    fn runs_as_root(&self) -> bool {
        let user = self.user.split(':').next().unwrap_or_default();
        matches!(user, "" | "0" | "root")
    }
}

/// A release, and what has to be known to make containers of it.
pub(super) struct Blueprint<'a> {
    pub(super) names: &'a Names,
    pub(super) release: &'a Release,
    pub(super) image: &'a LocalImage,
    pub(super) secrets: &'a Secrets,
}

impl Blueprint<'_> {
    /// An instance at a fixed address.
    pub(super) fn instance(
        &self,
        name: &InstanceName,
        address: Ipv4Addr,
    ) -> Result<ContainerCreateBody> {
        let Some(process) = self.release.processes.get(&name.process) else {
            return Err(Error::refused(format!(
                "release #{} has no process `{}`",
                self.release.number, name.process
            )));
        };
        let mut labels = self.labels();
        labels.insert(names::INSTANCE.to_owned(), name.to_string());
        let endpoint = EndpointSettings {
            ipam_config: Some(EndpointIpamConfig {
                ipv4_address: Some(address.to_string()),
                ..EndpointIpamConfig::default()
            }),
            ..EndpointSettings::default()
        };
        Ok(ContainerCreateBody {
            hostname: Some(name.to_string().replace('.', "-")),
            env: Some(self.env(Some(name))?),
            cmd: Some(vec![name.process.clone()]),
            labels: Some(labels),
            host_config: Some(HostConfig {
                restart_policy: Some(restart(RestartPolicyNameEnum::UNLESS_STOPPED)),
                ..self.surroundings(process.resources)
            }),
            networking_config: Some(NetworkingConfig {
                endpoints_config: Some(HashMap::from([(self.names.network(), endpoint)])),
            }),
            ..self.container()
        })
    }

    /// A container that runs one command to its end and is then removed, whoever watches.
    pub(super) fn one_off(&self, role: &str, command: Vec<String>) -> Result<ContainerCreateBody> {
        let web = self.release.processes.get("web");
        let process: Option<&Process> = web.or_else(|| self.release.processes.values().next());
        let resources = process.map(|process| process.resources);
        let mut labels = self.labels();
        labels.remove(names::RELEASE);
        labels.insert(names::ROLE.to_owned(), role.to_owned());
        Ok(ContainerCreateBody {
            env: Some(self.env(None)?),
            entrypoint: Some(command),
            cmd: Some(Vec::new()),
            labels: Some(labels),
            host_config: Some(HostConfig {
                auto_remove: Some(true),
                ..self.surroundings(resources.unwrap_or_default())
            }),
            ..self.container()
        })
    }

    fn container(&self) -> ContainerCreateBody {
        ContainerCreateBody {
            image: Some(self.image.id.clone()),
            stop_timeout: i64::try_from(self.release.stop_timeout).ok(),
            ..ContainerCreateBody::default()
        }
    }

    fn labels(&self) -> HashMap<String, String> {
        let mut labels = self.names.labels_of(&self.release.target);
        labels.insert(names::RELEASE.to_owned(), releases::text(self.release));
        labels.insert(names::NUMBER.to_owned(), self.release.number.to_string());
        labels
    }

    fn env(&self, instance: Option<&InstanceName>) -> Result<Vec<String>> {
        let release = self.release;
        let mut env = release.env.clone();
        for (name, revision) in &release.secrets {
            let value = self.secrets.get(&(name.clone(), revision.0.clone()));
            let value = value.ok_or_else(|| {
                Error::refused(format!("the secret `{name}` has no value"))
                    .hint(format!("set it with `paas secret set {name}`"))
            })?;
            let text = std::str::from_utf8(value.expose()).ok();
            let text = text.filter(|text| !text.contains('\0')).ok_or_else(|| {
                Error::usage(format!(
                    "the secret `{name}` is no text, so no variable can hold it"
                ))
            })?;
            env.insert(name.clone(), text.to_owned());
        }
        let own = [
            ("PORT", release.port.to_string()),
            ("PAAS_APP", release.target.app.clone()),
            ("PAAS_ENVIRONMENT", release.target.environment.clone()),
            ("PAAS_RELEASE", release.number.to_string()),
            ("PAAS_VERSION", release.image.version.clone()),
        ];
        env.extend(own.map(|(name, value)| (name.to_owned(), value)));
        if let Some(instance) = instance {
            env.insert("PAAS_INSTANCE".to_owned(), instance.to_string());
        }
        let env = env.into_iter();
        Ok(env.map(|(name, value)| format!("{name}={value}")).collect())
    }

    fn surroundings(&self, resources: Resources) -> HostConfig {
        let memory = resources.memory.and_then(|bytes| i64::try_from(bytes).ok());
        HostConfig {
            init: Some(true),
            network_mode: Some(self.names.network()),
            mounts: Some(self.mounts()),
            memory,
            // The same: no swap beside it.
            memory_swap: memory,
            nano_cpus: resources.cpu.map(nano_cpus),
            ..hardened(self.image.runs_as_root())
        }
    }

    fn mounts(&self) -> Vec<Mount> {
        let target = &self.release.target;
        let volumes = self.release.volumes.iter();
        let mounts = volumes.map(|volume| Mount {
            typ: Some(MountType::VOLUME),
            source: Some(self.names.volume(target, &volume.name)),
            target: Some(volume.path.clone()),
            volume_options: Some(MountVolumeOptions {
                labels: Some(self.names.labels_of(target)),
                ..MountVolumeOptions::default()
            }),
            ..Mount::default()
        });
        mounts.collect()
    }
}

/// What holds for every container of ours. An app that asked to run as root keeps the engine's
/// usual capabilities: without them root can't even read other users' files.
pub(super) fn hardened(as_root: bool) -> HostConfig {
    HostConfig {
        cap_drop: (!as_root).then(|| vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        pids_limit: Some(MOST_PROCESSES),
        log_config: Some(HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(HashMap::from([
                ("max-size".to_owned(), "10m".to_owned()),
                ("max-file".to_owned(), "3".to_owned()),
            ])),
        }),
        ..HostConfig::default()
    }
}

/// A restart policy without a limit.
pub(super) fn restart(name: RestartPolicyNameEnum) -> RestartPolicy {
    RestartPolicy {
        name: Some(name),
        maximum_retry_count: None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "no machine has 2^33 cores; configuration allows none below 0.01"
)]
fn nano_cpus(cores: f64) -> i64 {
    (cores * 1e9).round() as i64
}
