mod changes;
mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::changes::{Change, changes};
use crate::image::{Digest, Repository};

/// The file's name, beside `app.toml`.
pub const LOCK_FILE: &str = "app.lock";

/// The file format that this program writes.
const FORMAT: u32 = 1;

/// `app.lock`: the config revision, the build configuration it stands for, and the pinned bases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The file format; 1.
    pub version: u32,
    /// The number behind `-r`.
    pub revision: u32,
    /// Digest of the build configuration.
    pub configuration: Digest,
    /// Short digests by key (`build.script`, `base.python`), so that a change can be named.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// Pinned base images by name.
    #[serde(default, rename = "base", skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<PinnedBase>,
}

/// One pinned base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedBase {
    /// As `app.toml` names it.
    pub name: String,
    /// Where it is pulled from; `None`: it was built on this machine and never pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<Repository>,
    /// The manifest's digest with a repository, else the engine's image ID.
    pub digest: Digest,
    /// What a team's base says about apps, from the image's label; the platform's bases have none
    /// here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl Lock {
    /// The lock for a build configuration: the same configuration keeps its revision, another one
    /// gets the next, the first is 1.
    pub fn next(
        previous: Option<&Self>,
        configuration: Digest,
        inputs: BTreeMap<String, String>,
        mut bases: Vec<PinnedBase>,
    ) -> Self {
        let revision = match previous {
            Some(previous) if previous.configuration == configuration => previous.revision,
            Some(previous) => previous.revision.saturating_add(1),
            None => 1,
        };
        bases.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            version: FORMAT,
            revision,
            configuration,
            inputs,
            bases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(previous: Option<&Lock>, configuration: &[u8]) -> Lock {
        Lock::next(
            previous,
            Digest::of(configuration),
            BTreeMap::new(),
            Vec::new(),
        )
    }

    #[test]
    fn a_revision_stands_for_one_configuration() {
        let first = next(None, b"a");
        assert_eq!(first.revision, 1);
        assert_eq!(next(Some(&first), b"a"), first);

        let second = next(Some(&first), b"b");
        assert_eq!(second.revision, 2);
        let back = next(Some(&second), b"a");
        assert_eq!(back.revision, 3, "a number is never used again");
    }

    #[test]
    fn bases_are_in_order() {
        let base = |name: &str| PinnedBase {
            name: name.to_owned(),
            repository: None,
            digest: Digest::of(name.as_bytes()),
            profile: None,
        };
        let bases = vec![base("python"), base("node")];
        let lock = Lock::next(None, Digest::of(b"a"), BTreeMap::new(), bases);
        assert_eq!(lock.bases, [base("node"), base("python")]);
    }
}
