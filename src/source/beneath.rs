//! Opening files below a folder without ever following a symbolic link on the way.

use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

/// Before Linux 5.6, and below some sandboxes, each component is opened on its own.
static HAS_OPENAT2: AtomicBool = AtomicBool::new(true);

/// Opens a folder itself, the only path here that may lead through links.
pub fn open_root(path: &Path) -> Result<OwnedFd, Errno> {
    rustix::fs::open(
        path,
        OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Opens a folder below `root` (`root` itself for an empty path).
pub fn open_folder(root: BorrowedFd<'_>, path: &Path) -> Result<OwnedFd, Errno> {
    open(root, path, OFlags::DIRECTORY)
}

/// Opens a regular file below `root` for reading; anything else is an error, and a FIFO in its
/// place doesn't block.
pub fn open_file(root: BorrowedFd<'_>, path: &Path) -> Result<OwnedFd, Errno> {
    let file = open(root, path, OFlags::NONBLOCK)?;
    let kind = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode);
    if kind == rustix::fs::FileType::RegularFile {
        Ok(file)
    } else {
        Err(Errno::INVAL)
    }
}

fn open(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NOCTTY;
    if HAS_OPENAT2.load(Ordering::Relaxed) {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match rustix::fs::openat2(root, path, flags, Mode::empty(), resolve) {
            Err(Errno::NOSYS | Errno::PERM) => HAS_OPENAT2.store(false, Ordering::Relaxed),
            result => return result,
        }
    }
    open_stepwise(root, path, flags)
}

fn open_stepwise(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let step = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut names: Vec<&OsStr> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name),
            Component::CurDir => {}
            _ => return Err(Errno::XDEV),
        }
    }
    let last = names.pop().unwrap_or(OsStr::new("."));
    let mut folder: Option<OwnedFd> = None;
    for name in names {
        let parent = folder.as_ref().map_or(root, AsFd::as_fd);
        folder = Some(rustix::fs::openat(parent, name, step, Mode::empty())?);
    }
    let parent = folder.as_ref().map_or(root, AsFd::as_fd);
    rustix::fs::openat(parent, last, flags, Mode::empty())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn follows_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "x").unwrap();
        symlink("a", root.join("folder-link")).unwrap();
        symlink("file", root.join("a/b/link")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            root.join("fifo"),
            rustix::fs::FileType::Fifo,
            Mode::RUSR,
            0,
        )
        .unwrap();
        let fd = open_root(root).unwrap();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for (path, opens) in [
            ("a/b/file", true),
            ("folder-link/b/file", false),
            ("a/b/link", false),
            ("../x", false),
            ("a/../a/b/file", false),
        ] {
            let stepwise = open_stepwise(fd.as_fd(), Path::new(path), flags);
            assert_eq!(stepwise.is_ok(), opens, "{path}");
            if !path.contains("a/..") {
                assert_eq!(
                    open_file(fd.as_fd(), Path::new(path)).is_ok(),
                    opens,
                    "{path}"
                );
            }
        }
        assert!(open_file(fd.as_fd(), Path::new("fifo")).is_err());
    }
}
