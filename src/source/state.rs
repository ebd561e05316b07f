use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

use super::history;
use crate::image::Head;
use crate::{Error, Result};

/// Digits of an abbreviated commit, where they are not ambiguous.
const ABBREVIATION: usize = 8;

/// What to do outside of every repository.
const NO_REPOSITORY: &str =
    "a version is a commit: run `git init`, then `paas init` for an app.toml, and commit";

/// An app's folder in a repository.
#[derive(Clone, Debug)]
pub struct Source {
    /// The work tree's root, without symbolic links in its path.
    pub root: PathBuf,
    /// The app's folder relative to the root; empty at the root.
    pub folder: PathBuf,
}

impl Source {
    /// Finds the repository that `app_folder` is in: a clone, a worktree or a submodule's checkout.
    pub fn discover(app_folder: &Path) -> Result<Self> {
        let shown = app_folder.display();
        let app_folder = app_folder
            .canonicalize()
            .map_err(|e| Error::usage(format!("cannot open the folder {shown}")).caused_by(e))?;
        let ceilings: [&Path; 0] = [];
        let repository = Repository::open_ext(&app_folder, RepositoryOpenFlags::empty(), ceilings)
            .map_err(|e| open_error(&app_folder, e))?;
        let Some(root) = repository.workdir() else {
            return Err(Error::usage(format!("{shown} is in a bare repository"))
                .hint("clone it first: a build needs files: `git clone <repository> <folder>`"));
        };
        let root = root.canonicalize().map_err(|e| {
            Error::usage(format!("cannot open the work tree {}", root.display())).caused_by(e)
        })?;
        let folder = app_folder.strip_prefix(&root).map_err(|_| {
            Error::usage(format!(
                "{shown} is not in the work tree {}",
                root.display()
            ))
            .hint("run it in the work tree, not in its `.git`")
        })?;
        if folder
            .components()
            .next()
            .is_some_and(|first| first.as_os_str() == ".git")
        {
            return Err(Error::usage(format!("{shown} is inside a `.git` folder")));
        }
        Ok(Self {
            folder: folder.to_owned(),
            root,
        })
    }

    /// The commit that is checked out, as `git describe --tags` sees it.
    pub fn head(&self) -> Result<Head> {
        self.read_head(None)
    }

    /// As [`Self::head`]; a long history is walked once, and the result kept below `cache`.
    pub fn head_with_cache(&self, cache: &Path) -> Result<Head> {
        self.read_head(Some(cache))
    }

    fn read_head(&self, cache: Option<&Path>) -> Result<Head> {
        let repository = self.open()?;
        let reference = repository.head().map_err(|e| match e.code() {
            ErrorCode::UnbornBranch | ErrorCode::NotFound => {
                Error::usage("the repository has no commit yet")
                    .hint("commit first: `git add --all && git commit`")
            }
            _ => git_error("cannot read HEAD", e),
        })?;
        let commit = reference
            .peel_to_commit()
            .map_err(|e| git_error("cannot read HEAD", e))?;
        let description = history::describe(&repository, commit.id(), cache)?;
        Ok(Head {
            commit: commit.id().to_string(),
            time: commit.time().seconds(),
            tag: description.tag,
            distance: description.distance,
            abbreviation: abbreviate(&repository, commit.id())?,
            branch: reference
                .is_branch()
                .then(|| String::from_utf8_lossy(reference.shorthand_bytes()).into_owned()),
        })
    }

    pub(super) fn open(&self) -> Result<Repository> {
        Repository::open(&self.root).map_err(|e| open_error(&self.root, e))
    }
}

fn abbreviate(repository: &Repository, commit: git2::Oid) -> Result<String> {
    let fail = |e| git_error("cannot read objects", e);
    let odb = repository.odb().map_err(fail)?;
    let hex = commit.to_string();
    for digits in ABBREVIATION..hex.len() {
        let prefix = git2::Oid::from_str(&hex[..digits]).map_err(fail)?;
        match odb.exists_prefix(prefix, digits) {
            Ok(_) => return Ok(hex[..digits].to_owned()),
            Err(e) if e.code() == ErrorCode::Ambiguous => {}
            Err(e) => return Err(fail(e)),
        }
    }
    Ok(hex)
}

pub(super) fn open_error(path: &Path, e: git2::Error) -> Error {
    let shown = path.display();
    match e.code() {
        ErrorCode::NotFound => {
            Error::usage(format!("{shown} is not in a git repository")).hint(NO_REPOSITORY)
        }
        ErrorCode::Owner => {
            Error::refused(format!("the repository of {shown} belongs to another user")).hint(
                format!("where you trust it: `git config --global --add safe.directory {shown}`"),
            )
        }
        _ => git_error(&format!("cannot open the git repository of {shown}"), e),
    }
}

pub(super) fn git_error(what: &str, e: git2::Error) -> Error {
    Error::unexpected(what).caused_by(e)
}
