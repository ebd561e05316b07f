use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, Stat, statat};
use rustix::io::Errno;

use super::excludes::Matched;
use super::index::{Blob, Child, Entry, LINK, SUBMODULE};
use super::layout::Layout;
use super::queue::{Queue, Task};
use super::walk::{Finding, Tree};
use super::{beneath, blob, compare};
use crate::context::{FileKind, Rule};
use crate::{Error, Result};

/// One thread of a walk.
pub struct Worker<'a> {
    tree: &'a Tree<'a>,
    queue: &'a Queue,
    buffer: Vec<MaybeUninit<u8>>,
    findings: Vec<Finding>,
    tasks: Vec<Task>,
}

/// An open folder and what is known of it.
struct Folder {
    fd: OwnedFd,
    path: Vec<u8>,
    matched: Matched,
}

impl<'a> Worker<'a> {
    pub fn new(tree: &'a Tree<'a>, queue: &'a Queue) -> Self {
        let buffer = vec![MaybeUninit::uninit(); 1 << 16];
        Self {
            tree,
            queue,
            buffer,
            findings: Vec::new(),
            tasks: Vec::new(),
        }
    }

    /// Visits folders until there are no more.
    pub fn run(mut self) -> Result<Vec<Finding>> {
        while let Some(task) = self.queue.take() {
            if let Err(e) = self.visit(task) {
                self.queue.give_up();
                return Err(e);
            }
            self.queue.done(&mut self.tasks);
        }
        Ok(self.findings)
    }

    fn visit(&mut self, task: Task) -> Result<()> {
        let path = Path::new(OsStr::from_bytes(&task.folder));
        let fd = match beneath::open_folder(self.tree.root, path) {
            Ok(fd) => fd,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => {
                self.findings.push(Finding::Missing(task.entries));
                return Ok(());
            }
            Err(e) => return Err(self.tree.unreadable(&task.folder, e)),
        };
        let mut names = self
            .names(&fd)
            .map_err(|e| self.tree.unreadable(&task.folder, e))?;
        let is_repository = names.iter().any(|(name, _)| name.as_bytes() == b".git");
        if is_repository && task.entries.is_empty() && !task.folder.is_empty() {
            let rule = Rule::own("a git repository of its own");
            self.findings.push(Finding::LeftOut {
                path: task.folder,
                rule,
            });
            return Ok(());
        }
        names.retain(|(name, _)| name.as_bytes() != b".git");
        let mut tracked = self.tree.index.children(&task.folder, task.entries);
        if let Some(only) = &task.only {
            names.retain(|(name, _)| name.as_bytes() == only.as_slice());
            tracked.retain(|(name, _)| name == only);
        }
        let folder = Folder {
            fd,
            path: task.folder,
            matched: task.matched,
        };
        let mut tracked = tracked.into_iter().peekable();
        for (name, kind) in names {
            let bytes = name.as_bytes();
            while let Some((_, gone)) = tracked.next_if(|(tracked, _)| *tracked < bytes) {
                self.missing(&gone);
            }
            let mut known = Vec::new();
            while let Some((_, found)) = tracked.next_if(|(tracked, _)| *tracked == bytes) {
                known.push(found);
            }
            self.child(&folder, &name, kind, &known)?;
        }
        for (_, gone) in tracked {
            self.missing(&gone);
        }
        Ok(())
    }

    fn names(&mut self, fd: &OwnedFd) -> Result<Vec<(std::ffi::CString, FileType)>, Errno> {
        let mut names = Vec::new();
        let mut entries = RawDir::new(fd, &mut self.buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = entry.file_name();
            if name != c"." && name != c".." {
                names.push((name.to_owned(), entry.file_type()));
            }
        }
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(names)
    }

    fn missing(&mut self, gone: &Child) {
        self.findings.push(Finding::Missing(match gone {
            Child::Entry(entry) => *entry..*entry + 1,
            Child::Folder(entries) => entries.clone(),
        }));
    }

    fn child(
        &mut self,
        folder: &Folder,
        name: &CStr,
        kind: FileType,
        known: &[Child],
    ) -> Result<()> {
        let stat = match kind {
            FileType::Directory => None,
            _ => match statat(&folder.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => Some(stat),
                Err(Errno::NOENT) => {
                    for gone in known {
                        self.missing(gone);
                    }
                    return Ok(());
                }
                Err(e) => return Err(self.tree.unreadable(&folder.join(name), e)),
            },
        };
        // Some file systems don't tell the kind with the name.
        let stat = stat.filter(|s| FileType::from_raw_mode(s.st_mode) != FileType::Directory);
        if let Some(stat) = stat {
            return self.file(folder, name, &stat, known);
        }
        self.folder(folder, name, known);
        Ok(())
    }

    fn folder(&mut self, folder: &Folder, name: &CStr, known: &[Child]) {
        let mut entries = 0..0;
        for found in known {
            match found {
                Child::Folder(range) => entries = range.clone(),
                Child::Entry(entry) if self.entry(*entry).mode == SUBMODULE => {
                    self.findings.push(Finding::Submodule { entry: *entry });
                    return;
                }
                Child::Entry(_) => self.missing(found),
            }
        }
        let mut path = folder.join(name);
        path.push(b'/');
        let excludes = self.tree.excludes;
        let place = self.tree.place(&path[..path.len() - 1], b"");
        let matched = excludes.enter(&folder.matched, &place);
        if excludes.prunes()
            && let Some(rule) = excludes.verdict(&matched)
        {
            self.findings.push(Finding::Excluded {
                entries,
                rule: rule.clone(),
                path,
            });
            return;
        }
        if entries.is_empty()
            && let Some(rule) = self.tree.ignores.rule(&folder.path, name.to_bytes(), true)
        {
            self.findings.push(Finding::LeftOut { path, rule });
            return;
        }
        self.tasks.push(Task {
            folder: path,
            entries,
            only: None,
            matched,
        });
    }

