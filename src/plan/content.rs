use std::fmt;

use serde::Serialize;

use crate::image::Digest;

/// Stands for everything that decides an image's content: two builds with the same key would make
/// the same image, so the second one is only another name for the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct ContentKey(Digest);

impl ContentKey {
    /// `secrets` is a keyed fingerprint of the build secrets' values; `platform` as in
    /// `--platform`, `None` for the engine's own.
    pub fn new(
        recipe: &Digest,
        files: &Digest,
        platform: Option<&str>,
        secrets: Option<&str>,
    ) -> Self {
        let parts = [
            "paas content 1",
            recipe.as_str(),
            files.as_str(),
            platform.unwrap_or_default(),
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
