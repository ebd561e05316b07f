use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::{Autoscale, Health, Probe, Protocol, Release, User};

/// What differs between two releases, in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where.
    pub what: Part,
    /// Of which variable, process, volume; `None` where there is one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As it was; `None`: it was not there. Of a secret the beginning of its revision.
    pub before: Option<String>,
    /// As it is; `None`: it is there no longer.
    pub after: Option<String>,
}

/// A part of a release's parameters, in the order in which people read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The version.
    Version,
    /// The image's content.
    Image,
    /// A process, with its instances.
    Process,
    /// A process's memory limit.
    Memory,
    /// A process's CPU limit.
    Cpu,
    /// A variable.
    Env,
    /// A secret's revision.
    Secret,
    /// The HTTP port.
    HttpPort,
    /// A raw port.
    Port,
    /// A host name.
    Domain,
    /// A volume, with its path.
    Volume,
    /// How health is asked.
    Health,
    /// The hook.
    BeforeDeploy,
    /// From SIGTERM to SIGKILL.
    StopTimeout,
    /// Who instances run as.
    User,
    /// Instances by load.
    Autoscale,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "version",
            Self::Image => "image",
            Self::Process => "process",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Env => "env",
            Self::Secret => "secret",
            Self::HttpPort => "HTTP port",
            Self::Port => "port",
            Self::Domain => "domain",
            Self::Volume => "volume",
            Self::Health => "health",
            Self::BeforeDeploy => "before_deploy",
            Self::StopTimeout => "stop timeout",
            Self::User => "user",
            Self::Autoscale => "autoscale",
        })
    }
}

/// `+ env A = 1`, `- env A = 1`, `~ env A: 1 → 2`, on one line whatever the values hold.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (&self.before, &self.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        write!(f, "{sign} {}", self.what)?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                write!(f, ": {} → {}", before.escape_debug(), after.escape_debug())
            }
            (Some(value), None) | (None, Some(value)) if !value.is_empty() => {
                write!(f, " = {}", value.escape_debug())
            }
            _ => Ok(()),
        }
    }
}

/// What makes `b` of `a`; empty when both run the same under the same version.
pub fn diff(a: &Release, b: &Release) -> Vec<Change> {
    let (mut old, mut new) = (facts(a), facts(b));
    if a.image.is_same(&b.image) {
        old.remove(&(Part::Image, None));
        new.remove(&(Part::Image, None));
    }
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let changed = keys.into_iter().filter(|key| old.get(key) != new.get(key));
    changed
        .map(|key| Change {
            before: old.get(&key).cloned(),
            after: new.get(&key).cloned(),
            what: key.0,
            name: key.1,
        })
        .collect()
}

fn facts(release: &Release) -> BTreeMap<(Part, Option<String>), String> {
    let image = &release.image;
    let content = if image.id.is_empty() {
        image.reference.to_string()
    } else {
        image.id.clone()
    };
    let mut facts = BTreeMap::new();
    let mut add = |what, name: Option<&str>, value| {
        facts.insert((what, name.map(str::to_owned)), value);
    };
    add(Part::Version, None, image.version.clone());
    add(Part::Image, None, content);
    for (name, process) in &release.processes {
        let plural = if process.replicas == 1 { "" } else { "s" };
        let count = format!("{} instance{plural}", process.replicas);
        add(Part::Process, Some(name), count);
        if let Some(memory) = process.resources.memory {
            add(Part::Memory, Some(name), format!("{memory} bytes"));
        }
        if let Some(cpu) = process.resources.cpu {
            add(Part::Cpu, Some(name), format!("{cpu}"));
        }
    }
    for (name, value) in &release.env {
        add(Part::Env, Some(name), value.clone());
    }
    for (name, revision) in &release.secrets {
        add(
            Part::Secret,
            Some(name),
            revision.0.chars().take(8).collect(),
        );
    }
    add(Part::HttpPort, None, release.port.to_string());
    for port in &release.ports {
        let protocol = match port.protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        let name = format!("{}/{protocol}", port.port);
        add(Part::Port, Some(&name), String::new());
    }
    for domain in &release.domains {
        add(Part::Domain, Some(domain), String::new());
    }
    for volume in &release.volumes {
        add(Part::Volume, Some(&volume.name), volume.path.clone());
    }
    if let Some(health) = &release.health {
        add(Part::Health, None, question(health));
    }
    if let Some(hook) = &release.before_deploy {
        add(Part::BeforeDeploy, None, hook.clone());
    }
    let seconds = format!("{} s", release.stop_timeout);
    add(Part::StopTimeout, None, seconds);
    if let Some(User { uid, gid }) = release.user {
        add(Part::User, None, format!("{uid}:{gid}"));
    }
    if let Some(Autoscale { min, max, cpu }) = release.autoscale {
        add(Part::Autoscale, None, format!("{min} to {max} at {cpu} %"));
    }
    facts
}

fn question(health: &Health) -> String {
    let probe = match &health.probe {
        Probe::Http(path) => format!("GET {path}"),
        Probe::Tcp => "tcp".to_owned(),
        Probe::Script(code) => format!("script {code}"),
    };
    let (timeout, grace) = (health.timeout_ms, health.grace_ms);
    format!("{probe}, timeout {timeout} ms, grace {grace} ms")
}
