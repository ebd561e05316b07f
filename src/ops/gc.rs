use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::labels;
use crate::Result;
use crate::builder::{Engine, ImageSummary};
use crate::config::{self, APP_FILE};
use crate::image::{Reference, Version};
use crate::report::{Event, Reporter};
use crate::settings::Settings;

/// What to remove.
#[derive(Clone, Debug)]
pub struct GcOptions {
    /// The app's folder; `None`: the images of all apps.
    pub folder: Option<PathBuf>,
    /// Newest images that stay, for each app.
    pub keep: usize,
    /// Bytes of the engine's build cache that stay; `None`: it is left alone.
    pub keep_cache: Option<u64>,
    /// Only say what would be removed.
    pub dry_run: bool,
}

/// What was, or would be, removed.
#[derive(Clone, Debug, Serialize)]
pub struct GcDocument {
    /// Names of images.
    pub removed: Vec<Reference>,
    /// Names that stay because a container runs, or stopped, with their image.
    pub in_use: Vec<Reference>,
    /// Bytes of the removed images; layers that others share stay on the disk.
    pub image_bytes: u64,
    /// Bytes of build cache that the engine freed.
    pub cache_bytes: u64,
    /// Whether nothing was touched.
    pub dry_run: bool,
}

/// Removes old versions from this machine. The newest ones, those that containers use and
/// everything in the registry stay.
pub async fn gc(
    options: &GcOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<GcDocument> {
    let filter = match &options.folder {
        Some(folder) => {
            let app = config::load(&folder.join(APP_FILE))?.app;
            format!("{}={}", labels::APP, super::project::id(&app))
        }
        None => labels::APP.to_owned(),
    };
    let engine = Engine::connect(&settings.engine).await?;
    let images = engine.images(&[&filter]).await?;
    let used = engine.images_in_use().await?;
    let (in_use, old): (Vec<_>, Vec<_>) = outdated(images, options.keep)
        .into_iter()
        .partition(|image| used.contains(&image.id));

    let mut document = GcDocument {
        removed: Vec::new(),
        in_use: in_use.into_iter().flat_map(|image| image.tags).collect(),
        image_bytes: 0,
        cache_bytes: 0,
        dry_run: options.dry_run,
    };
    for image in old {
        let gone = if options.dry_run {
            image.tags.clone()
        } else {
            remove(&engine, &image, reporter).await?
        };
        if gone.len() == image.tags.len() {
            document.image_bytes += image.size;
        }
        let kept = image.tags.into_iter().filter(|tag| !gone.contains(tag));
        document.in_use.extend(kept);
        document.removed.extend(gone);
    }
    if let (Some(keep), false) = (options.keep_cache, options.dry_run) {
        document.cache_bytes = engine.prune_build_cache(keep).await?;
    }
    Ok(document)
}

/// All but the `keep` newest images of each app.
fn outdated(mut images: Vec<ImageSummary>, keep: usize) -> Vec<ImageSummary> {
    images.retain(is_ours);
    images.sort_by_key(|image| Reverse(image.created));
    let mut seen = BTreeMap::<String, usize>::new();
    images.retain(|image| {
        let app = image.labels.get(labels::APP).cloned().unwrap_or_default();
        let newer = seen.entry(app).or_default();
        *newer += 1;
        *newer > keep
    });
    images
}

/// Whether all its names are versions of the app in its label, which an image made from one of ours
/// inherits.
fn is_ours(image: &ImageSummary) -> bool {
    let app = image.labels.get(labels::APP);
    image.tags.iter().all(|tag| {
        let version = tag.tag().and_then(Version::parse);
        version.is_some() && app.is_some_and(|app| tag.repository().path() == app)
    })
}

/// Takes the image's names away, and with the last of them the image; one that a container took in
/// the meantime stays. Returns the names that are gone.
async fn remove(
    engine: &Engine,
    image: &ImageSummary,
    reporter: &Arc<dyn Reporter>,
) -> Result<Vec<Reference>> {
    let mut gone = Vec::new();
    if image.tags.is_empty() {
        engine.remove(&image.id).await?;
    }
    for tag in &image.tags {
        match engine.remove(tag).await {
            Ok(_) => gone.push(tag.clone()),
            Err(error) if error.kind() == crate::Kind::Refused => {
                reporter.report(Event::Warning(format!("{tag} stays: {error}")));
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::image::Digest;

    fn image(app: &str, second: i64) -> ImageSummary {
        ImageSummary {
            id: Digest::of(format!("{app}{second}").as_bytes()),
            tags: vec![format!("{app}:v{second}-g3f9c2d1a-r1").parse().unwrap()],
            repo_digests: Vec::new(),
            created: Timestamp::from_second(second).ok(),
            size: 1,
            labels: BTreeMap::from([(labels::APP.to_owned(), app.to_owned())]),
        }
    }

    #[test]
    fn the_newest_of_each_app_stay() {
        let images = vec![image("a", 1), image("b", 1), image("a", 3), image("a", 2)];
        let old = outdated(images, 1);
        let names: Vec<_> = old.iter().map(|image| image.tags[0].to_string()).collect();
        assert_eq!(names, ["a:v2-g3f9c2d1a-r1", "a:v1-g3f9c2d1a-r1"]);
    }

    #[test]
    fn images_with_names_of_other_kinds_stay() {
        let mut derived = image("a", 1);
        derived.tags = vec!["b:v1-g3f9c2d1a-r1".parse().unwrap()];
        let mut named = image("a", 2);
        named.tags.push("a:live".parse().unwrap());
        assert_eq!(outdated(vec![derived, named], 0), []);
    }
}
