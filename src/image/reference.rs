use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::Error;

// The grammar of github.com/distribution/reference, without its shortcuts: a value that passes is
// safe as a word of a Dockerfile's FROM.
static REPOSITORY: LazyLock<Regex> = LazyLock::new(|| {
    const HOST: &str = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?";
    const PART: &str = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
    Regex::new(&format!(r"\A(?:{HOST}/)?{PART}(?:/{PART})*\z")).expect("a constant pattern")
});
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z").expect("a constant pattern")
});

/// Where versions of one image live: `registry.example:5000/trade/shop-api`, or without a host
/// `trade/shop-api` for images that stay on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Repository(String);

impl Repository {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registry's host and port, where the name has one.
    pub fn host(&self) -> Option<&str> {
        let (first, _) = self.0.split_once('/')?;
        let is_host = first.contains(['.', ':']) || first == "localhost";
        is_host.then_some(first)
    }

    /// The name within the registry: `trade/shop-api`.
    pub fn path(&self) -> &str {
        match self.host() {
            Some(host) => &self.0[host.len() + 1..],
            None => &self.0,
        }
    }

    /// `repository:tag`.
    pub fn tagged(&self, tag: &str) -> Result<Reference, Error> {
        format!("{self}:{tag}").parse()
    }

    /// `repository@digest`.
    pub fn at(&self, digest: &Digest) -> Reference {
        Reference {
            repository: self.clone(),
            tag: None,
            digest: Some(digest.clone()),
        }
    }
}

impl FromStr for Repository {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() <= 255 && REPOSITORY.is_match(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::usage(format!("`{}` is not an image name", text.escape_debug())).hint(
                "an image name is lower-case words with `.`, `_`, `-` and `/` between them, after an optional registry host",
            ))
        }
    }
}

impl TryFrom<String> for Repository {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Repository> for String {
    fn from(repository: Repository) -> Self {
        repository.0
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An image: a repository with a tag, a digest, or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// The part before tag and digest.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The tag, when there is one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, when there is one.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || {
            Error::usage(format!(
                "`{}` is not an image reference",
                text.escape_debug()
            ))
            .hint("write `[registry/]name[:tag][@sha256:…]`")
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.parse().map_err(|_| invalid())?)),
            None => (text, None),
        };
        let colon = name.rfind(':').filter(|&at| !name[at..].contains('/'));
        let (repository, tag) = match colon {
            Some(at) => (&name[..at], Some(&name[at + 1..])),
            None => (name, None),
        };
        if tag.is_some_and(|tag| !TAG.is_match(tag)) {
            return Err(invalid());
        }
        let repository = repository.parse().map_err(|_| invalid())?;
        Ok(Self {
            repository,
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl TryFrom<String> for Reference {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_references_apart() {
        let reference: Reference = "127.0.0.1:5000/trade/shop-api:v1-r2".parse().unwrap();
        assert_eq!(reference.repository().host(), Some("127.0.0.1:5000"));
        assert_eq!(reference.repository().path(), "trade/shop-api");
        assert_eq!(reference.tag(), Some("v1-r2"));

        let local: Repository = "trade/shop-api".parse().unwrap();
        assert_eq!((local.host(), local.path()), (None, "trade/shop-api"));

        let pinned = local.at(&Digest::of(b"x"));
        assert_eq!(pinned.to_string().parse::<Reference>().unwrap(), pinned);
    }

    #[test]
    fn refuses_what_could_end_a_dockerfile_line() {
        for text in [
            "alpine\nRUN id",
            "-v",
            "../x",
            "",
            "a b",
            "A/b:1:2",
            "a@sha256:1",
            "x:",
            "a//b",
            "$(id)",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text:?}");
        }
    }
}
