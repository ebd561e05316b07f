use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::Error;

/// `sha256:` and 64 lower-case hex digits, as the OCI image specification writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    const PREFIX: &str = "sha256:";

    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(&sha2::Sha256::digest(bytes).into())
    }

    /// A hash that was computed piecewise.
    pub fn from_sha256(hash: &[u8; 32]) -> Self {
        Self(format!("{}{}", Self::PREFIX, hex::encode(hash)))
    }

    /// With the algorithm: `sha256:…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 64 hex digits.
    pub fn hex(&self) -> &str {
        &self.0[Self::PREFIX.len()..]
    }

    /// The first 12 hex digits, for people.
    pub fn short(&self) -> &str {
        &self.hex()[..12]
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let valid = text.strip_prefix(Self::PREFIX).is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::usage(format!("`{text}` is not a digest"))
                .hint("a digest is `sha256:` and 64 hex digits"))
        }
    }
}

impl TryFrom<String> for Digest {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_prints() {
        let digest = Digest::of(b"");
        assert_eq!(digest.short(), "e3b0c44298fc");
        assert_eq!(digest.as_str().parse::<Digest>().unwrap(), digest);
    }

    #[test]
    fn refuses_anything_else() {
        for text in [
            "",
            "sha256:",
            "sha256:ABC",
            "sha512:00",
            &format!("sha256:{}", "g".repeat(64)),
        ] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }
}
