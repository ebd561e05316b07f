use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::missing::missing;
use super::plan::BuildPlan;
use super::project::Project;
use super::{Bases, Toolbox, Tools, dirty, labels, transfer};
use crate::builder::Image;
use crate::image::{Digest, Reference, Repository, Version};
use crate::plan::ContentKey;
use crate::registry::{Client, Content};
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result};

/// What to push.
#[derive(Clone, Debug, Default)]
pub struct PushOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// A version on this machine; `None`: the one that `paas build` would make now.
    pub version: Option<String>,
    /// Push a version of uncommitted changes.
    pub allow_dirty: bool,
}

/// What came of a push.
#[derive(Clone, Debug, Serialize)]
pub struct PushDocument {
    /// `[group/]name`.
    pub app: String,
    /// As in the tag.
    pub version: String,
    /// Repository and version.
    pub image: String,
    /// The manifest's digest in the registry.
    pub digest: Digest,
}

/// Publishes a version that was built before.
pub async fn push(
    options: &PushOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<PushDocument> {
    let project = Project::loaded(&options.folder, settings).await?;
    let repository = project.repository(settings)?;
    registry_of(&repository)?;
    let version = if let Some(version) = &options.version {
        version.clone()
    } else {
        let bases = Bases::known(&project)?;
        BuildPlan::new(&project, settings, &bases)?
            .version
            .to_string()
    };
    let Some(parts) = Version::parse(&version) else {
        return Err(
            Error::usage(format!("`{version}` is not a version")).hint("`paas images` lists them")
        );
    };
    if parts.dirty.is_some() && !options.allow_dirty {
        dirty::refuse(&project.listing.changed, false)?;
        return Err(Error::refused(format!(
            "{version} was built from changes that no commit holds"
        ))
        .hint("push a version of a commit, or give `--allow-dirty`"));
    }
    let reference = repository.tagged(&version)?;
    let toolbox = Toolbox::open(settings, reporter).await?;
    let tools = toolbox.tools();
    let Some(image) = tools.engine.image(&reference).await? else {
        return Err(missing(tools.engine, &project.id(), &reference).await?);
    };
    let digest = publish(&tools, &reference, &image).await?;
    Ok(PushDocument {
        app: project.id(),
        version,
        image: reference.to_string(),
        digest,
    })
}

/// The registry of a repository; refuses to publish to nowhere.
pub(super) fn registry_of(repository: &Repository) -> Result<&str> {
    repository.host().ok_or_else(|| {
        Error::usage("there is no registry to push to").hint(
            "give `--registry HOST`, set PAAS_REGISTRY, or write `registry = \"HOST\"` in app.toml",
        )
    })
}

/// The digest people can pull by, where a registry has the image.
pub(super) fn known_digest<'a>(image: &'a Image, repository: &Repository) -> Option<&'a Digest> {
    let here = image
        .repo_digests
        .iter()
        .find(|reference| reference.repository() == repository);
    here.and_then(Reference::digest)
}

/// Brings an image to its registry under its version and its content key. A version that is there
/// with the same content stays as it is; with other content it is refused, for registries do
/// overwrite.
pub(super) async fn publish(
    tools: &Tools<'_>,
    reference: &Reference,
    image: &Image,
) -> Result<Digest> {
    let client = tools.client;
    let digest = match published(client, reference, image).await? {
        Some(digest) => digest,
        None => upload(tools, reference, image).await?,
    };
    // A push that was killed may have left the version without it.
    if let Some(tag) = content_tag(image) {
        let tag = reference.repository().tagged(&tag)?;
        if client.resolve(&tag).await?.is_none() {
            copy(client, &reference.repository().at(&digest), &tag).await?;
        }
    }
    Ok(digest)
}

/// Brings it there under its version.
async fn upload(tools: &Tools<'_>, reference: &Reference, image: &Image) -> Result<Digest> {
    let client = tools.client;
    let digest = match rename(client, reference, image).await? {
        Some(digest) => digest,
        None => transfer::push(reference, tools).await?,
    };
    // Two machines may have pushed at once; the registry keeps the last.
    let now = client.resolve(reference).await?;
    let now = now.map(|manifest| manifest.digest);
    if now.as_ref() == Some(&digest) {
        Ok(digest)
    } else {
        Err(conflict(reference, now.as_ref()))
    }
}

fn content_tag(image: &Image) -> Option<String> {
    let key = image.config.labels.get(labels::CONTENT)?;
    ContentKey::parse(key).map(|key| key.tag())
}

/// The digest of this version in the registry, if it is this image.
async fn published(
    client: &Client,
    reference: &Reference,
    image: &Image,
) -> Result<Option<Digest>> {
    let Some(there) = client.manifest(reference).await? else {
        return Ok(None);
    };
    let digest = there.manifest.digest;
    // An engine names an image by its configuration or, with containerd's store, by its manifest.
    let same = digest == image.id
        || matches!(&there.content, Content::Image { config, .. } if config.digest == image.id)
        || image
            .repo_digests
            .contains(&reference.repository().at(&digest));
    if same {
        Ok(Some(digest))
    } else {
        Err(conflict(reference, Some(&digest)))
    }
}

fn conflict(reference: &Reference, there: Option<&Digest>) -> Error {
    let version = reference.tag().unwrap_or_default();
    let there = there.map_or("nothing", Digest::short);
    Error::refused(format!(
        "{version} is in the registry with another digest ({there}), and a version never changes"
    ))
    .hint("`paas build --push` takes what is there where source and configuration are the same")
    .hint("commit a change or a new git tag, which makes another version")
}

/// Content that the registry has under another name needs no upload.
async fn rename(client: &Client, reference: &Reference, image: &Image) -> Result<Option<Digest>> {
    let mut digests = image.repo_digests.iter();
    let Some(known) = digests.find(|known| known.repository() == reference.repository()) else {
        return Ok(None);
    };
    copy(client, known, reference).await
}

async fn copy(client: &Client, from: &Reference, to: &Reference) -> Result<Option<Digest>> {
    let Some(manifest) = client.manifest(from).await? else {
        return Ok(None);
    };
    let media_type = manifest.manifest.media_type;
    client
        .put_manifest(to, manifest.bytes, media_type)
        .await
        .map(Some)
}
