use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::{Error, Result};

/// What an entry of the context holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A folder.
    Folder,
    /// A file with these bytes.
    Bytes(Arc<[u8]>),
    /// A file that is read when the engine asks for it. It must not change during the build.
    Disk {
        /// Where it is; the last component is not followed if it is a link.
        path: PathBuf,
        /// Bytes.
        size: u64,
    },
    /// A symbolic link with this target, which stays a link.
    Link(String),
}

/// A file, folder or link of the context. All belong to root.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Relative, `/` between components.
    pub path: String,
    /// Permissions: the lowest nine bits.
    pub mode: u32,
    /// The engine compares it to tell whether it has the content already.
    pub modified: SystemTime,
    /// What is there.
    pub content: Content,
}

/// Entries in the order that BuildKit's file transfer demands: every folder before what is in it,
/// names within a folder bytewise.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    /// Sorts, adds folders that are missing, refuses what can't be a tree.
    pub(super) fn new(mut entries: Vec<Entry>) -> Result<Self> {
        for entry in &entries {
            check(&entry.path)?;
        }
        entries.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        let mut whole: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut folders: HashSet<String> = HashSet::new();
        for entry in entries {
            for (end, _) in entry.path.match_indices('/') {
                let parent = &entry.path[..end];
                if folders.contains(parent) {
                    continue;
                }
                if whole.last().is_some_and(|last| last.path == parent) {
                    return Err(unusable(&entry.path, "is in something that is no folder"));
                }
                folders.insert(parent.to_owned());
                whole.push(Entry {
                    path: parent.to_owned(),
                    mode: 0o755,
                    modified: entry.modified,
                    content: Content::Folder,
                });
            }
            if whole.last().is_some_and(|last| last.path == entry.path) {
                return Err(unusable(&entry.path, "is there twice"));
            }
            if matches!(entry.content, Content::Folder) {
                folders.insert(entry.path.clone());
            }
            whole.push(entry);
        }
        Ok(Self { entries: whole })
    }

    /// One file.
    pub(super) fn of_file(name: &str, text: &str) -> Self {
        Self {
            entries: vec![Entry {
                path: name.to_owned(),
                mode: 0o644,
                modified: SystemTime::now(),
                content: Content::Bytes(text.as_bytes().into()),
            }],
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

fn check(path: &str) -> Result<()> {
    if path.contains('\0') {
        return Err(unusable(path, "has a NUL in its name"));
    }
    if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Err(unusable(path, "is not a plain relative path"));
    }
    Ok(())
}

fn unusable(path: &str, why: &str) -> Error {
    Error::unexpected(format!(
        "`{}` in the build context {why}",
        path.escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: Content) -> Entry {
        Entry {
            path: path.to_owned(),
            mode: 0o644,
            modified: SystemTime::UNIX_EPOCH,
            content,
        }
    }

    fn file(path: &str) -> Entry {
        entry(path, Content::Bytes(Arc::from([])))
    }

    #[test]
    fn sorts_by_component_and_adds_folders() {
        let tree = Tree::new(vec![
            file("a-b"),
            file("a/c/d"),
            file("a.b"),
            entry("z", Content::Folder),
            file("z/1"),
        ])
        .unwrap();
        let paths: Vec<_> = tree.entries().iter().map(|e| e.path.as_str()).collect();
        assert_eq!(paths, ["a", "a/c", "a/c/d", "a-b", "a.b", "z", "z/1"]);
    }

    #[test]
    fn refuses_what_is_no_tree() {
        for entries in [
            vec![file("../x")],
            vec![file("/x")],
            vec![file("x//y")],
            vec![file("x\0")],
            vec![file("")],
            vec![file("x"), file("x")],
            vec![file("x"), file("x/y")],
            vec![entry("x", Content::Link("y".into())), file("x/y/z")],
        ] {
            let shown = format!("{entries:?}");
            assert!(Tree::new(entries).is_err(), "{shown}");
        }
    }
}
