//! The work tree against the index, folder by folder on a few threads. A file whose stat data
//! git already knows is not read.

use std::ops::Range;
use std::os::fd::BorrowedFd;

use rustix::io::Errno;

use super::excludes::Excludes;
use super::gitignore::Ignores;
use super::index::{Blob, Index};
use super::layout::Layout;
use super::queue::{Queue, Task};
use super::visit::Worker;
use crate::context::{FileKind, Rule};
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

impl Tree<'_> {
    /// The place in the context of `name` in a folder of this work tree.
    pub fn place(&self, folder: &[u8], name: &[u8]) -> Vec<u8> {
        self.layout
            .place(&[self.prefix, folder, name].concat())
            .to_vec()
    }

    pub fn unreadable(&self, path: &[u8], e: Errno) -> Error {
        let path = [self.prefix, path].concat();
        Error::usage(format!(
            "cannot read {}",
            String::from_utf8_lossy(&path).escape_debug()
        ))
        .caused_by(std::io::Error::from(e))
        .hint("make it readable, or leave it out: `[build] exclude` in app.toml")
    }
}
