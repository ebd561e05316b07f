//! Git's index, read as it lies in the file: 50,000 entries take a few milliseconds.
//! Format: gitformat-index(5).

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use crate::{Error, Result};

/// Git's object id, SHA-1.
pub type Blob = [u8; 20];

/// A time as a file system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub seconds: i64,
    pub nanos: u32,
}

/// What the index remembers of a file on disk.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    path: (u32, u32),
    pub changed: Stamp,
    pub modified: Stamp,
    pub inode: u32,
    pub mode: u32,
    pub size: u32,
    pub blob: Blob,
    /// In a merge that isn't finished, one path has up to three entries.
    pub is_conflict: bool,
    /// A sparse checkout leaves it out of the work tree.
    pub is_skipped: bool,
}

/// What the index has under one name in a folder.
#[derive(Clone)]
pub enum Child {
    Entry(usize),
    Folder(Range<usize>),
}

pub const REGULAR: u32 = 0o100_644;
pub const EXECUTABLE: u32 = 0o100_755;
pub const LINK: u32 = 0o120_000;
pub const SUBMODULE: u32 = 0o160_000;

/// All entries, sorted bytewise by path.
#[derive(Default)]
pub struct Index {
    paths: Vec<u8>,
    pub entries: Vec<Entry>,
    /// Trees that git knows to equal the index, by folder (`""` is the root).
    trees: HashMap<Vec<u8>, Blob>,
    /// When the file was written: files modified since then may differ unnoticed.
    pub written: Stamp,
}

impl Index {
    /// Reads the file; no file is an empty index.
    pub fn read(path: &Path) -> Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let unreadable =
            |e| Error::unexpected(format!("cannot read {}", path.display())).caused_by(e);
        let bytes = match std::fs::read(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            bytes => bytes.map_err(unreadable)?,
        };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        let written = Stamp {
            seconds: metadata.mtime(),
            nanos: u32::try_from(metadata.mtime_nsec()).unwrap_or(0),
        };
        Self::parse(&bytes, written).map_err(|unfit| match unfit {
            Unfit::Damaged => Error::unexpected(format!("{} is damaged", path.display()))
                .hint("`git fsck` may say more; `git reset` writes it anew"),
            Unfit::Extension(b"link") => Error::usage("the repository uses a split index")
                .hint("write it as one file: `git update-index --no-split-index`"),
            Unfit::Extension(_) => Error::usage("the repository uses a sparse index")
                .hint("check everything out: `git sparse-checkout disable`"),
            Unfit::Version(version) => {
                Error::usage(format!("the repository's index has version {version}"))
                    .hint("write it as version 4: `git update-index --index-version 4`")
            }
        })
    }

    /// The entry's path from the work tree's root.
    pub fn path(&self, entry: &Entry) -> &[u8] {
        &self.paths[entry.path.0 as usize..entry.path.1 as usize]
    }

    /// The entries below `folder` (`a/b/`, or empty for all).
    pub fn below(&self, folder: &[u8], within: Range<usize>) -> Range<usize> {
        let entries = &self.entries[within.clone()];
        let start = entries.partition_point(|e| self.path(e) < folder);
        let length = entries[start..].partition_point(|e| self.path(e).starts_with(folder));
        within.start + start..within.start + start + length
    }

    /// What lies directly in `folder`, which `entries` are below, sorted by name.
    pub fn children(&self, folder: &[u8], entries: Range<usize>) -> Vec<(&[u8], Child)> {
        let mut children = Vec::with_capacity(entries.len().min(256));
        let mut at = entries.start;
        while at < entries.end {
            let path = self.path(&self.entries[at]);
            let rest = &path[folder.len()..];
            if let Some(slash) = rest.iter().position(|&b| b == b'/') {
                let below = self.below(&path[..=folder.len() + slash], at..entries.end);
                at = below.end;
                children.push((&rest[..slash], Child::Folder(below)));
            } else {
                children.push((rest, Child::Entry(at)));
                at += 1;
            }
        }
        children.sort_by_key(|(name, _)| *name);
        children
    }

    /// The entries for `path` itself.
    pub fn at(&self, path: &[u8]) -> Range<usize> {
        let start = self.entries.partition_point(|e| self.path(e) < path);
        let length = self.entries[start..].partition_point(|e| self.path(e) == path);
        start..start + length
    }

    /// Whether any path ends with `name`.
    pub fn mentions(&self, name: &[u8]) -> bool {
        let mut paths = self.entries.iter().map(|entry| self.path(entry));
        paths.any(|path| path.ends_with(name))
    }

    /// The tree that the entries below `folder` would be written as, where git has noted it.
    pub fn tree(&self, folder: &[u8]) -> Option<&Blob> {
        self.trees.get(folder)
    }

    fn parse(bytes: &[u8], written: Stamp) -> Result<Self, Unfit> {
        let end = bytes.len().checked_sub(20).ok_or(Unfit::Damaged)?;
        let mut reader = Reader {
            bytes: &bytes[..end],
            at: 0,
        };
        if reader.take(4)? != b"DIRC" {
            return Err(Unfit::Damaged);
        }
        let version = reader.u32()?;
        if !(2..=4).contains(&version) {
            return Err(Unfit::Version(version));
        }
        let count = reader.u32()? as usize;
        let mut index = Self {
            written,
            ..Self::default()
        };
        index.entries.reserve(count.min(bytes.len() / 62));
        index.paths.reserve(bytes.len() / 2);
        for _ in 0..count {
            index.push(&mut reader, version)?;
        }
        while reader.at + 8 <= end {
            let signature: [u8; 4] = reader.take(4)?.try_into().expect("4 bytes");
            let length = reader.u32()? as usize;
            let data = reader.take(length)?;
            match &signature {
                b"TREE" => index.read_trees(data)?,
                b"link" => return Err(Unfit::Extension(b"link")),
                [b'A'..=b'Z', ..] => {}
                _ => return Err(Unfit::Extension(b"sdir")),
            }
        }
        Ok(index)
    }

    fn push(&mut self, reader: &mut Reader<'_>, version: u32) -> Result<(), Unfit> {
        let start = reader.at;
        let changed = reader.stamp()?;
        let modified = reader.stamp()?;
        reader.u32()?;
        let inode = reader.u32()?;
        let mode = reader.u32()?;
        reader.take(8)?;
        let size = reader.u32()?;
        let blob = reader.take(20)?.try_into().expect("20 bytes");
        let flags = reader.u16()?;
        let extended = if flags & 0x4000 != 0 {
            reader.u16()?
        } else {
            0
        };
        let from = self.paths.len();
        if version == 4 {
            let dropped = reader.varint()?;
            let previous = self.entries.last().map_or((0, 0), |last| last.path);
            let kept = (previous.1 - previous.0) as usize;
            let kept = kept.checked_sub(dropped).ok_or(Unfit::Damaged)?;
            self.paths
                .extend_from_within(previous.0 as usize..previous.0 as usize + kept);
            self.paths.extend_from_slice(reader.until_nul()?);
        } else {
            self.paths.extend_from_slice(reader.until_nul()?);
            // Entries are padded with 1 to 8 NULs to a multiple of eight.
            let length = reader.at - start;
            reader.take(length.next_multiple_of(8) - length)?;
        }
        let narrow = |at: usize| u32::try_from(at).map_err(|_| Unfit::Damaged);
        self.entries.push(Entry {
            path: (narrow(from)?, narrow(self.paths.len())?),
            changed,
            modified,
            inode,
            mode,
            size,
            blob,
            is_conflict: flags & 0x3000 != 0,
            is_skipped: extended & 0x4000 != 0,
        });
        Ok(())
    }

    /// The cache tree: `name\0<entries> <subtrees>\n<id>`, depth first; no id where it's invalid.
    fn read_trees(&mut self, data: &[u8]) -> Result<(), Unfit> {
        let mut reader = Reader { bytes: data, at: 0 };
        let mut open: Vec<(Vec<u8>, usize)> = Vec::new();
        while reader.at < data.len() {
            let mut folder = match open.last_mut() {
                Some((parent, left)) => {
                    *left = left.checked_sub(1).ok_or(Unfit::Damaged)?;
                    parent.clone()
                }
                None => Vec::new(),
            };
            let name = reader.until_nul()?;
            folder.extend_from_slice(name);
            if !name.is_empty() {
                folder.push(b'/');
            }
            let entries = reader.number(b' ')?;
            let subtrees = reader.number(b'\n')?;
            if entries >= 0 {
                let tree = reader.take(20)?.try_into().expect("20 bytes");
                self.trees.insert(folder.clone(), tree);
            }
            open.push((
                folder,
                usize::try_from(subtrees).map_err(|_| Unfit::Damaged)?,
            ));
            while open.last().is_some_and(|(_, left)| *left == 0) {
                open.pop();
            }
        }
        Ok(())
    }
}

