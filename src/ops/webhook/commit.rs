use std::collections::BTreeMap;
use std::path::PathBuf;

use super::work_tree::FreshClone;
use super::{Handler, blocking, is_tag};
use crate::config::{self, APP_FILE, App};
use crate::source::{ListingRequest, Source, without_user_info};
use crate::webhook::{ObjectId, Push};
use crate::{Error, Result};

/// The commit of an event, in a repository that has it.
pub struct EventCommit {
    /// The repository on record, or a fresh clone of its origin.
    pub(super) source: Source,
    commit: String,
    /// The clone, with the commit checked out.
    pub(super) clone: Option<FreshClone>,
}

impl EventCommit {
    /// Looks in the repository on record; where that is behind, in a clone of its origin. `tags` are
    /// those of the delivery by their commits: one of them counts for a branch at its commit, too.
    pub(super) async fn find(
        push: &Push,
        tags: &BTreeMap<String, String>,
        handler: &Handler<'_>,
    ) -> Result<Self> {
        let record = &handler.record;
        let after = push.after().expect("deletions are decided before");
        let object = after.best().as_str().to_owned();
        let tag = if is_tag(push) {
            Some(push.reference.as_str().to_owned())
        } else {
            tags.get(&object).cloned()
        };
        let source = record.clone();
        let looked_for = object.clone();
        let (here, origin) = blocking(move || {
            Ok((
                commit_here(&source, &looked_for, tag.as_deref())?,
                source.origin()?,
            ))
        })
        .await?;
        if let Some(commit) = here {
            return Ok(Self {
                source: record.clone(),
                commit,
                clone: None,
            });
        }
        let Some(origin) = origin else {
            let what = &push.reference;
            return Err(Error::usage(format!(
                "{object} of {what} is not in this repository, which has no remote `origin`"
            ))
            .hint("fetch it: `git fetch --tags <address>`"));
        };
        handler.note(format!(
            "{} is not here yet: cloning {}",
            &object[..8],
            without_user_info(&origin)
        ));
        let clone = FreshClone::make(origin, object, handler).await?;
        let source = clone.source(&record.folder);
        let head = source.clone();
        let commit = blocking(move || head.commit_at("HEAD")).await?;
        let commit = commit.ok_or_else(|| Error::unexpected("the clone has no HEAD"))?;
        Ok(Self {
            source,
            commit,
            clone: Some(clone),
        })
    }

    /// 40 hex digits.
    pub fn hex(&self) -> &str {
        &self.commit
    }

    pub fn short(&self) -> &str {
        &self.commit[..8]
    }

    pub fn id(&self) -> Option<ObjectId> {
        ObjectId::parse(&self.commit)
    }

    /// The commit's own `app.toml`, if it has one.
    pub async fn app(&self) -> Result<Option<App>> {
        let path: PathBuf = self.source.folder.join(APP_FILE);
        let display = format!(
            "{}:{}",
            self.short(),
            path.display().to_string().escape_debug()
        );
        let (source, commit) = (self.source.clone(), self.commit.clone());
        let text = blocking(move || source.text_at(&commit, &path)).await?;
        let loaded = text
            .map(|text| config::parse(&text, &display))
            .transpose()?;
        Ok(loaded.map(|loaded| loaded.app))
    }

    /// `None` when it isn't known.
    pub async fn changed_since(&self, before: &ObjectId) -> Result<Option<Vec<String>>> {
        let (source, commit) = (self.source.clone(), self.commit.clone());
        let before = before.as_str().to_owned();
        blocking(move || source.changed_paths(&before, &commit)).await
    }

    /// Whether the app's content in the work tree is the commit's.
    pub(super) async fn is_checked_out(&self, app: &App, handler: &Handler<'_>) -> Result<bool> {
        let request = ListingRequest {
            exclude: app.build.exclude.clone(),
            include: app.build.include.clone(),
            explain: false,
            config_home: handler.settings.config_home.clone(),
        };
        let (source, commit) = (self.source.clone(), self.commit.clone());
        blocking(move || {
            if source.commit_at("HEAD")?.as_ref() != Some(&commit) {
                return Ok(false);
            }
            Ok(source.listing(&request)?.changed.is_empty())
        })
        .await
    }
}

/// A tag must be here as well, and where the event says: versions are named after tags.
fn commit_here(source: &Source, object: &str, tag: Option<&str>) -> Result<Option<String>> {
    let Some(commit) = source.commit_of(object)? else {
        return Ok(None);
    };
    if let Some(tag) = tag
        && source.commit_at(tag)?.as_ref() != Some(&commit)
    {
        return Ok(None);
    }
    Ok(Some(commit))
}
