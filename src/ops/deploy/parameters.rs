//! From `app.toml`, an environment and what is set on the cluster to a release's parameters.

use std::collections::BTreeMap;

use super::configuration::text_of;
use super::selected::Selected;
use super::settings::TargetSettings;
use crate::config::{self, APP_FILE, ScriptSource};
use crate::release::{
    Autoscale, Health, Image, Probe, Process, Protocol, RawPort, Release, Resources,
    SecretRevision, User, Volume,
};
use crate::{Error, Result};

/// Who makes a release, of what, and when.
pub(super) struct Making<'a> {
    pub selected: &'a Selected,
    /// What is set on the cluster.
    pub settings: &'a TargetSettings,
    /// `paas scale`'s counts.
    pub scaled: &'a BTreeMap<String, u32>,
    pub number: u64,
    pub image: Image,
    pub by: &'a str,
    /// Unix seconds.
    pub now: i64,
}

impl Making<'_> {
    /// The release. Reads scripts that `app.toml` names.
    pub fn release(self) -> Result<Release> {
        let Selected {
            app, environment, ..
        } = self.selected;
        let script = |script: &config::Script| code(self.selected, &script.source);
        let health = app.health.as_ref().map(|health| {
            let probe = match &health.probe {
                config::Probe::Http(path) => Probe::Http(path.clone()),
                config::Probe::Tcp => Probe::Tcp,
                config::Probe::Script(code) => Probe::Script(script(code)?),
            };
            Ok::<_, Error>(Health {
                probe,
                timeout_ms: milliseconds(health.timeout),
                grace_ms: milliseconds(health.grace),
            })
        });
        let mut env = app.env.clone();
        env.extend(environment.env.clone());
        env.extend(self.settings.env.clone());
        Ok(Release {
            target: self.selected.target.clone(),
            number: self.number,
            from: None,
            created: self.now,
            by: self.by.to_owned(),
            processes: self.processes()?,
            image: self.image,
            port: app.start.port.get(),
            stop_timeout: milliseconds(app.start.stop_timeout).div_ceil(1000),
            env,
            secrets: secrets(self.selected, self.settings)?,
            health: health.transpose()?,
            volumes: volumes(app),
            ports: ports(app),
            domains: environment.domains.clone(),
            before_deploy: app.hooks.before_deploy.as_ref().map(script).transpose()?,
            user: Some(User {
                uid: app.start.user.uid,
                gid: app.start.user.gid,
            }),
            autoscale: app.autoscale.map(|autoscale| Autoscale {
                min: autoscale.min,
                max: autoscale.max,
                cpu: autoscale.cpu,
            }),
        })
    }

    /// Two instances would write to a volume at once.
    fn check_writers(&self, processes: &[&str]) -> Result<()> {
        let Selected {
            app, environment, ..
        } = self.selected;
        if app.volumes.is_empty() {
            return Ok(());
        }
        let named = &self.selected.target.environment;
        for process in processes {
            let least = app.autoscale.filter(|_| *process == Process::WEB);
            let asked = [
                (self.scaled.get(*process).copied(), None),
                (
                    environment.replicas.get(*process).copied(),
                    Some(&["environments", named, "replicas", process][..]),
                ),
                (
                    least.map(|autoscale| autoscale.min),
                    Some(&["autoscale", "min"]),
                ),
            ];
            // The first that says anything counts.
            let Some((Some(count), keys)) = asked.into_iter().find(|(count, _)| count.is_some())
            else {
                continue;
            };
            if count > 1 {
                return Err(self.too_many_writers(process, count, keys));
            }
        }
        Ok(())
    }

    /// `keys` are those of `app.toml` that ask for so many; `None`: it was `paas scale`.
    fn too_many_writers(&self, process: &str, count: u32, keys: Option<&[&str]>) -> Error {
        let message = format!(
            "the app has volumes, to which {count} instances of {process} would write at once"
        );
        let Some(keys) = keys else {
            return Error::refused(message).hint(format!(
                "`paas scale` asked for them: first `paas scale {process}=1`"
            ));
        };
        let file = self.selected.folder.join(APP_FILE);
        let place = match &self.selected.commit {
            Some(commit) => Some(format!("{APP_FILE} of {commit} says so")),
            None => config::place_of_key(&file, keys),
        };
        Error::usage(message)
            .detail(place.unwrap_or_default())
            .hint("keep one instance, or its data where several can write: in a database")
    }

    fn processes(&self) -> Result<BTreeMap<String, Process>> {
        let Selected {
            app, environment, ..
        } = self.selected;
        let known = || std::iter::once("web").chain(app.processes.keys().map(String::as_str));
        if let Some(unknown) = environment
            .replicas
            .keys()
            .find(|name| !known().any(|process| process == *name))
        {
            return Err(Error::usage(format!(
                "`replicas` of {} names the process {unknown}, which the app has not",
                self.selected.target.environment
            ))
            .hint(format!(
                "it has: {}",
                known().collect::<Vec<_>>().join(", ")
            )));
        }
        self.check_writers(&known().collect::<Vec<_>>())?;
        let limits = environment.resources.unwrap_or(app.resources);
        let least = app.autoscale.map_or(1, |autoscale| autoscale.min);
        Ok(known()
            .map(|name| {
                let asked = self.scaled.get(name).or(environment.replicas.get(name));
                let usual = if name == Process::WEB { least } else { 1 };
                let process = Process {
                    replicas: asked.copied().unwrap_or(usual),
                    resources: Resources {
                        memory: limits.memory,
                        cpu: limits.cpu,
                    },
                };
                (name.to_owned(), process)
            })
            .collect())
    }
}

fn secrets(
    selected: &Selected,
    settings: &TargetSettings,
) -> Result<BTreeMap<String, SecretRevision>> {
    let named = &selected.environment.secrets;
    let missing: Vec<&str> = named
        .iter()
        .filter(|name| !settings.secrets.contains_key(*name))
        .map(String::as_str)
        .collect();
    if let Some(first) = missing.first() {
        let environment = &selected.target.environment;
        return Err(Error::usage(format!(
            "no value is set in {environment} for {}",
            missing.join(", ")
        ))
        .hint(format!(
            "set it: `paas secret set {first} -e {environment}`"
        )));
    }
    Ok(settings.secrets.clone())
}

fn volumes(app: &config::App) -> Vec<Volume> {
    let volumes = app.volumes.iter();
    volumes
        .map(|volume| Volume {
            name: volume.name.clone(),
            path: volume.path.clone(),
        })
        .collect()
}

fn ports(app: &config::App) -> Vec<RawPort> {
    let ports = app.ports.iter();
    ports
        .map(|port| RawPort {
            port: port.port.get(),
            protocol: match port.protocol {
                config::Protocol::Tcp => Protocol::Tcp,
                config::Protocol::Udp => Protocol::Udp,
            },
        })
        .collect()
}

/// Inline code, or the file's.
fn code(selected: &Selected, source: &ScriptSource) -> Result<String> {
    match source {
        ScriptSource::Inline(code) => Ok(code.clone()),
        ScriptSource::File(path) => text_of(selected, path),
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
