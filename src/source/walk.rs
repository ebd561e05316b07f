//! The work tree against the index, folder by folder on a few threads. A file whose stat data
//! git already knows is not read.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, Stat, statat};
use rustix::io::Errno;

use super::excludes::{Excludes, Matched};
use super::files::{FileKind, Rule};
use super::gitignore::Ignores;
use super::index::{Blob, Child, Entry, Index, LINK, SUBMODULE};
use super::layout::Layout;
use super::{beneath, blob, compare};
use crate::{Error, Result};

/// What a walk needs to know of one repository.
pub struct Tree<'a> {
    pub root: BorrowedFd<'a>,
    /// Where the work tree is in the outermost one: empty, or a submodule's path and `/`.
    pub prefix: &'a [u8],
    pub index: &'a Index,
    pub ignores: &'a Ignores<'a>,
    pub excludes: &'a Excludes,
    pub layout: &'a Layout,
    /// Whether the x bit on disk means something (`core.fileMode`).
    pub trusts_modes: bool,
}

/// Where a walk starts.
pub struct Start {
    /// From the work tree's root: empty, or with `/` at the end.
    pub folder: Vec<u8>,
    /// One name in it, or everything.
    pub only: Option<Vec<u8>>,
}

/// What a walk has to say of entries and files. It is silent about tracked regular files that are
/// as git knows them.
pub enum Finding {
    /// Not in the context.
    Excluded {
        entries: Range<usize>,
        rule: Rule,
        path: Vec<u8>,
    },
    /// Not in the work tree.
    Missing(Range<usize>),
    /// In the work tree, with this content.
    Present {
        entry: usize,
        kind: FileKind,
        blob: Blob,
        is_changed: bool,
    },
    /// A folder where the index has a submodule.
    Submodule { entry: usize },
    /// Nothing that git knows.
    Untracked {
        path: Vec<u8>,
        kind: FileKind,
        blob: Blob,
    },
    /// Neither git nor the context would take it. A folder ends with `/`.
    LeftOut { path: Vec<u8>, rule: Rule },
}

struct Task {
    folder: Vec<u8>,
    entries: Range<usize>,
    only: Option<Vec<u8>>,
    matched: Matched,
}

/// Walks from each start; nothing is in two of them.
pub fn walk(tree: &Tree<'_>, starts: Vec<Start>) -> Result<Vec<Finding>> {
    let tasks = starts.into_iter().map(|start| {
        let entries = tree.index.below(&start.folder, 0..tree.index.entries.len());
        let matched = tree.excludes.folder(&tree.place(&start.folder, b""));
        Task {
            folder: start.folder,
            entries,
            only: start.only,
            matched,
        }
    });
    let tasks: Vec<Task> = tasks.collect();
    let entries: usize = tasks.iter().map(|task| task.entries.len()).sum();
    let queue = Queue::new(tasks);
    // Threads cost more than they bring where there's little to look at.
    let threads = if entries < 500 {
        1
    } else {
        std::thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 8)
    };
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads)
            .map(|_| scope.spawn(|| Worker::new(tree, &queue).run()))
            .collect();
        let mut results = vec![Worker::new(tree, &queue).run()];
        results.extend(workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }));
        results
    });
    let mut findings = Vec::new();
    for result in results {
        findings.append(&mut result?);
    }
    Ok(findings)
}

/// Folders still to visit. Empty only counts once nobody works: workers add folders.
struct Queue {
    state: Mutex<(Vec<Task>, usize)>,
    news: Condvar,
}

impl Queue {
    fn new(tasks: Vec<Task>) -> Self {
        Self {
            state: Mutex::new((tasks, 0)),
            news: Condvar::new(),
        }
    }

    fn take(&self) -> Option<Task> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(task) = state.0.pop() {
                state.1 += 1;
                return Some(task);
            }
            if state.1 == 0 {
                self.news.notify_all();
                return None;
            }
            state = self
                .news
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, found: &mut Vec<Task>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 -= 1;
        state.0.append(found);
        self.news.notify_all();
    }

    fn give_up(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.clear();
        state.1 -= 1;
        self.news.notify_all();
    }
}

impl Tree<'_> {
    /// The place in the context of `name` in a folder of this work tree.
    fn place(&self, folder: &[u8], name: &[u8]) -> Vec<u8> {
        self.layout
            .place(&[self.prefix, folder, name].concat())
            .to_vec()
    }

    fn unreadable(&self, path: &[u8], e: Errno) -> Error {
        let path = [self.prefix, path].concat();
        Error::usage(format!(
            "cannot read {}",
            String::from_utf8_lossy(&path).escape_debug()
        ))
        .caused_by(std::io::Error::from(e))
        .hint("make it readable, or leave it out: `[build] exclude` in app.toml")
    }
}

struct Worker<'a> {
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
    fn new(tree: &'a Tree<'a>, queue: &'a Queue) -> Self {
        let buffer = vec![MaybeUninit::uninit(); 1 << 16];
        Self {
            tree,
            queue,
            buffer,
            findings: Vec::new(),
            tasks: Vec::new(),
        }
    }

    fn run(mut self) -> Result<Vec<Finding>> {
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
                    known.iter().for_each(|gone| self.missing(gone));
                    return Ok(());
                }
                Err(e) => return Err(self.tree.unreadable(&folder.join(name), e)),
            },
        };
        // Some file systems don't tell the kind with the name.
        let stat = stat.filter(|s| FileType::from_raw_mode(s.st_mode) != FileType::Directory);
        match stat {
            Some(stat) => self.file(folder, name, &stat, known),
            None => {
                self.folder(folder, name, known);
                Ok(())
            }
        }
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
        let excluded = excludes.verdict(&matched).filter(|_| excludes.prunes());
        if let Some(rule) = excluded {
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
                && !tree.layout.is_own(&place)
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
