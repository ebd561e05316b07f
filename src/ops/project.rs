use std::path::{Path, PathBuf};

use super::blocking::blocking;
use crate::config::{self, APP_FILE, App, Lock};
use crate::context::Listing;
use crate::image::{Head, Repository};
use crate::settings::Settings;
use crate::source::{ListingRequest, Source};
use crate::{Error, Result};

/// An app in its repository, as it is on disk: what a plan is made of.
#[derive(Debug)]
pub struct Project {
    /// The app's folder.
    pub folder: PathBuf,
    /// `app.toml`.
    pub app: App,
    /// What the reader of `app.toml` should know.
    pub notes: Vec<String>,
    /// `app.lock`, where there is one.
    pub lock: Option<Lock>,
    /// The repository.
    pub source: Source,
    /// The commit that is checked out.
    pub head: Head,
    /// The content.
    pub listing: Listing,
}

impl Project {
    /// Reads everything a plan needs. Contacts nothing; blocks.
    pub fn load(folder: &Path, settings: &Settings, explain: bool) -> Result<Self> {
        let loaded = config::load(&folder.join(APP_FILE))?;
        let app = loaded.app;
        let lock = Lock::load(folder)?;
        let source = Source::discover(folder)?;
        check_included(&source, &app.build.include)?;
        let request = ListingRequest {
            exclude: app.build.exclude.clone(),
            include: app.build.include.clone(),
            explain,
            config_home: settings.config_home.clone(),
        };
        let (head, listing) = std::thread::scope(|scope| {
            let head = scope.spawn(|| source.head_with_cache(&settings.cache_dir));
            let listing = source.listing(&request);
            (
                head.join().expect("describing a commit does not panic"),
                listing,
            )
        });
        Ok(Self {
            folder: folder.to_owned(),
            notes: loaded.notes,
            lock,
            head: head?,
            listing: listing?,
            source,
            app,
        })
    }

    /// [`Project::load`] on a thread that may block.
    pub async fn loaded(folder: &Path, settings: &Settings) -> Result<Self> {
        let (folder, settings) = (folder.to_owned(), settings.clone());
        blocking(move || Self::load(&folder, &settings, false)).await
    }

    /// Names the app on an engine: `trade/shop-api`.
    pub fn id(&self) -> String {
        id(&self.app)
    }

    /// Where its versions live.
    pub fn repository(&self, settings: &Settings) -> Result<Repository> {
        repository(&self.app, settings)
    }
}

/// Refuses a path that nothing is at: it would be a library that the build silently lacks.
fn check_included(source: &Source, include: &[String]) -> Result<()> {
    let is_there = |path: &&String| source.root.join(path).symlink_metadata().is_ok();
    match include.iter().find(|path| !is_there(path)) {
        None => Ok(()),
        Some(missing) => Err(Error::usage(format!(
            "[build] include names `{}`, which is not in the repository",
            missing.escape_debug()
        ))
        .hint("paths in `include` begin at the repository's root")),
    }
}

/// Names an app on an engine: `trade/shop-api`.
pub(super) fn id(app: &App) -> String {
    match &app.group {
        Some(group) => format!("{group}/{}", app.name),
        None => app.name.clone(),
    }
}

/// Where an app's versions live.
pub(super) fn repository(app: &App, settings: &Settings) -> Result<Repository> {
    match settings.registry_for(app.registry.as_deref()) {
        Some(registry) => format!("{registry}/{}", id(app)).parse(),
        None => id(app).parse(),
    }
}
