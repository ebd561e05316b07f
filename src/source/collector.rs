use std::ffi::OsStr;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use git2::Repository;

use super::excludes::Excludes;
use super::gitignore::Ignores;
use super::index::{Blob, EXECUTABLE, Entry, Index, SUBMODULE};
use super::layout::Layout;
use super::listing::ListingRequest;
use super::staged::Staged;
use super::state::{Source, git_error, open_error};
use super::walk::{Finding, Start, Tree, walk};
use super::{beneath, compare, convert, links};
use crate::context::{ContextFile, FileKind, LeftOut, Listing, Rule};
use crate::{Error, Result};

/// Gathers what the walks of a repository and its submodules find.
pub struct Collector<'a> {
    pub source: &'a Source,
    pub request: &'a ListingRequest,
    pub layout: &'a Layout,
    pub excludes: &'a Excludes,
    pub listing: Listing,
    /// Paths from the root.
    pub changed: Vec<Vec<u8>>,
}

/// What became of an index entry.
#[derive(Clone)]
enum State {
    AsKnown,
    Gone,
    Read { kind: FileKind, blob: Blob },
}

impl Collector<'_> {
    /// Adds the files of one repository: the app's, or a submodule's at `prefix`.
    pub fn add(
        &mut self,
        repository: &Repository,
        root: BorrowedFd<'_>,
        prefix: &[u8],
    ) -> Result<()> {
        let index = Index::read(&repository.path().join("index"))?;
        let config = repository
            .config()
            .and_then(|mut config| config.snapshot())
            .map_err(|e| git_error("cannot read git's configuration", e))?;
        let excluded = repository.commondir().join("info/exclude");
        let own = self
            .request
            .config_home
            .as_ref()
            .map(|home| home.join("git/ignore"));
        let own = config.get_path("core.excludesFile").ok().or(own);
        let mut common = vec![(".git/info/exclude".to_owned(), excluded.as_path())];
        common.extend(
            own.as_deref()
                .map(|path| (path.display().to_string(), path)),
        );
        let ignores = Ignores::new(root, &String::from_utf8_lossy(prefix), &common);
        let tree = Tree {
            root,
            prefix,
            index: &index,
            ignores: &ignores,
            excludes: self.excludes,
            layout: self.layout,
            trusts_modes: config.get_bool("core.fileMode").unwrap_or(true),
        };
        let starts = self.starts(prefix, &index, root)?;
        let mut listed: Vec<usize> = Vec::with_capacity(index.entries.len());
        for start in &starts {
            match &start.only {
                None => listed.extend(index.below(&start.folder, 0..index.entries.len())),
                Some(name) => {
                    let path = [start.folder.as_slice(), name].concat();
                    listed.extend(index.at(&path));
                    let folder = [&path, b"/".as_slice()].concat();
                    listed.extend(index.below(&folder, 0..index.entries.len()));
                }
            }
        }
        let findings = walk(&tree, starts)?;
        self.add_staged(repository, &index, prefix)?;

        let convert = convert::Conversion::new(repository, &index, &config);
        let mut states = vec![State::AsKnown; index.entries.len()];
        let mut submodules = Vec::new();
        for finding in findings {
            match finding {
                Finding::Excluded {
                    entries,
                    rule,
                    path,
                } => {
                    states[entries].fill(State::Gone);
                    self.left_out(prefix, &path, rule);
                }
                Finding::LeftOut { path, rule } => self.left_out(prefix, &path, rule),
                Finding::Missing(entries) => {
                    for at in entries {
                        self.missing(prefix, index.path(&index.entries[at]), &index.entries[at])?;
                        states[at] = State::Gone;
                    }
                }
                Finding::Present {
                    entry: at,
                    kind,
                    mut blob,
                    mut is_changed,
                } => {
                    let entry = &index.entries[at];
                    let path = index.path(entry);
                    if is_changed
                        && blob != entry.blob
                        && convert.stores_as(root, path, &kind, &entry.blob)
                    {
                        blob = entry.blob;
                        is_changed = compare::mode_of(&kind) != entry.mode;
                    }
                    if is_changed {
                        self.changed.push([prefix, path].concat());
                    }
                    states[at] = State::Read { kind, blob };
                }
                Finding::Submodule { entry } => {
                    states[entry] = State::Gone;
                    submodules.push(entry);
                }
                Finding::Untracked { path, kind, blob } => {
                    self.changed.push([prefix, &path].concat());
                    self.push(prefix, &path, kind, blob)?;
                }
            }
        }
        for at in listed {
            let entry = &index.entries[at];
            let path = index.path(entry);
            let (kind, blob) = match std::mem::replace(&mut states[at], State::Gone) {
                State::AsKnown if entry.is_conflict => continue,
                State::AsKnown => (kind_of(entry), entry.blob),
                State::Gone => continue,
                State::Read { kind, blob } => (kind, blob),
            };
            convert.check_pointer(root, path, &kind)?;
            self.push(prefix, path, kind, blob)?;
        }
        for at in submodules {
            self.add_submodule(prefix, index.path(&index.entries[at]), &index.entries[at])?;
        }
        Ok(())
    }

    /// Where the app's content is in a repository; all of a submodule is, once it's reached.
    fn starts(&self, prefix: &[u8], index: &Index, root: BorrowedFd<'_>) -> Result<Vec<Start>> {
        if !prefix.is_empty() {
            return Ok(vec![Start {
                folder: Vec::new(),
                only: None,
            }]);
        }
        let mut starts = vec![Start {
            folder: self.layout.app().to_vec(),
            only: None,
        }];
        for include in self.layout.includes() {
            let shown = String::from_utf8_lossy(include);
            let slashes = (0..include.len()).filter(|&at| include[at] == b'/');
            for slash in slashes.clone() {
                let above = index.at(&include[..slash]);
                if index.entries[above]
                    .iter()
                    .any(|entry| entry.mode == SUBMODULE)
                {
                    return Err(Error::usage(format!("`{shown}` is inside a submodule"))
                        .hint("include the whole submodule"));
                }
            }
            let path = Path::new(OsStr::from_bytes(include));
            let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
            if rustix::fs::statat(root, path, flags).is_err() {
                return Err(
                    Error::usage(format!("the included path `{shown}` doesn't exist"))
                        .hint("paths in `include` start at the repository's root"),
                );
            }
            let start = slashes.max().map_or(0, |slash| slash + 1);
            let only = Some(include[start..].to_vec());
            starts.push(Start {
                folder: include[..start].to_vec(),
                only,
            });
        }
        Ok(starts)
    }

    fn add_staged(&mut self, repository: &Repository, index: &Index, prefix: &[u8]) -> Result<()> {
        let fail = |e| git_error("cannot read the commit's files", e);
        let tree = repository
            .head()
            .ok()
            .map(|head| head.peel_to_tree())
            .transpose();
        let tree = tree.map_err(fail)?;
        let odb = repository.odb().map_err(fail)?;
        let layout = self.layout;
        let reaches = |folder: &[u8]| layout.reaches(&[prefix, folder].concat());
        let mut staged = Staged {
            odb: &odb,
            index,
            reaches: &reaches,
            changed: Vec::new(),
        };
        staged.compare(b"", tree.map(|tree| tree.id()), 0..index.entries.len())?;
        for path in staged.changed {
            self.note_change(prefix, &path);
        }
        Ok(())
    }

    fn missing(&mut self, prefix: &[u8], path: &[u8], entry: &Entry) -> Result<()> {
        if self.is_excluded(prefix, path) {
            return Ok(());
        }
        let shown = || shown(&[prefix, path].concat());
        if entry.mode == SUBMODULE {
            return Err(uninitialised(&shown()));
        }
        if entry.is_skipped {
            return Err(Error::refused(format!(
                "`{}` is not in the work tree: the checkout is sparse",
                shown()
            ))
            .hint("check everything out: `git sparse-checkout disable`")
            .hint("or leave it out: `[build] exclude` in app.toml"));
        }
        self.changed.push([prefix, path].concat());
        Ok(())
    }

    fn add_submodule(&mut self, prefix: &[u8], path: &[u8], entry: &Entry) -> Result<()> {
        let full = [prefix, path].concat();
        if self.is_excluded(prefix, path) {
            let rule = self.excludes.rule_for(self.layout.place(&full)).cloned();
            let rule = rule.unwrap_or_else(|| Rule::own("excluded"));
            self.left_out(prefix, &[path, b"/"].concat(), rule);
            return Ok(());
        }
        let folder = self.source.root.join(OsStr::from_bytes(&full));
        if folder.join(".git").symlink_metadata().is_err() {
            return Err(uninitialised(&shown(&full)));
        }
        let outer = self.source.open_root()?;
        let root = beneath::open_folder(outer.as_fd(), Path::new(OsStr::from_bytes(&full)));
        let root = root.map_err(|e| {
            Error::usage(format!("cannot open the submodule `{}`", shown(&full)))
                .caused_by(std::io::Error::from(e))
        })?;
        let repository = Repository::open(&folder).map_err(|e| open_error(&folder, e))?;
        let commit = repository.head().ok().and_then(|head| head.target());
        if commit.is_none_or(|commit| commit.as_bytes() != entry.blob) {
            self.changed.push(full.clone());
        }
        self.add(
            &repository,
            root.as_fd(),
            &[&full, b"/".as_slice()].concat(),
        )
    }

    fn is_excluded(&self, prefix: &[u8], path: &[u8]) -> bool {
        let full = [prefix, path].concat();
        let place = self.layout.place(&full);
        !Layout::is_own(place) && self.excludes.rule_for(place).is_some()
    }

    fn note_change(&mut self, prefix: &[u8], path: &[u8]) {
        let full = [prefix, path].concat();
        if self.layout.contains(&full) && !self.is_excluded(prefix, path) {
            self.changed.push(full);
        }
    }

    fn left_out(&mut self, prefix: &[u8], path: &[u8], rule: Rule) {
        if self.request.explain {
            let full = [prefix, path].concat();
            let path = String::from_utf8_lossy(self.layout.place(&full)).into_owned();
            self.listing.left_out.push(LeftOut { path, rule });
        }
    }

    fn push(&mut self, prefix: &[u8], path: &[u8], kind: FileKind, blob: Blob) -> Result<()> {
        let joined;
        let full = if prefix.is_empty() {
            path
        } else {
            joined = [prefix, path].concat();
            &joined
        };
        let place = self.layout.place(full);
        if Layout::is_own(place) {
            if place == b"app.toml" {
                self.listing.config = Some(blob);
            }
            return Ok(());
        }
        let Ok(place) = std::str::from_utf8(place) else {
            return Err(
                Error::usage(format!("the file name `{}` is not UTF-8", shown(full)))
                    .hint("rename it, or leave it out: `[build] exclude` in app.toml"),
            );
        };
        if let FileKind::Symlink { target } = &kind {
            links::check(place, target)?;
        }
        self.listing.files.push(ContextFile {
            path: place.to_owned(),
            origin: self.source.root.join(OsStr::from_bytes(full)),
            kind,
            blob,
        });
        Ok(())
    }

    /// Everything in order.
    pub fn finish(mut self) -> Result<Listing> {
        let mut listing = self.listing;
        // Nearly sorted already: a stable sort takes one pass then.
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        listing.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        self.changed.sort_unstable();
        self.changed.dedup();
        let places = self.changed.iter().map(|path| self.layout.place(path));
        let places = places.filter(|place| *place != b"app.lock");
        listing.changed = places
            .map(|p| String::from_utf8_lossy(p).into_owned())
            .collect();
        listing.changed.sort_unstable();
        self.layout.check_collisions(&listing.files)?;
        Ok(listing)
    }
}

/// The kind of a regular file that is as the index has it.
fn kind_of(entry: &Entry) -> FileKind {
    FileKind::File {
        executable: entry.mode == EXECUTABLE,
        size: entry.size.into(),
    }
}

fn uninitialised(path: &str) -> Error {
    Error::usage(format!("the submodule `{path}` is not checked out"))
        .hint("check it out: `git submodule update --init`")
}

fn shown(path: &[u8]) -> String {
    path.escape_ascii().to_string()
}
