use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::image::{BaseImage, NAME};
use super::pinned;
use crate::Result;
use crate::base::Definition;
use crate::builder::{Engine, ImageSummary};
use crate::config::PinnedBase;
use crate::ops::blocking::blocking;
use crate::report::{Event, Reporter};

/// A base that apps can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaseRow {
    /// As in `[build] base`.
    pub name: String,
    /// One line; empty for a team's own that says nothing.
    pub description: String,
    /// Whether it is in the binary.
    pub platform: bool,
    /// This machine's newest image.
    pub image: Option<BaseImage>,
    /// Folders of apps whose `app.lock` pins another one than this machine's newest.
    pub behind: Vec<PathBuf>,
}

/// The platform's bases and the team's own that are on the engine, by name; with the apps below
/// `folder` that are behind. Without an engine, no images.
pub async fn list(
    engine: Option<&Engine>,
    folder: &Path,
    reporter: &dyn Reporter,
) -> Result<Vec<BaseRow>> {
    let images = match engine {
        Some(engine) => engine.images(&[]).await?,
        None => Vec::new(),
    };
    let mut rows: BTreeMap<String, BaseRow> = Definition::embedded_all()
        .into_iter()
        .map(|base| (base.name.clone(), row(base.name, base.description, true)))
        .collect();
    let mut newest: BTreeMap<String, &ImageSummary> = BTreeMap::new();
    for image in &images {
        let Some(name) = base_name(image).filter(|name| {
            rows.contains_key(*name) || image.labels.get(NAME).is_some_and(|label| label == name)
        }) else {
            continue;
        };
        let description = image.labels.get("org.opencontainers.image.description");
        rows.entry(name.to_owned())
            .or_insert_with(|| {
                row(
                    name.to_owned(),
                    description.cloned().unwrap_or_default(),
                    false,
                )
            })
            .image = Some(BaseImage {
            name: name.to_owned(),
            id: image.id.clone(),
            size: image.size,
            created: image.created,
        });
        newest.insert(name.to_owned(), image);
    }
    let folder = folder.to_owned();
    let found = blocking(move || Ok(pinned::below(&folder))).await?;
    for warning in found.warnings {
        reporter.report(Event::Warning(warning));
    }
    for (app, pin) in found.pins {
        let behind = newest
            .get(&pin.name)
            .is_some_and(|image| is_behind(&pin, image));
        if let Some(row) = rows.get_mut(&pin.name).filter(|_| behind) {
            row.behind.push(app);
        }
    }
    Ok(rows.into_values().collect())
}

fn row(name: String, description: String, platform: bool) -> BaseRow {
    BaseRow {
        name,
        description,
        platform,
        image: None,
        behind: Vec::new(),
    }
}

/// `python` of `paas/python:latest`.
fn base_name(image: &ImageSummary) -> Option<&str> {
    let latest = image.tags.iter().find(|tag| {
        tag.tag() == Some("latest") && tag.repository().as_str().starts_with("paas/")
    })?;
    let name = latest.repository().path().strip_prefix("paas/")?;
    crate::base::is_name(name).then_some(name)
}

/// Whether an image that was never in the pin's registry is newer can't be told: it counts as equal.
fn is_behind(pin: &PinnedBase, newest: &ImageSummary) -> bool {
    let Some(repository) = &pin.repository else {
        return pin.digest != newest.id;
    };
    let mut known = newest
        .repo_digests
        .iter()
        .filter(|known| known.repository() == repository)
        .peekable();
    known.peek().is_some() && !known.any(|known| known.digest() == Some(&pin.digest))
}
