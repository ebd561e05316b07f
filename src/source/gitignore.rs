//! gitignore(5), asked only about files that git doesn't track.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Read as _;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::beneath;
use super::glob::{Dialect, Glob};
use crate::context::Rule;

/// The ignore rules of one repository. Each folder's file is read when it is first needed.
pub struct Ignores<'a> {
    root: BorrowedFd<'a>,
    /// Before the names of `.gitignore` files in rules: where the repository is, for a submodule.
    prefix: String,
    /// `info/exclude`, then the user's own; the first with an answer decides.
    common: Vec<Patterns>,
    folders: Mutex<HashMap<Vec<u8>, Arc<Folder>>>,
}

struct Folder {
    parent: Option<Arc<Folder>>,
    /// With a `/` at the end; empty for the root.
    path: Vec<u8>,
    patterns: Patterns,
    ignored: Option<Rule>,
}

impl<'a> Ignores<'a> {
    /// `common` are the files beside `.gitignore`, the stronger first, with the name to show.
    pub fn new(root: BorrowedFd<'a>, prefix: &str, common: &[(String, &Path)]) -> Self {
        let common = common
            .iter()
            .map(|(name, path)| Patterns::parse(&std::fs::read(path).unwrap_or_default(), name))
            .collect();
        Self {
            root,
            prefix: prefix.to_owned(),
            common,
            folders: Mutex::default(),
        }
    }

    /// The rule by which git ignores `name` in `folder` (`""` or `a/b/`).
    pub fn rule(&self, folder: &[u8], name: &[u8], is_folder: bool) -> Option<Rule> {
        self.check(&self.folder(folder), name, is_folder)
    }

    fn check(&self, folder: &Folder, name: &[u8], is_folder: bool) -> Option<Rule> {
        if folder.ignored.is_some() {
            return folder.ignored.clone();
        }
        let path = [&folder.path, name].concat();
        let mut ancestor = Some(folder);
        while let Some(at) = ancestor {
            if let Some(found) = at.patterns.last_match(&path[at.path.len()..], is_folder) {
                return at.patterns.rule(found);
            }
            ancestor = at.parent.as_deref();
        }
        for patterns in &self.common {
            if let Some(found) = patterns.last_match(&path, is_folder) {
                return patterns.rule(found);
            }
        }
        None
    }

    fn folder(&self, path: &[u8]) -> Arc<Folder> {
        let known = |folders: &HashMap<_, Arc<Folder>>| folders.get(path).cloned();
        if let Some(folder) = known(&self.folders.lock().unwrap_or_else(PoisonError::into_inner)) {
            return folder;
        }
        let parent = path.strip_suffix(b"/").map(|path| {
            let start = path
                .iter()
                .rposition(|&b| b == b'/')
                .map_or(0, |slash| slash + 1);
            let parent = self.folder(&path[..start]);
            let ignored = self.check(&parent, &path[start..], true);
            (parent, ignored)
        });
        let (parent, ignored) = parent.map_or((None, None), |(folder, rule)| (Some(folder), rule));
        let patterns = if ignored.is_some() {
            Patterns::default()
        } else {
            self.read(path)
        };
        let folder = Arc::new(Folder {
            parent,
            path: path.to_vec(),
            patterns,
            ignored,
        });
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.insert(path.to_vec(), Arc::clone(&folder));
        folder
    }

    /// A `.gitignore` that is a link, or isn't there, says nothing (as git has it).
    fn read(&self, folder: &[u8]) -> Patterns {
        let path = [folder, b".gitignore"].concat();
        let mut text = Vec::new();
        if let Ok(file) = beneath::open_file(self.root.as_fd(), Path::new(OsStr::from_bytes(&path)))
            && std::fs::File::from(file).read_to_end(&mut text).is_ok()
        {
            let name = format!("{}{}", self.prefix, String::from_utf8_lossy(&path));
            return Patterns::parse(&text, &name);
        }
        Patterns::default()
    }
}

#[derive(Default)]
struct Patterns {
    origin: String,
    patterns: Vec<Pattern>,
}

struct Pattern {
    glob: Glob,
    /// As written.
    text: String,
    line: usize,
    negated: bool,
    folders_only: bool,
    /// Matched against the path from the file's folder, not the name alone.
    anchored: bool,
}

impl Patterns {
    fn parse(text: &[u8], origin: &str) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let lines = text.split(|&b| b == b'\n').enumerate();
        let patterns = lines
            .filter_map(|(line, text)| Pattern::parse(text, line + 1))
            .collect();
        Self {
            origin: origin.to_owned(),
            patterns,
        }
    }

    fn last_match(&self, path: &[u8], is_folder: bool) -> Option<&Pattern> {
        let name = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
        self.patterns.iter().rev().find(|pattern| {
            let subject = if pattern.anchored { path } else { name };
            (is_folder || !pattern.folders_only) && pattern.glob.matches(subject)
        })
    }

    fn rule(&self, found: &Pattern) -> Option<Rule> {
        (!found.negated).then(|| Rule {
            origin: self.origin.clone(),
            line: Some(found.line),
            pattern: found.text.clone(),
        })
    }
}

impl Pattern {
    fn parse(line: &[u8], number: usize) -> Option<Self> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = without_trailing_spaces(line);
        if line.is_empty() || line.starts_with(b"#") {
            return None;
        }
        let text = String::from_utf8_lossy(line).into_owned();
        let negated = line.starts_with(b"!");
        let mut rest = line.strip_prefix(b"!").unwrap_or(line);
        let folders_only = rest.ends_with(b"/");
        rest = rest.strip_suffix(b"/").unwrap_or(rest);
        let anchored = rest.contains(&b'/');
        rest = rest.strip_prefix(b"/").unwrap_or(rest);
        let glob = Glob::new(rest, Dialect::Git)?;
        Some(Self {
            glob,
            text,
            line: number,
            negated,
            folders_only,
            anchored,
        })
    }
}

/// Spaces at the end don't count, unless the last is written `\ `.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut at = 0;
    while at < line.len() {
        if line[at] == b'\\' {
            at += 1;
            end = (at + 1).min(line.len());
        } else if line[at] != b' ' {
            end = at + 1;
        }
        at += 1;
    }
    &line[..end]
}
