use std::path::Path;

use super::Check;
use crate::config::{self, APP_FILE, App, LOCK_FILE, Lock};
use crate::source::Source;
use crate::{Error, Kind, Result};

/// What a folder holds for a build; each part may be broken on its own.
pub(super) struct Folder {
    repository: Check,
    app: Option<Result<App>>,
    lock: Result<Option<Lock>>,
}

impl Folder {
    /// Reads; blocks.
    pub fn look(folder: &Path) -> Self {
        let path = folder.join(APP_FILE);
        let has_app = path.symlink_metadata().is_ok();
        Self {
            repository: repository(folder, has_app),
            app: has_app.then(|| config::load(&path).map(|loaded| loaded.app)),
            lock: Lock::load(folder),
        }
    }

    /// The app, if its `app.toml` can be read.
    pub fn app(&self) -> Option<&App> {
        self.app.as_ref()?.as_ref().ok()
    }

    pub fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref().ok()?.as_ref()
    }

    /// As `app.toml` names it.
    pub fn registry(&self) -> Option<&str> {
        self.app()?.registry.as_deref()
    }

    pub fn checks(&self) -> Vec<Check> {
        let app = match &self.app {
            None => Check::warning(APP_FILE, "none here").hint("`paas init` writes one"),
            Some(Ok(app)) => Check::ok(APP_FILE, format!("valid, of {}", app.name)),
            Some(Err(error)) => {
                Check::problem(APP_FILE, error).hint("`paas plan` shows what and where")
            }
        };
        let lock = match &self.lock {
            Ok(Some(lock)) => Some(Check::ok(
                LOCK_FILE,
                format!("r{}, {} pinned", lock.revision, bases(lock.bases.len())),
            )),
            Ok(None) => self.app.is_some().then(|| {
                Check::ok(LOCK_FILE, "none yet").hint("`paas build` writes it; commit it")
            }),
            Err(error) => Some(Check::problem(LOCK_FILE, error)),
        };
        [Some(self.repository.clone()), Some(app), lock]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn bases(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} base{plural}")
}

fn repository(folder: &Path, has_app: bool) -> Check {
    const NAME: &str = "repository";
    let state = || -> Result<(Source, String, bool)> {
        let source = Source::discover(folder)?;
        let shallow = source.is_shallow()?;
        let commit = source.commit_at("HEAD")?.ok_or_else(|| {
            Error::usage("the repository has no commit yet")
                .hint("a version is a commit: `git add --all && git commit`")
        })?;
        Ok((source, commit, shallow))
    };
    match state() {
        Ok((source, _, true)) => Check::warning(
            NAME,
            format!(
                "{} is a shallow clone: versions count commits",
                source.root.display()
            ),
        )
        .hint("`git fetch --unshallow --tags`, in CI: the whole history with its tags"),
        Ok((source, commit, false)) => Check::ok(
            NAME,
            format!("{} at {}", source.root.display(), &commit[..8]),
        ),
        // Nobody said that this is to be an app.
        Err(error) if !has_app && error.kind() == Kind::Usage => {
            let hints = error.hints().join("; ");
            Check::warning(NAME, error.message()).hint(hints)
        }
        Err(error) => Check::problem(NAME, &error),
    }
}
