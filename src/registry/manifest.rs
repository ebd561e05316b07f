use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde::Deserialize;

use crate::image::Digest;
use crate::{Error, Result};

/// What a manifest is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// OCI image manifest.
    OciManifest,
    /// OCI image index.
    OciIndex,
    /// Docker image manifest, version 2 schema 2.
    DockerManifest,
    /// Docker manifest list.
    DockerIndex,
}

impl MediaType {
    const ALL: [Self; 4] = [
        Self::OciManifest,
        Self::OciIndex,
        Self::DockerManifest,
        Self::DockerIndex,
    ];

    /// As in `Content-Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OciManifest => "application/vnd.oci.image.manifest.v1+json",
            Self::OciIndex => "application/vnd.oci.image.index.v1+json",
            Self::DockerManifest => "application/vnd.docker.distribution.manifest.v2+json",
            Self::DockerIndex => "application/vnd.docker.distribution.manifest.list.v2+json",
        }
    }

    /// Whether it lists manifests instead of layers.
    pub fn is_index(self) -> bool {
        matches!(self, Self::OciIndex | Self::DockerIndex)
    }

    /// All of them, for `Accept`.
    pub(super) fn accepted() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MediaType {
    type Err = Error;

    /// Parameters (`; charset=utf-8`) are left aside.
    fn from_str(text: &str) -> Result<Self, Error> {
        let essence = text.split(';').next().unwrap_or_default().trim();
        Self::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(essence))
            .ok_or_else(|| {
                let shown: String = essence.chars().take(100).collect();
                Error::unavailable(format!(
                    "`{}` is no manifest that paas knows",
                    shown.escape_debug()
                ))
            })
    }
}

/// What a registry says it has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Of the manifest's bytes.
    pub digest: Digest,
    /// Its format.
    pub media_type: MediaType,
    /// Bytes of the manifest itself, without what it points to.
    pub size: u64,
}

/// Something that a manifest points to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// As written; layers and attestations have types of their own.
    pub media_type: String,
    /// Of the bytes.
    pub digest: Digest,
    /// Bytes, as stored (layers: compressed).
    pub size: u64,
    /// Set where an index lists it.
    pub platform: Option<Platform>,
}

/// What a listed manifest runs on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Platform {
    /// `linux`; `unknown` for attestations.
    pub os: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `v8`, …
    pub variant: Option<String>,
}

/// What is in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// One image.
    Image {
        /// Its configuration.
        config: Descriptor,
        /// Its layers, lowest first.
        layers: Vec<Descriptor>,
    },
    /// One manifest for each platform.
    Index(Vec<Descriptor>),
}

/// A manifest that was fetched: its bytes have its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestContent {
    /// Digest, format, size.
    pub manifest: Manifest,
    /// What it points to.
    pub content: Content,
    /// As served; putting exactly these under another tag names the same image.
    pub bytes: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    media_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

impl ManifestContent {
    /// `declared` is the answer's `Content-Type`. A document that is manifest and index at once, or
    /// that contradicts its type, is refused: readers would differ about it (CVE-2021-41190).
    pub(super) fn parse(bytes: Bytes, declared: Option<&str>) -> Result<Self> {
        let malformed = || Error::unavailable("the registry served a manifest that is malformed");
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|error| malformed().caused_by(error))?;
        let declared = declared.and_then(|declared| declared.parse::<MediaType>().ok());
        let written = document.media_type.as_deref().map(str::parse).transpose()?;
        let media_type = match (declared, written) {
            (Some(declared), Some(written)) if declared != written => return Err(malformed()),
            (declared, written) => declared.or(written).ok_or_else(malformed)?,
        };
        let content = match (document.config, document.layers, document.manifests) {
            (Some(config), Some(layers), None) if !media_type.is_index() => {
                Content::Image { config, layers }
            }
            (None, None, Some(manifests)) if media_type.is_index() => Content::Index(manifests),
            _ => return Err(malformed()),
        };
        Ok(Self {
            manifest: Manifest {
                digest: Digest::of(&bytes),
                media_type,
                size: bytes.len() as u64,
            },
            content,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    const INDEX: &str = "application/vnd.oci.image.index.v1+json";

    fn parse(json: &str, declared: Option<&str>) -> Result<ManifestContent> {
        let descriptor = format!(
            r#"{{"mediaType":"t","digest":"{}","size":3}}"#,
            Digest::of(b"x")
        );
        let json = json
            .replace("DESCRIPTOR", &descriptor)
            .replace("MANIFEST", MANIFEST)
            .replace("INDEX", INDEX);
        ManifestContent::parse(json.into(), declared)
    }

    #[test]
    fn reads_manifests_and_indexes() {
        let image = parse(
            r#"{"config":DESCRIPTOR,"layers":[DESCRIPTOR,DESCRIPTOR]}"#,
            Some("application/vnd.docker.distribution.manifest.v2+json; charset=utf-8"),
        )
        .unwrap();
        assert_eq!(image.manifest.media_type, MediaType::DockerManifest);
        assert_eq!(image.manifest.digest, Digest::of(&image.bytes));
        let Content::Image { config, layers } = image.content else {
            panic!("an image");
        };
        assert_eq!((config.size, layers.len()), (3, 2));

        let index = parse(r#"{"mediaType":"INDEX","manifests":[DESCRIPTOR]}"#, None).unwrap();
        assert_eq!(index.manifest.media_type, MediaType::OciIndex);
        assert!(matches!(index.content, Content::Index(manifests) if manifests.len() == 1));
    }

    #[test]
    fn refuses_what_readers_could_differ_about() {
        for (json, declared) in [
            (
                r#"{"config":DESCRIPTOR,"layers":[],"manifests":[]}"#,
                Some(MANIFEST),
            ),
            (r#"{"config":DESCRIPTOR,"layers":[]}"#, Some(INDEX)),
            (r#"{"manifests":[]}"#, Some(MANIFEST)),
            (r#"{"mediaType":"INDEX","manifests":[]}"#, Some(MANIFEST)),
            (
                r#"{"config":DESCRIPTOR,"layers":[]}"#,
                Some("application/json"),
            ),
            (r#"{"config":DESCRIPTOR,"layers":[]}"#, None),
            (
                r#"{"mediaType":"application/x","config":DESCRIPTOR,"layers":[]}"#,
                Some(MANIFEST),
            ),
            (
                r#"{"config":{"mediaType":"t","digest":"sha256:../x","size":3},"layers":[]}"#,
                Some(MANIFEST),
            ),
            ("[]", Some(MANIFEST)),
            ("", Some(MANIFEST)),
        ] {
            assert!(parse(json, declared).is_err(), "{json} as {declared:?}");
        }
    }
}