    fn file(&mut self, folder: &Folder, name: &CStr, stat: &Stat, known: &[Child]) -> Result<()> {
        let mut entry = None;
        for found in known {
            match found {
                Child::Entry(at) => entry = Some(*at),
                Child::Folder(_) => self.missing(found),
            }
        }
        let tree = self.tree;
        if !tree.excludes.is_empty() {
            let place = tree.place(&folder.path, name.to_bytes());
            if let Some(rule) = tree.excludes.rule(&folder.matched, &place)
                && !Layout::is_own(&place)
            {
                let entries = entry.map_or(0..0, |entry| entry..entry + 1);
                let path = folder.join(name);
                self.findings.push(Finding::Excluded {
                    entries,
                    rule: rule.clone(),
                    path,
                });
                return Ok(());
            }
        }
        match entry {
            Some(entry) => self.tracked_file(folder, name, stat, entry),
            None => self.untracked_file(folder, name, stat),
        }
    }

    fn tracked_file(&mut self, folder: &Folder, name: &CStr, stat: &Stat, at: usize) -> Result<()> {
        let entry = self.entry(at);
        let known = compare::is_unchanged(entry, stat, self.tree.index.written);
        if known && entry.mode != LINK && !entry.is_conflict {
            let executable = compare::is_executable(entry, stat, self.tree.trusts_modes);
            if executable == entry.is_executable() && entry.size_is(stat) {
                return Ok(());
            }
            let kind = FileKind::File {
                executable,
                size: compare::size(stat),
            };
            let is_changed = executable != entry.is_executable();
            let blob = entry.blob;
            self.findings.push(Finding::Present {
                entry: at,
                kind,
                blob,
                is_changed,
            });
            return Ok(());
        }
        let executable = compare::is_executable(entry, stat, self.tree.trusts_modes);
        let Some((kind, blob)) = self.content(folder, name, stat, executable)? else {
            // What is in its place now is none of git's.
            let rule = Rule::own("neither a file nor a link");
            self.findings.push(Finding::LeftOut {
                path: folder.join(name),
                rule,
            });
            self.findings.push(Finding::Missing(at..at + 1));
            return Ok(());
        };
        let same_kind = compare::mode_of(&kind) == entry.mode;
        let is_changed = blob != entry.blob || !same_kind || entry.is_conflict;
        self.findings.push(Finding::Present {
            entry: at,
            kind,
            blob,
            is_changed,
        });
        Ok(())
    }

    fn untracked_file(&mut self, folder: &Folder, name: &CStr, stat: &Stat) -> Result<()> {
        let path = folder.join(name);
        if let Some(rule) = self.tree.ignores.rule(&folder.path, name.to_bytes(), false) {
            self.findings.push(Finding::LeftOut { path, rule });
            return Ok(());
        }
        let executable = stat.st_mode & 0o100 != 0;
        self.findings
            .push(match self.content(folder, name, stat, executable)? {
                Some((kind, blob)) => Finding::Untracked { path, kind, blob },
                None => Finding::LeftOut {
                    path,
                    rule: Rule::own("neither a file nor a link"),
                },
            });
        Ok(())
    }

    /// `None` for what git can't store: a FIFO, socket or device, which is never opened.
    fn content(
        &self,
        folder: &Folder,
        name: &CStr,
        stat: &Stat,
        executable: bool,
    ) -> Result<Option<(FileKind, Blob)>> {
        let fail = |e: Errno| self.tree.unreadable(&folder.join(name), e);
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(&folder.fd, name, Vec::new()).map_err(fail)?;
                let blob = blob::of_bytes(target.as_bytes());
                let target = PathBuf::from(OsStr::from_bytes(target.as_bytes()));
                Ok(Some((FileKind::Symlink { target }, blob)))
            }
            FileType::RegularFile => {
                let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
                let fd =
                    rustix::fs::openat(&folder.fd, name, flags, Mode::empty()).map_err(fail)?;
                let now = rustix::fs::fstat(&fd).map_err(fail)?;
                if FileType::from_raw_mode(now.st_mode) != FileType::RegularFile {
                    return Ok(None);
                }
                let size = compare::size(&now);
                let blob = blob::of_file(&mut File::from(fd), size).map_err(|e| {
                    let path = folder.join(name);
                    Error::unavailable(format!(
                        "{} changed while it was read",
                        String::from_utf8_lossy(&path).escape_debug()
                    ))
                    .caused_by(e)
                })?;
                Ok(Some((FileKind::File { executable, size }, blob)))
            }
            _ => Ok(None),
        }
    }

    fn entry(&self, at: usize) -> &'a Entry {
        &self.tree.index.entries[at]
    }
}

impl Folder {
    fn join(&self, name: &CStr) -> Vec<u8> {
        [&self.path, name.to_bytes()].concat()
    }
}
