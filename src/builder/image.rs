use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bollard::models;
use bollard::query_parameters::{
    ListImagesOptionsBuilder, RemoveImageOptionsBuilder, TagImageOptionsBuilder,
};
use jiff::Timestamp;

use super::{Engine, fault};
use crate::image::{Digest, Platform, Reference};
use crate::{Error, Result};

/// An image in the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The engine's ID: the digest of the image's configuration, or of its manifest where the
    /// engine keeps images in containerd.
    pub id: Digest,
    /// Names with tags.
    pub tags: Vec<Reference>,
    /// Names with the digests they have in registries.
    pub repo_digests: Vec<Reference>,
    /// When its configuration says it was made.
    pub created: Option<Timestamp>,
    /// When it last got a name on this engine.
    pub named: Option<Timestamp>,
    /// Bytes of all its layers, unpacked.
    pub size: u64,
    /// What it runs on.
    pub platform: Platform,
    /// Digests of the unpacked layers, the lowest first.
    pub layers: Vec<Digest>,
    /// What a container of it starts with.
    pub config: ImageConfig,
}

/// What a container of an image starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `USER`; empty for root.
    pub user: String,
    /// `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub command: Vec<String>,
    /// `WORKDIR`.
    pub working_dir: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// `STOPSIGNAL`.
    pub stop_signal: Option<String>,
}

/// A line of the list of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSummary {
    /// The engine's ID.
    pub id: Digest,
    /// Names with tags.
    pub tags: Vec<Reference>,
    /// Names with the digests they have in registries.
    pub repo_digests: Vec<Reference>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Bytes of all its layers, unpacked.
    pub size: u64,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

impl Engine {
    /// The image with this reference or ID, if the engine has it.
    pub async fn image(&self, name: impl fmt::Display) -> Result<Option<Image>> {
        match self.docker.inspect_image(&name.to_string()).await {
            Ok(found) => image(found).map(Some),
            Err(error) if is_status(&error, 404) => Ok(None),
            Err(error) => Err(self.fault(error)),
        }
    }

    /// The images that have every one of `labels`, each `key` or `key=value`.
    pub async fn images(&self, labels: &[&str]) -> Result<Vec<ImageSummary>> {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        let filters = HashMap::from([("label", labels)]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let found = self.docker.list_images(Some(options)).await;
        let found = found.map_err(|error| self.fault(error))?;
        found.into_iter().map(summary).collect()
    }

    /// Gives an image another name; a name that another image had moves.
    pub async fn tag(&self, image: impl fmt::Display, name: &Reference) -> Result<()> {
        let options = TagImageOptionsBuilder::new()
            .repo(name.repository().as_str())
            .tag(name.tag().unwrap_or("latest"))
            .build();
        let tagged = self
            .docker
            .tag_image(&image.to_string(), Some(options))
            .await;
        tagged.map_err(|error| {
            if is_status(&error, 404) {
                gone(&image)
            } else {
                self.fault(error)
            }
        })
    }

    /// Removes a name, and the image with its last name. `false` when there was none;
    /// `Kind::Refused` while a container uses it.
    pub async fn remove(&self, name: impl fmt::Display) -> Result<bool> {
        let options = RemoveImageOptionsBuilder::new().build();
        let removed = self
            .docker
            .remove_image(&name.to_string(), Some(options), None)
            .await;
        match removed {
            Ok(_) => Ok(true),
            Err(error) if is_status(&error, 404) => Ok(false),
            Err(error) => Err(self.fault(error)),
        }
    }

    /// What went wrong, in words that say what to do.
    pub(crate) fn fault(&self, error: bollard::errors::Error) -> Error {
        fault::of_bollard(self.wire.address(), error)
    }
}

/// An image that was there a moment ago.
pub(super) fn gone(name: impl fmt::Display) -> Error {
    Error::unavailable(format!("the Docker Engine has no image `{name}`"))
        .hint("it may have been removed meanwhile: build again")
}

/// Whether the engine answered with this HTTP status.
pub(crate) fn is_status(error: &bollard::errors::Error, status: u16) -> bool {
    matches!(error, bollard::errors::Error::DockerResponseServerError { status_code, .. }
        if *status_code == status)
}

fn image(found: models::ImageInspect) -> Result<Image> {
    let config = found.config.unwrap_or_default();
    Ok(Image {
        id: id(&found.id.unwrap_or_default())?,
        tags: references(&found.repo_tags.unwrap_or_default()),
        repo_digests: references(&found.repo_digests.unwrap_or_default()),
        created: found.created.and_then(|time| time.parse().ok()),
        // The year 1 stands for never.
        named: found
            .metadata
            .and_then(|metadata| metadata.last_tag_time)
            .and_then(|time| time.parse().ok())
            .filter(|time| *time > Timestamp::UNIX_EPOCH),
        size: bytes(found.size.unwrap_or_default()),
        platform: Platform::new(
            &found.os.unwrap_or_default(),
            &found.architecture.unwrap_or_default(),
            &found.variant.unwrap_or_default(),
        ),
        layers: found
            .root_fs
            .and_then(|root| root.layers)
            .unwrap_or_default()
            .iter()
            .filter_map(|layer| layer.parse().ok())
            .collect(),
        config: ImageConfig {
            user: config.user.unwrap_or_default(),
            exposed_ports: config.exposed_ports.unwrap_or_default(),
            env: config.env.unwrap_or_default(),
            entrypoint: config.entrypoint.unwrap_or_default(),
            command: config.cmd.unwrap_or_default(),
            working_dir: config.working_dir.unwrap_or_default(),
            labels: config.labels.unwrap_or_default().into_iter().collect(),
            stop_signal: config.stop_signal.filter(|signal| !signal.is_empty()),
        },
    })
}

fn summary(found: models::ImageSummary) -> Result<ImageSummary> {
    Ok(ImageSummary {
        id: id(&found.id)?,
        tags: references(&found.repo_tags),
        repo_digests: references(&found.repo_digests),
        created: Timestamp::from_second(found.created).ok(),
        size: bytes(found.size),
        labels: found.labels.into_iter().collect(),
    })
}

fn id(text: &str) -> Result<Digest> {
    text.parse().map_err(|error: Error| {
        Error::unexpected("the Docker Engine's image has no usable ID").caused_by(error)
    })
}

/// Leaves out `<none>:<none>`, which engines list for images without a name.
fn references(texts: &[String]) -> Vec<Reference> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn bytes(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
