use std::fmt;

use serde::Serialize;

use crate::image::{Digest, Platform};

/// Stands for everything that decides an image's content: two builds with the same key would make
/// the same image, so the second one is only another name for the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct ContentKey(Digest);

impl ContentKey {
    /// `secrets` is a keyed fingerprint of the build secrets' values.
    pub fn new(
        recipe: &Digest,
        files: &Digest,
        platform: &Platform,
        secrets: Option<&str>,
    ) -> Self {
        let parts = [
            "paas content 3",
            recipe.as_str(),
            files.as_str(),
            platform.as_str(),
            secrets.unwrap_or_default(),
        ];
        Self(Digest::of(parts.join("\n").as_bytes()))
    }

    /// What [`ContentKey::as_str`] wrote into a label.
    pub fn parse(label: &str) -> Option<Self> {
        format!("sha256:{label}").parse().ok().map(Self)
    }

    /// 64 hex digits, the value of the label `io.paas.content`.
    pub fn as_str(&self) -> &str {
        self.0.hex()
    }

    /// The tag under which a registry finds the content again.
    pub fn tag(&self) -> String {
        format!("content-{}", &self.0.hex()[..32])
    }
}

impl From<ContentKey> for String {
    fn from(key: ContentKey) -> Self {
        key.as_str().to_owned()
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_decides_the_content_is_in_the_key() {
        let [one, two] = [Digest::of(b"one"), Digest::of(b"two")];
        let [amd, arm] = ["linux/amd64", "linux/arm64"].map(|text| text.parse().unwrap());
        let keys = [
            ContentKey::new(&one, &two, &amd, None),
            ContentKey::new(&two, &two, &amd, None),
            ContentKey::new(&one, &one, &amd, None),
            ContentKey::new(&one, &two, &arm, None),
            ContentKey::new(&one, &two, &amd, Some("print")),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[index + 1..].contains(key), "{index}");
        }
    }
}
