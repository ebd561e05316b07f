//! The files git would commit, as an app's content.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::beneath;
use super::collector::Collector;
use super::excludes::Excludes;
use super::layout::Layout;
use super::state::Source;
use crate::context::{ContextFile, Listing};
use crate::{Error, Result};

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListingRequest {
    /// `[build] exclude`: in `.dockerignore`'s syntax, applied after it.
    pub exclude: Vec<String>,
    /// Files and folders beside the app's folder, from the repository's root.
    pub include: Vec<String>,
    /// Whether to say what was left out, and why.
    pub explain: bool,
    /// `$XDG_CONFIG_HOME` or `~/.config`, for the user's own `git/ignore`.
    pub config_home: Option<PathBuf>,
}

impl Source {
    /// The app's content in the work tree. Never follows a symbolic link, and opens only files
    /// that git doesn't already know.
    pub fn listing(&self, request: &ListingRequest) -> Result<Listing> {
        let repository = self.open()?;
        let layout = Layout::new(self.folder.as_os_str().as_bytes(), &request.include)?;
        let root = self.open_root()?;
        let ignored = dockerignore(root.as_fd(), &layout)?;
        let excludes = Excludes::new(&ignored, &request.exclude)?;
        let mut collector = Collector {
            source: self,
            request,
            layout: &layout,
            excludes: &excludes,
            listing: Listing::default(),
            changed: Vec::new(),
        };
        collector.add(&repository, root.as_fd(), b"")?;
        collector.finish()
    }

    /// Opens a regular file of a listing for reading, following no link at any component.
    pub fn open_content(&self, file: &ContextFile) -> Result<File> {
        let fail = |e: std::io::Error| {
            Error::unavailable(format!("cannot read {}", file.path.escape_debug()))
                .caused_by(e)
                .hint("the file changed since it was listed; try again")
        };
        let relative = file.origin.strip_prefix(&self.root).unwrap_or(&file.origin);
        let opened = beneath::open_file(self.open_root()?.as_fd(), relative);
        opened.map(File::from).map_err(|e| fail(e.into()))
    }

    pub(super) fn open_root(&self) -> Result<OwnedFd> {
        beneath::open_root(&self.root).map_err(|e| {
            Error::usage(format!("cannot open the folder {}", self.root.display()))
                .caused_by(std::io::Error::from(e))
        })
    }
}

fn dockerignore(root: BorrowedFd<'_>, layout: &Layout) -> Result<String> {
    let path = [layout.app(), b".dockerignore"].concat();
    let fail = |e| Error::usage("cannot read .dockerignore").caused_by(e);
    match beneath::open_file(root, Path::new(OsStr::from_bytes(&path))) {
        Ok(file) => {
            let mut text = String::new();
            File::from(file).read_to_string(&mut text).map_err(fail)?;
            Ok(text)
        }
        Err(rustix::io::Errno::NOENT) => Ok(String::new()),
        Err(e) => Err(fail(e.into())),
    }
}
