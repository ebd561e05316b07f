//! What objects are called, and the labels by which they are found again.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::release::{Release, Target};

/// Hash of the target's key; on everything.
pub(super) const TARGET: &str = "io.paas.target";
/// The target's key, as an annotation of its root: it may be longer than a label.
pub(super) const KEY: &str = "io.paas.key";
/// The number that instances carry; on Deployments and their pods.
pub(super) const RELEASE: &str = "io.paas.release";
/// A process's name; on Deployments and their pods.
pub(super) const PROCESS: &str = "io.paas.process";
/// What an object is for: a [`Role`].
pub(super) const ROLE: &str = "io.paas.role";
/// The folder of a document: the first part of its name.
pub(super) const FOLDER: &str = "io.paas.folder";
/// A document's whole name, as an annotation.
pub(super) const DOCUMENT: &str = "io.paas.document";
/// Which instances a Deployment runs, and which it keeps, as an annotation.
pub(super) const INSTANCES: &str = "io.paas.instances";
/// The whole release, as JSON, as an annotation of its Deployments: records may get lost.
pub(super) const RECORD: &str = "io.paas.record";
/// A volume's name in `app.toml`, as an annotation of its claim.
pub(super) const VOLUME: &str = "io.paas.volume";
/// How a release ended, as an annotation of its record.
pub(super) const OUTCOME: &str = "io.paas.outcome";
/// What serves, as an annotation of the Service.
pub(super) const LIVE: &str = "io.paas.live";
/// Set while requests can't be served, as an annotation of the Service.
pub(super) const HELD: &str = "io.paas.held";
/// Set until Ingress, budgets and autoscaler follow what serves, as an annotation of the Service.
pub(super) const UNFINISHED: &str = "io.paas.unfinished";
/// The maintenance message, as an annotation of the Service.
pub(super) const MAINTENANCE: &str = "io.paas.maintenance";
/// Who holds a lease, and for what, as an annotation of it.
pub(super) const PURPOSE: &str = "io.paas.purpose";
/// When whoever runs a command was last there, as an annotation of its pod.
pub(super) const RENEWED: &str = "io.paas.renewed";

/// Longest part of a name that people read.
const READABLE: usize = 20;

/// What an object is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What owns all the rest.
    Root,
    /// A release's record.
    Release,
    /// A release's environment.
    Environment,
    /// A document.
    Document,
    /// An instance, or what makes or exposes instances.
    Instance,
    /// A `before_deploy`.
    Hook,
    /// A command in a pod of its own.
    Run,
    /// A volume.
    Volume,
}

impl Role {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Release => "release",
            Self::Environment => "environment",
            Self::Document => "document",
            Self::Instance => "instance",
            Self::Hook => "hook",
            Self::Run => "run",
            Self::Volume => "volume",
        }
    }
}

/// Ours of a target, whatever they are for.
pub(super) fn selector(target: &Target) -> String {
    format!("{TARGET}={}", hash(&[&target.key()]))
}

/// Those with this role.
pub(super) fn role_selector(target: &Target, role: Role) -> String {
    format!("{},{ROLE}={}", selector(target), role.as_str())
}

/// What our objects of a target carry.
pub(super) fn labels(target: &Target, role: Role) -> BTreeMap<String, String> {
    let app = &target.app;
    let part_of = target.group.as_ref().unwrap_or(app);
    [
        ("app.kubernetes.io/name", app.clone()),
        ("app.kubernetes.io/instance", root(target)),
        ("app.kubernetes.io/part-of", part_of.clone()),
        ("app.kubernetes.io/managed-by", "paas".to_owned()),
        (TARGET, hash(&[&target.key()])),
        (ROLE, role.as_str().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// [`labels`] of what belongs to a process of a release.
pub(super) fn process_labels(release: &Release, process: &str) -> BTreeMap<String, String> {
    let mut labels = labels(&release.target, Role::Instance);
    labels.extend(
        [
            ("app.kubernetes.io/component", process.to_owned()),
            ("app.kubernetes.io/version", release.image.version.clone()),
            (RELEASE, release.number.to_string()),
            (PROCESS, process.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    labels
}

/// The target's root, its Service, its Ingress and its Lease.
pub(super) fn root(target: &Target) -> String {
    let key = target.key();
    let (app, environment) = (cut(&target.app), cut(&target.environment));
    named(&[app, environment], &[&key])
}

/// The Deployment of a process of a release.
pub(super) fn deployment(target: &Target, release: u64, process: &str) -> String {
    let number = release.to_string();
    let readable = [cut(&target.app), cut(process), &number];
    named(&readable, &[&target.key(), process, &number])
}

/// What there is one of for each process, whatever the release.
pub(super) fn of_process(target: &Target, process: &str) -> String {
    named(&[cut(&target.app), cut(process)], &[&target.key(), process])
}

/// What a target has of a kind besides: `parts` tell them apart.
pub(super) fn part(target: &Target, kind: &str, parts: &[&str]) -> String {
    let key = target.key();
    let whole: Vec<&str> = [&*key, kind]
        .into_iter()
        .chain(parts.iter().copied())
        .collect();
    named(&[cut(&target.app), kind], &whole)
}

/// The target with this key.
pub(super) fn target(key: &str) -> Option<Target> {
    let parts: Vec<&str> = key.split('.').collect();
    let (group, app, environment) = match parts[..] {
        [app, environment] => (None, app, environment),
        [group, app, environment] => (Some(group), app, environment),
        _ => return None,
    };
    Some(Target {
        group: group.map(str::to_owned),
        app: app.to_owned(),
        environment: environment.to_owned(),
    })
}

/// At most 63 characters that begin with a letter, as Services need it; the hash tells apart what is the same
/// once it is cut.
fn named(readable: &[&str], whole: &[&str]) -> String {
    let name = format!("{}-{}", readable.join("-"), hash(whole));
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("a{name}")
    } else {
        name
    }
}

fn cut(text: &str) -> &str {
    &text[..text.len().min(READABLE)]
}

/// 10 hex digits; the parts can't run into each other.
pub(super) fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hex::encode(&hasher.finalize()[..5])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(app: &str) -> Target {
        Target {
            group: Some("g".repeat(40)),
            app: format!("{app}{}", "a".repeat(39)),
            environment: "e".repeat(40),
        }
    }

    #[test]
    fn names_fit_and_tell_apart_what_is_the_same_when_cut() {
        let target = long("1");
        let process = "p".repeat(40);
        let names = [
            root(&target),
            deployment(&target, 999_999, &process),
            deployment(&target, 999_999, &format!("{}q", "p".repeat(39))),
            of_process(&target, &process),
            part(&target, "environment", &["a", "b"]),
            part(&target, "environment", &["ab"]),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(name.len() <= 63, "{name}");
            assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
            assert!(!names[..index].contains(name), "{name}");
        }
    }

    #[test]
    fn neighbours_never_share_a_name() {
        let parse = |key: &str| target(key).unwrap();
        // By joining with dashes alone these would be the same.
        let pairs = [("a.b-c", "a-b.c"), ("a.b.c", "a.b"), ("b.a.c", "a.b.c")];
        for (one, other) in pairs {
            assert_ne!(root(&parse(one)), root(&parse(other)), "{one} {other}");
        }
        let shop = parse("shop.staging");
        assert_ne!(deployment(&shop, 1, "web"), deployment(&shop, 11, "web"));
        assert_ne!(
            deployment(&shop, 1, "a"),
            deployment(&parse("shop-a.staging"), 1, "a")
        );
    }
}
