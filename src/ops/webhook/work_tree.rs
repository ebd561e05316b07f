use std::path::{Path, PathBuf};

use super::commit::EventCommit;
use super::{Handler, blocking};
use crate::config::App;
use crate::ops::scratch::Scratch;
use crate::source::{CheckoutRequest, Source, checkout};
use crate::{Error, Result};

/// Files to build an event's commit from: those of the repository on record where they are exactly
/// that commit's, else those of a clone.
pub struct WorkTree {
    source: Source,
    _clone: Option<FreshClone>,
}

impl WorkTree {
    pub(super) async fn of(found: EventCommit, app: &App, handler: &Handler<'_>) -> Result<Self> {
        if found.clone.is_some() || found.is_checked_out(app, handler).await? {
            return Ok(Self {
                source: found.source,
                _clone: found.clone,
            });
        }
        handler.note(format!(
            "the work tree is not exactly {}: checking it out elsewhere",
            found.short()
        ));
        let path = found.source.root.to_str().ok_or_else(|| {
            let shown = found.source.root.display();
            Error::usage(format!("the repository's path {shown} is not UTF-8"))
        })?;
        let clone = FreshClone::make(path.to_owned(), found.hex().to_owned(), handler).await?;
        Ok(Self {
            source: clone.source(&found.source.folder),
            _clone: Some(clone),
        })
    }

    pub fn app_folder(&self) -> PathBuf {
        self.source.root.join(&self.source.folder)
    }
}

/// A temporary clone with one commit checked out; gone when dropped.
pub struct FreshClone {
    root: PathBuf,
    _folder: Scratch,
}

impl FreshClone {
    pub(super) async fn make(url: String, commit: String, handler: &Handler<'_>) -> Result<Self> {
        let cache = handler.settings.cache_dir.clone();
        let folder = blocking(move || Scratch::new(&cache)).await?;
        let request = CheckoutRequest {
            url,
            commit,
            into: folder.path().join("repository"),
            // The address comes from this machine's own repository.
            allow_files: true,
            environment: handler.options.git_environment.clone(),
        };
        let root = blocking(move || {
            let root = checkout(&request)?;
            root.canonicalize()
                .map_err(|error| Error::unavailable("the clone is gone").caused_by(error))
        })
        .await?;
        Ok(Self {
            root,
            _folder: folder,
        })
    }

    /// The same app in the clone.
    pub fn source(&self, folder: &Path) -> Source {
        Source {
            root: self.root.clone(),
            folder: folder.to_owned(),
        }
    }
}
