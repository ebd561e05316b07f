//! What is at a commit, whatever is checked out.

use std::path::Path;

use git2::{Delta, DiffOptions, ErrorCode, ObjectType, Oid, Repository};

use super::state::{Source, git_error};
use crate::{Error, Result};

/// As `config` draws the line for files on disk.
const LARGEST_FILE: usize = 1024 * 1024;

/// Git's mode of a regular file, without permissions.
const REGULAR: i32 = 0o100_000;

impl Source {
    /// The commit that an object of 40 hex digits leads to: itself, or an annotated tag's. `None`
    /// when it is not here, or leads to none.
    pub fn commit_of(&self, object: &str) -> Result<Option<String>> {
        let repository = self.open()?;
        Ok(peel(&repository, object)?.map(|commit| commit.to_string()))
    }

    /// The only commit whose name begins with these hex digits, as 40 of them; `None` when there is
    /// none here, or several.
    pub fn commit_named(&self, digits: &str) -> Result<Option<String>> {
        let repository = self.open()?;
        match repository.find_commit_by_prefix(digits) {
            Ok(commit) => Ok(Some(commit.id().to_string())),
            Err(e) if is_absent(&e) || e.code() == ErrorCode::Ambiguous => Ok(None),
            Err(e) => Err(git_error("cannot read an object", e)),
        }
    }

    /// The commit that a ref (`HEAD`, `refs/tags/v1`) leads to.
    pub fn commit_at(&self, reference: &str) -> Result<Option<String>> {
        let repository = self.open()?;
        let commit = repository
            .find_reference(reference)
            .and_then(|reference| reference.peel_to_commit());
        match commit {
            Ok(commit) => Ok(Some(commit.id().to_string())),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(git_error("cannot read a ref", e)),
        }
    }

    /// Paths from the root that differ between two commits, sorted; of a moved file both. `None`
    /// when one of them is not here, as in a shallow clone or after a force push.
    pub fn changed_paths(&self, before: &str, after: &str) -> Result<Option<Vec<String>>> {
        let fail = |e| git_error("cannot compare the commits", e);
        let repository = self.open()?;
        let (Some(before), Some(after)) = (peel(&repository, before)?, peel(&repository, after)?)
        else {
            return Ok(None);
        };
        let tree = |commit| {
            repository
                .find_commit(commit)
                .and_then(|found| found.tree())
        };
        let (before, after) = match (tree(before), tree(after)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(e), _) | (_, Err(e)) if is_absent(&e) => return Ok(None),
            (Err(e), _) | (_, Err(e)) => return Err(fail(e)),
        };
        let mut options = DiffOptions::new();
        options.skip_binary_check(true);
        let diff = repository
            .diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options))
            .map_err(fail)?;
        let mut paths: Vec<_> = diff
            .deltas()
            .filter(|delta| delta.status() != Delta::Unmodified)
            .flat_map(|delta| [delta.old_file().path_bytes(), delta.new_file().path_bytes()])
            .flatten()
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect();
        paths.sort();
        paths.dedup();
        Ok(Some(paths))
    }

    /// The text of a regular file at a commit; `path` is from the root. `None` when there is none.
    pub fn text_at(&self, commit: &str, path: &Path) -> Result<Option<String>> {
        let shown = path.display();
        let fail = |e| git_error(&format!("cannot read {shown} at {commit}"), e);
        let repository = self.open()?;
        let Some(commit_id) = peel(&repository, commit)? else {
            return Ok(None);
        };
        let tree = repository
            .find_commit(commit_id)
            .and_then(|found| found.tree());
        let entry = match tree.map_err(fail)?.get_path(path) {
            Ok(entry) => entry,
            Err(e) if is_absent(&e) => return Ok(None),
            Err(e) => return Err(fail(e)),
        };
        let refused = |what: &str| Error::usage(format!("{shown} at {commit} {what}"));
        if entry.filemode() & 0o170_000 != REGULAR {
            return Err(refused("is not a regular file"));
        }
        let odb = repository.odb().map_err(fail)?;
        let (size, _) = odb.read_header(entry.id()).map_err(fail)?;
        if size > LARGEST_FILE {
            return Err(refused("is larger than 1 MiB"));
        }
        let blob = odb.read(entry.id()).map_err(fail)?;
        let text = std::str::from_utf8(blob.data()).map_err(|e| {
            refused("is not UTF-8")
                .caused_by(e)
                .hint("save the file as UTF-8")
        })?;
        Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
    }

    /// Where the repository was cloned from: the address of the remote `origin`.
    pub fn origin(&self) -> Result<Option<String>> {
        let repository = self.open()?;
        match repository.find_remote("origin") {
            Ok(remote) => Ok(remote.url().ok().map(ToOwned::to_owned)),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(git_error("cannot read the remote `origin`", e)),
        }
    }

    /// Whether the clone lacks older commits.
    pub fn is_shallow(&self) -> Result<bool> {
        Ok(self.open()?.is_shallow())
    }
}

fn peel(repository: &Repository, object: &str) -> Result<Option<Oid>> {
    let fail = |e| git_error("cannot read an object", e);
    let Ok(id) = Oid::from_str(object) else {
        return Ok(None);
    };
    let peeled = repository
        .find_object(id, None)
        .and_then(|object| object.peel(ObjectType::Commit));
    match peeled {
        Ok(commit) => Ok(Some(commit.id())),
        Err(e) if is_absent(&e) => Ok(None),
        Err(e) => Err(fail(e)),
    }
}

/// Not there, a name that can't be one, or an object of another kind.
fn is_absent(e: &git2::Error) -> bool {
    matches!(
        e.code(),
        ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Peel | ErrorCode::UnbornBranch
    )
}
