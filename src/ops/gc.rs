use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::labels;
use crate::builder::{Engine, ImageSummary};
use crate::cluster::docker::{INGRESS_IMAGES, needed_images};
use crate::config::{self, APP_FILE};
use crate::image::{Digest, Reference, Version};
use crate::report::{Event, Reporter};
use crate::settings::Settings;
use crate::source::Source;
use crate::{Error, Result};

/// What to remove.
#[derive(Clone, Debug)]
pub struct GcOptions {
    /// The app's folder; the version of its HEAD stays.
    pub folder: Option<PathBuf>,
    /// The images of all apps, not only of the folder's.
    pub all: bool,
    /// Images that stay, for each app: those that were named last.
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
    /// Names that stay because a release of them serves, or can be gone back to.
    pub deployed: Vec<Reference>,
    /// Names of old images of ingresses, which are removed with those of all apps.
    pub ingresses: Vec<Reference>,
    /// Bytes that the disk has back from images; in a dry run the most that it could be, since
    /// layers stay that others share.
    pub image_bytes: u64,
    /// Bytes of build cache that the engine freed; in a dry run what is beyond the limit.
    pub cache_bytes: u64,
    /// Whether nothing was touched.
    pub dry_run: bool,
}

/// Removes old versions from this machine. The newest ones, that of HEAD, those that containers use or
/// releases of a cluster on this engine need, and everything in the registry stay.
pub async fn gc(
    options: &GcOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<GcDocument> {
    let app = match &options.folder {
        Some(folder) => Some(Folder::read(folder.clone()).await?),
        None => None,
    };
    let filter = match &app {
        Some(app) if !options.all => format!("{}={}", labels::APP, app.id),
        _ => labels::APP.to_owned(),
    };
    let engine = Engine::connect(&settings.engine).await?;
    let candidates = candidates(&engine, &filter).await?;
    let used = engine.images_in_use().await?;
    let needed = needed(&engine, reporter).await?;
    let (in_use, idle): (Vec<_>, Vec<_>) = outdated(candidates, options.keep)
        .into_iter()
        .filter(|image| !app.as_ref().is_some_and(|app| app.is_at_head(image)))
        .partition(|image| used.contains(&image.id));
    let (deployed, old): (Vec<_>, Vec<_>) = idle
        .into_iter()
        .partition(|image| needed.contains(image.id.as_str()));
    let ingresses = if options.all {
        old_ingresses(engine.images(&[INGRESS_IMAGES]).await?, &used)
    } else {
        Vec::new()
    };

    let mut document = GcDocument {
        removed: Vec::new(),
        in_use: names(in_use),
        deployed: names(deployed),
        ingresses: Vec::new(),
        image_bytes: 0,
        cache_bytes: 0,
        dry_run: options.dry_run,
    };
    if options.dry_run {
        let going = old.iter().chain(&ingresses);
        document.image_bytes = going.map(|image| image.size).sum();
        document.removed = names(old);
        document.ingresses = names(ingresses);
        if let Some(keep) = options.keep_cache {
            document.cache_bytes = engine.disk_usage().await?.build_cache.saturating_sub(keep);
        }
        return Ok(document);
    }
    if !old.is_empty() || !ingresses.is_empty() {
        let before = engine.disk_usage().await?.images;
        for image in old {
            let gone = remove(&engine, &image, reporter).await?;
            let kept = image.tags.into_iter().filter(|tag| !gone.contains(tag));
            document.in_use.extend(kept);
            document.removed.extend(gone);
        }
        for image in ingresses {
            let gone = remove(&engine, &image, reporter).await?;
            document.ingresses.extend(gone);
        }
        document.image_bytes = before.saturating_sub(engine.disk_usage().await?.images);
    }
    if let Some(keep) = options.keep_cache {
        document.cache_bytes = engine.prune_build_cache(keep).await?;
    }
    Ok(document)
}

/// IDs of the images that releases need. Where an ingress can't tell, only what containers say is known.
async fn needed(engine: &Engine, reporter: &Arc<dyn Reporter>) -> Result<BTreeSet<String>> {
    let needed = needed_images(engine).await?;
    for cluster in needed.silent {
        reporter.report(Event::Warning(format!(
            "the ingress of the cluster {cluster} does not run: only the images that its containers have are kept"
        )));
    }
    Ok(needed.images)
}

/// All but the newest one, from which the next ingress would be made.
fn old_ingresses(mut images: Vec<ImageSummary>, used: &BTreeSet<Digest>) -> Vec<ImageSummary> {
    images.sort_by_key(|image| Reverse(image.created));
    let old = images.into_iter().skip(1);
    old.filter(|image| !used.contains(&image.id)).collect()
}

fn names(images: Vec<ImageSummary>) -> Vec<Reference> {
    images.into_iter().flat_map(|image| image.tags).collect()
}

/// The app whose folder it is.
struct Folder {
    id: String,
    /// `None` before the first commit.
    head: Option<String>,
}

impl Folder {
    async fn read(folder: PathBuf) -> Result<Self> {
        let read = move || {
            let app = config::load(&folder.join(APP_FILE))?.app;
            Ok(Self {
                id: super::project::id(&app),
                head: Source::discover(&folder)?.commit_at("HEAD")?,
            })
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|error| Error::unexpected("reading the app ended").caused_by(error))?
    }

    /// Whether one of its names is a version of what is checked out, without changes.
    fn is_at_head(&self, image: &ImageSummary) -> bool {
        let is_of_app = image.labels.get(labels::APP) == Some(&self.id);
        let versions = image.tags.iter().filter_map(Reference::tag);
        let mut clean = versions
            .filter_map(Version::parse)
            .filter(|v| v.dirty.is_none());
        let head = self.head.as_deref().unwrap_or_default();
        is_of_app && clean.any(|version| head.starts_with(version.commit))
    }
}

/// An image, with the time by which it is old or new.
struct Candidate {
    image: ImageSummary,
    /// A version that comes back is new, however old its content is.
    since: Option<Timestamp>,
}

async fn candidates(engine: &Engine, filter: &str) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for image in engine.images(&[filter]).await? {
        // One that somebody else removes meanwhile is no candidate.
        if let Some(found) = engine.image(&image.id).await? {
            let since = found.named.max(image.created);
            candidates.push(Candidate { image, since });
        }
    }
    Ok(candidates)
}

