use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::{Error, Result};

/// What an image's programs run on: `linux/arm64`, `linux/arm/v7`. Names of the same thing are equal:
/// `linux/aarch64`, `linux/arm64/v8` and `linux/arm64`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Platform(String);

impl Platform {
    /// From the words that engines and image configurations have; an empty `variant` is none. The
    /// normal form is containerd's (`platforms.Normalize`).
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        let [os, architecture, variant] =
            [os, architecture, variant].map(|word| word.trim().to_ascii_lowercase());
        let architecture = match architecture.as_str() {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            "armhf" => "arm",
            "i386" => "386",
            other => other,
        };
        let variant = match (architecture, variant.as_str()) {
            ("amd64", "v1") | ("arm64", "v8" | "8") => "",
            ("arm", "" | "7") => "v7",
            (_, other) => other,
        };
        let separator = if variant.is_empty() { "" } else { "/" };
        Self(format!("{os}/{architecture}{separator}{variant}"))
    }

    /// What an engine on this machine builds for when nobody says otherwise: images are Linux's,
    /// whatever system runs this program.
    pub fn of_this_machine() -> Self {
        Self::new("linux", std::env::consts::ARCH, "")
    }

    /// `os/architecture[/variant]`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Platform {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_word = |part: &&str| {
            let mut bytes = part.bytes();
            !part.is_empty()
                && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        match parts.as_slice() {
            [os, architecture, rest @ ..] if rest.len() < 2 && parts.iter().all(is_word) => {
                let variant = rest.first().copied().unwrap_or_default();
                Ok(Self::new(os, architecture, variant))
            }
            _ => Err(
                Error::usage(format!("`{}` is not a platform", text.escape_debug()))
                    .hint("write `linux/amd64` or `linux/arm64`"),
            ),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_same_platform_are_equal() {
        for (text, normal) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/x86_64", "linux/amd64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/v6", "linux/arm/v6"),
        ] {
            assert_eq!(text.parse::<Platform>().unwrap().as_str(), normal);
        }
        assert_eq!(
            Platform::new("linux", "arm64", "v8"),
            Platform::new("linux", "arm64", "")
        );
    }

    #[test]
    fn what_is_no_platform_is_refused() {
        for text in [
            "",
            "linux",
            "linux/",
            "/amd64",
            "linux/arm/v7/x",
            "linux/AMD64",
            "a b/c",
            "l\n/x",
        ] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
    }
}
