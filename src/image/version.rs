use std::fmt;

use super::{Digest, Head};

/// The longest value of a Kubernetes label; a tag of an image could have 128.
const LONGEST: usize = 63;

/// More digits than any repository needs, and few enough that the rest of a version always fits.
const LONGEST_ABBREVIATION: usize = 12;

/// What stands for the content of a work tree that differs from its commit: 8 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dirty(String);

impl Dirty {
    /// The first 8 digits of a digest of that content.
    pub fn of(content: &Digest) -> Self {
        Self(content.hex()[..8].to_owned())
    }

    /// The 8 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One image: `<git-tag>[-<n>]-g<commit>-r<config revision>[-dirty.<8 hex>]`, at most 63 characters:
/// always both a valid image tag and a valid value of a Kubernetes label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// The version of the commit with this revision of the build configuration. Characters of the
    /// git tag that a tag can't hold become `-` (`+` becomes `_`); a long one is cut, never the rest.
    pub fn new(head: &Head, revision: u32, dirty: Option<&Dirty>) -> Self {
        let digits = head.abbreviation.len().min(LONGEST_ABBREVIATION);
        let mut rest = format!("-g{}-r{revision}", &head.abbreviation[..digits]);
        if head.tag.is_none() || head.distance > 0 {
            rest.insert_str(0, &format!("-{}", head.distance));
        }
        if let Some(Dirty(content)) = dirty {
            rest.push_str("-dirty.");
            rest.push_str(content);
        }
        let mut name = head
            .tag
            .as_deref()
            .map_or_else(|| "untagged".to_owned(), writable);
        name.truncate(LONGEST - rest.len());
        Self(name + &rest)
    }

    /// As in the image's tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a tag of an image apart; `None` where it isn't a version.
    pub fn parse(text: &str) -> Option<Parts<'_>> {
        let (clean, dirty) = match text.rsplit_once("-dirty.") {
            Some((clean, content)) if content.len() == 8 && is_hex(content) => {
                (clean, Some(content))
            }
            _ => (text, None),
        };
        let (described, revision) = clean.rsplit_once("-r")?;
        let (name, commit) = described.rsplit_once("-g")?;
        let canonical = revision.bytes().all(|b| b.is_ascii_digit())
            && (revision == "0" || !revision.starts_with('0'));
        (canonical && !name.is_empty() && commit.len() >= 8 && is_hex(commit)).then_some(())?;
        Some(Parts {
            described,
            commit,
            revision: revision.parse().ok()?,
            dirty,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a version says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// As `git describe` prints it, so git finds the commit by it: `v1.4.2-3-g3f9c2d1a`.
    pub described: &'a str,
    /// The commit's abbreviation.
    pub commit: &'a str,
    /// The revision of the build configuration.
    pub revision: u32,
    /// 8 hex digits, where the work tree differed from the commit.
    pub dirty: Option<&'a str>,
}

/// The git tag in characters of an image tag, starting as a label must: with a letter or digit.
fn writable(tag: &str) -> String {
    let mapped: String = tag
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '_' | '-' => c,
            '+' => '_',
            _ => '-',
        })
        .collect();
    match mapped.trim_start_matches(['.', '_', '-']) {
        "" => "tag".to_owned(),
        name => name.to_owned(),
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(tag: Option<&str>, distance: usize) -> Head {
        Head {
            commit: "3f9c2d1a00112233445566778899aabbccddeeff".to_owned(),
            time: 0,
            tag: tag.map(str::to_owned),
            distance,
            abbreviation: "3f9c2d1a".to_owned(),
            branch: None,
        }
    }

    #[test]
    fn writes_what_the_design_says() {
        let dirty = Dirty::of(&Digest::of(b""));
        for (tag, distance, dirty, expected) in [
            (Some("v1.4.2"), 0, None, "v1.4.2-g3f9c2d1a-r7"),
            (Some("v1.4.2"), 3, None, "v1.4.2-3-g3f9c2d1a-r7"),
            (None, 42, None, "untagged-42-g3f9c2d1a-r7"),
            (
                Some("v1"),
                0,
                Some(&dirty),
                "v1-g3f9c2d1a-r7-dirty.e3b0c442",
            ),
            (
                Some("release/1.0+b~é"),
                0,
                None,
                "release-1.0_b---g3f9c2d1a-r7",
            ),
            (Some("-.é"), 1, None, "tag-1-g3f9c2d1a-r7"),
            (Some("_x"), 0, None, "x-g3f9c2d1a-r7"),
        ] {
            let version = Version::new(&head(tag, distance), 7, dirty);
            assert_eq!(version.as_str(), expected);
        }
    }

    #[test]
    fn cuts_the_tag_and_nothing_else() {
        let version = Version::new(&head(Some(&"x".repeat(200)), 12), 7, None);
        assert_eq!(
            version.as_str(),
            format!("{}-12-g3f9c2d1a-r7", "x".repeat(47))
        );
    }

    #[test]
    fn takes_versions_apart() {
        assert_eq!(
            Version::parse("v1-r2-g00000000-3-g3f9c2d1a-r7-dirty.00112233"),
            Some(Parts {
                described: "v1-r2-g00000000-3-g3f9c2d1a",
                commit: "3f9c2d1a",
                revision: 7,
                dirty: Some("00112233"),
            })
        );
        for text in [
            "latest",
            "v1-g3f9c2d1a",
            "-g3f9c2d1a-r1",
            "v1-g3f9c2d1-r1",
            "v1-g3f9c2d1a-r",
            "v1-g3f9c2d1a-r01",
            "v1-g3f9c2d1a-r+1",
            "v1-g3f9c2d1a-r4294967296",
            "v1-gXf9c2d1a-r1",
            "v1-g3f9c2d1a-r1-dirty.0011",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn is_always_a_tag_and_a_label(
            tag in proptest::option::of(".{1,80}"),
            distance: usize,
            revision: u32,
            abbreviation in "[0-9a-f]{8,40}",
            content in proptest::option::of(".*"),
        ) {
            let head = Head { abbreviation, ..head(tag.as_deref(), distance) };
            let dirty = content.map(|content| Dirty::of(&Digest::of(content.as_bytes())));
            let version = Version::new(&head, revision, dirty.as_ref());
            let text = version.as_str();
            prop_assert!(text.len() <= 63);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)));
            prop_assert!(text.bytes().next().unwrap().is_ascii_alphanumeric());
            prop_assert!(text.bytes().last().unwrap().is_ascii_alphanumeric());

            let parts = Version::parse(text).unwrap();
            prop_assert!(head.abbreviation.starts_with(parts.commit));
            prop_assert_eq!(parts.revision, revision);
            prop_assert_eq!(parts.dirty, dirty.as_ref().map(Dirty::as_str));
        }
    }
}