/// All but the `keep` newest images of each app.
fn outdated(mut candidates: Vec<Candidate>, keep: usize) -> Vec<ImageSummary> {
    candidates.retain(|candidate| is_ours(&candidate.image));
    candidates.sort_by_key(|candidate| Reverse(candidate.since));
    let mut seen = BTreeMap::<String, usize>::new();
    let mut is_old = |image: &ImageSummary| {
        let app = image.labels.get(labels::APP).cloned().unwrap_or_default();
        let newer = seen.entry(app).or_default();
        *newer += 1;
        *newer > keep
    };
    let images = candidates.into_iter().map(|candidate| candidate.image);
    images.filter(|image| is_old(image)).collect()
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
    use super::*;

    fn image(app: &str, second: i64) -> Candidate {
        let since = Timestamp::from_second(second).ok();
        let image = ImageSummary {
            id: Digest::of(format!("{app}{second}").as_bytes()),
            tags: vec![format!("{app}:v{second}-g3f9c2d1a-r1").parse().unwrap()],
            repo_digests: Vec::new(),
            created: None,
            size: 1,
            labels: BTreeMap::from([(labels::APP.to_owned(), app.to_owned())]),
        };
        Candidate { image, since }
    }

    #[test]
    fn the_newest_of_each_app_stay() {
        let images = vec![image("a", 1), image("b", 1), image("a", 3), image("a", 2)];
        let old = outdated(images, 1);
        let names: Vec<_> = old.iter().map(|image| image.tags[0].to_string()).collect();
        assert_eq!(names, ["a:v2-g3f9c2d1a-r1", "a:v1-g3f9c2d1a-r1"]);
    }

    #[test]
    fn the_newest_ingress_and_those_that_run_stay() {
        let [mut a, mut b, mut c] = [1, 2, 3].map(|second| image("ingress", second).image);
        for (image, second) in [(&mut a, 1), (&mut b, 2), (&mut c, 3)] {
            image.created = Timestamp::from_second(second).ok();
        }
        let used = BTreeSet::from([a.id.clone()]);
        let old = old_ingresses(vec![a, b.clone(), c], &used);
        assert_eq!(old, [b]);
    }

    #[test]
    fn images_with_names_of_other_kinds_stay() {
        let mut derived = image("a", 1);
        derived.image.tags = vec!["b:v1-g3f9c2d1a-r1".parse().unwrap()];
        let mut named = image("a", 2);
        named.image.tags.push("a:live".parse().unwrap());
        assert_eq!(outdated(vec![derived, named], 0), []);
    }
}