enum Unfit {
    Damaged,
    Version(u32),
    Extension(&'static [u8; 4]),
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Unfit> {
        let end = self.at.checked_add(length).ok_or(Unfit::Damaged)?;
        let taken = self.bytes.get(self.at..end).ok_or(Unfit::Damaged)?;
        self.at = end;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, Unfit> {
        Ok(u16::from_be_bytes(
            self.take(2)?.try_into().expect("2 bytes"),
        ))
    }

    fn u32(&mut self) -> Result<u32, Unfit> {
        Ok(u32::from_be_bytes(
            self.take(4)?.try_into().expect("4 bytes"),
        ))
    }

    fn stamp(&mut self) -> Result<Stamp, Unfit> {
        Ok(Stamp {
            seconds: self.u32()?.into(),
            nanos: self.u32()?,
        })
    }

    fn until_nul(&mut self) -> Result<&'a [u8], Unfit> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == 0).ok_or(Unfit::Damaged)?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    fn number(&mut self, end: u8) -> Result<i64, Unfit> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == end).ok_or(Unfit::Damaged)?;
        self.at += length + 1;
        let text = std::str::from_utf8(&rest[..length]).map_err(|_| Unfit::Damaged)?;
        text.parse().map_err(|_| Unfit::Damaged)
    }

    /// The offset encoding of pack files.
    fn varint(&mut self) -> Result<usize, Unfit> {
        let mut byte = self.take(1)?[0];
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            value = value
                .checked_add(1)
                .and_then(|value| value.checked_mul(128))
                .ok_or(Unfit::Damaged)?
                + usize::from(byte & 0x7f);
        }
        Ok(value)
    }
}
