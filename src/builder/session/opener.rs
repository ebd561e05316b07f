use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Opens files of the context without being led elsewhere by a link, and without waiting for the
/// other end of a pipe.
#[derive(Clone, Default)]
pub(super) struct Opener {
    /// Below this folder no component of a path may be a link.
    root: Option<PathBuf>,
}

impl Opener {
    pub(super) fn new(root: Option<PathBuf>) -> Self {
        Self { root }
    }

    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        let below = self
            .root
            .as_deref()
            .and_then(|root| Some((root, path.strip_prefix(root).ok()?)));
        match below {
            Some((root, rest)) => open_beneath(root, rest),
            None => open_plain(path),
        }
    }
}

fn flags() -> OFlags {
    OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC
}

fn open_plain(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .custom_flags(flags().bits().cast_signed())
        .open(path)
}

#[cfg(target_os = "linux")]
fn open_beneath(root: &Path, rest: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, ResolveFlags};
    use rustix::io::Errno;

    let folder = rustix::fs::open(
        root,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match rustix::fs::openat2(&folder, rest, flags(), Mode::empty(), resolve) {
        // Linux before 5.6.
        Err(Errno::NOSYS) => open_plain(&root.join(rest)),
        opened => Ok(File::from(opened?)),
    }
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: &Path, rest: &Path) -> io::Result<File> {
    open_plain(&root.join(rest))
}
