use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

use super::labels;
use crate::Result;
use crate::builder::Engine;
use crate::config::{self, APP_FILE};
use crate::image::{Digest, Reference, Repository, Version};
use crate::registry::{Client, Content};
use crate::report::{Event, Reporter};
use crate::settings::Settings;

/// Questions to the registry at a time.
const AT_ONCE: usize = 8;

/// Which versions to list.
#[derive(Clone, Debug)]
pub struct ImagesOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// On this machine.
    pub local: bool,
    /// In the registry.
    pub remote: bool,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageRow {
    /// As in the tag.
    pub version: String,
    /// Abbreviated, as in the version.
    pub commit: String,
    /// The number behind `-r`.
    pub config_revision: u32,
    /// When the content was built.
    pub created: Option<Timestamp>,
    /// Whether the engine has it.
    pub local: bool,
    /// The engine's ID of it, which no other machine knows; `null` where it isn't here.
    pub image_id: Option<Digest>,
    /// Bytes on the engine.
    pub unpacked_size: Option<u64>,
    /// Whether the registry has it; `null` when it wasn't asked.
    pub remote: Option<bool>,
    /// The manifest's digest, by which all machines can pull it; `null` where none is known.
    pub digest: Option<Digest>,
    /// Bytes in the registry.
    pub compressed_size: Option<u64>,
}

/// The app's versions on this machine and in the registry, newest first.
pub async fn images(
    options: &ImagesOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Vec<ImageRow>> {
    let app = config::load(&options.folder.join(APP_FILE))?.app;
    let repository = super::project::repository(&app, settings)?;
    let mut rows = BTreeMap::new();
    if options.local {
        let engine = Engine::connect(&settings.engine).await?;
        local(&engine, &super::project::id(&app), &repository, &mut rows).await?;
    }
    if options.remote && repository.host().is_some() {
        let client = Client::new(settings).with_reporter(Arc::clone(reporter));
        match remote(&client, &repository).await {
            Ok(found) => merge(&mut rows, found),
            Err(error) if options.local => reporter.report(Event::Warning(format!(
                "only this machine's versions are shown: {error}"
            ))),
            Err(error) => return Err(error),
        }
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by(|a, b| {
        b.created
            .cmp(&a.created)
            .then_with(|| a.version.cmp(&b.version))
    });
    Ok(rows)
}

async fn local(
    engine: &Engine,
    app: &str,
    repository: &Repository,
    rows: &mut BTreeMap<String, ImageRow>,
) -> Result<()> {
    for image in engine.images(&[&format!("{}={app}", labels::APP)]).await? {
        let known = image
            .repo_digests
            .iter()
            .find(|known| known.repository() == repository);
        let digest = known.and_then(Reference::digest);
        let tags = image
            .tags
            .iter()
            .filter(|tag| tag.repository() == repository);
        for version in tags.filter_map(Reference::tag) {
            if let Some(row) = row(version, image.created) {
                let row = ImageRow {
                    local: true,
                    image_id: Some(image.id.clone()),
                    unpacked_size: Some(image.size),
                    digest: digest.cloned(),
                    ..row
                };
                rows.insert(version.to_owned(), row);
            }
        }
    }
    Ok(())
}

async fn remote(client: &Client, repository: &Repository) -> Result<Vec<ImageRow>> {
    let tags = client.tags(repository).await?;
    let versions = tags.iter().filter(|tag| Version::parse(tag).is_some());
    let rows: Vec<Option<ImageRow>> = stream::iter(versions)
        .map(|version| remote_row(client, repository, version))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

async fn remote_row(
    client: &Client,
    repository: &Repository,
    version: &str,
) -> Result<Option<ImageRow>> {
    // `None` when it was deleted since the list was made.
    let Some(manifest) = client.manifest(&repository.tagged(version)?).await? else {
        return Ok(None);
    };
    let (size, created) = match &manifest.content {
        Content::Image { config, layers } => {
            let content = client.config(repository, &config.digest).await?;
            let size = layers.iter().map(|layer| layer.size).sum();
            (Some(size), content.and_then(|content| content.created))
        }
        Content::Index(_) => (None, None),
    };
    Ok(row(version, created).map(|row| ImageRow {
        remote: Some(true),
        digest: Some(manifest.manifest.digest),
        compressed_size: size,
        ..row
    }))
}

fn row(version: &str, created: Option<Timestamp>) -> Option<ImageRow> {
    let parts = Version::parse(version)?;
    Some(ImageRow {
        version: version.to_owned(),
        commit: parts.commit.to_owned(),
        config_revision: parts.revision,
        created,
        local: false,
        image_id: None,
        unpacked_size: None,
        remote: None,
        digest: None,
        compressed_size: None,
    })
}

fn merge(rows: &mut BTreeMap<String, ImageRow>, remote: Vec<ImageRow>) {
    for row in rows.values_mut() {
        row.remote = Some(false);
    }
    for found in remote {
        rows.entry(found.version.clone())
            .and_modify(|row| {
                row.remote = Some(true);
                row.digest.clone_from(&found.digest);
                row.compressed_size = found.compressed_size;
            })
            .or_insert(found);
    }
}
