use std::fmt;

use serde::Serialize;

const BRANCH: &str = "refs/heads/";
const TAG: &str = "refs/tags/";

/// Longer names don't fit in a file system's paths, where git keeps them.
const MAX_LENGTH: usize = 1024;

/// The full name of a branch or tag that `git check-ref-format` accepts and that no program can
/// take for an option.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RefName(String);

/// What a ref is by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefKind {
    /// Below `refs/heads/`.
    Branch,
    /// Below `refs/tags/`.
    Tag,
}

impl RefKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Branch => BRANCH,
            Self::Tag => TAG,
        }
    }
}

impl fmt::Display for RefKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Branch => "branch",
            Self::Tag => "tag",
        })
    }
}

impl RefName {
    /// Takes `refs/heads/…` or `refs/tags/…`.
    pub fn parse(full: &str) -> Option<Self> {
        [RefKind::Branch, RefKind::Tag]
            .into_iter()
            .find_map(|kind| Self::new(kind, full.strip_prefix(kind.prefix())?))
    }

    /// From what stands behind `refs/heads/` or `refs/tags/`.
    pub fn new(kind: RefKind, short: &str) -> Option<Self> {
        let full = format!("{}{short}", kind.prefix());
        (full.len() <= MAX_LENGTH && !short.starts_with('-') && is_well_formed(short))
            .then_some(Self(full))
    }

    /// `refs/heads/main`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `main`.
    pub fn short(&self) -> &str {
        &self.0[self.kind().prefix().len()..]
    }

    /// Branch or tag.
    pub fn kind(&self) -> RefKind {
        if self.0.starts_with(TAG) {
            RefKind::Tag
        } else {
            RefKind::Branch
        }
    }
}

/// Whether it is a ref below `refs/`, of any kind: pull requests, notes, branches.
pub(super) fn is_ref(full: &str) -> bool {
    full.len() <= MAX_LENGTH && full.strip_prefix("refs/").is_some_and(is_well_formed)
}

/// The rules of git-check-ref-format(1), for what stands below a folder of `refs/`.
fn is_well_formed(name: &str) -> bool {
    let characters = name
        .chars()
        .all(|c| !c.is_control() && !matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\'));
    let components = name.split('/').all(|component| {
        let lock = component.strip_suffix(".lock").is_some();
        !component.is_empty() && !component.starts_with('.') && !lock
    });
    characters
        && components
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && name != "@"
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_tags_are_told_apart() {
        let branch = RefName::parse("refs/heads/feature/a-b").unwrap();
        assert_eq!(
            (branch.kind(), branch.short()),
            (RefKind::Branch, "feature/a-b")
        );
        let tag = RefName::parse("refs/tags/v1.2+x").unwrap();
        assert_eq!((tag.kind(), tag.short()), (RefKind::Tag, "v1.2+x"));
        let nested = RefName::parse("refs/heads/refs/tags/x").unwrap();
        assert_eq!(
            (nested.kind(), nested.short()),
            (RefKind::Branch, "refs/tags/x")
        );
        for name in [
            "größe", "a@b", "@x", "{x}", "a-", "a.locked", "HEAD/x", "a$(id)",
        ] {
            assert!(RefName::new(RefKind::Branch, name).is_some(), "{name}");
        }
    }

    #[test]
    fn hostile_and_malformed_names_are_none() {
        let short = [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            ".",
            "..",
            "../x",
            "a/../b",
            ".a",
            "a/.b",
            "a.",
            "a.lock",
            "a.lock/b",
            ".lock",
            "a..b",
            "a b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[b",
            "a\\b",
            "@",
            "a@{1}",
            "a\nb",
            "a\0",
            "a\u{7f}",
            "a\u{1b}[2J",
            "a\u{85}",
            "-a",
            "--upload-pack=id",
        ];
        for name in short {
            for kind in [RefKind::Branch, RefKind::Tag] {
                assert_eq!(RefName::new(kind, name), None, "{name:?}");
            }
        }
        let full = [
            "main",
            "--upload-pack=touch x",
            "refs/heads",
            "refs/heads/",
            "refs/pull/1/head",
            "refs/notes/commits",
            "REFS/heads/main",
            " refs/heads/main",
            "/refs/heads/main",
        ];
        for name in full {
            assert_eq!(RefName::parse(name), None, "{name:?}");
        }
        assert_eq!(RefName::new(RefKind::Branch, &"a".repeat(MAX_LENGTH)), None);
    }
}
