//! What git stores differently from the disk: line ends and LFS. Git's own conversions are told
//! from the result; nothing that the repository configures runs.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue, Config, Repository};
use sha2::{Digest as _, Sha256};

use super::index::{Blob, Index};
use super::{beneath, blob};
use crate::context::FileKind;
use crate::{Error, Result};

/// An LFS pointer is at most this long (git-lfs, docs/spec.md).
const LONGEST_POINTER: u64 = 1024;

const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// One repository's conversions.
pub struct Conversion<'a> {
    repository: &'a Repository,
    has_attributes: bool,
    converts_all: bool,
}

impl<'a> Conversion<'a> {
    pub fn new(repository: &'a Repository, index: &Index, config: &Config) -> Self {
        let has_attributes = repository.commondir().join("info/attributes").exists()
            || index.mentions(b".gitattributes")
            || repository
                .workdir()
                .is_some_and(|root| root.join(".gitattributes").exists());
        let autocrlf = config.get_string("core.autocrlf").unwrap_or_default();
        let converts_all = !matches!(
            autocrlf.to_lowercase().as_str(),
            "" | "false" | "no" | "off" | "0"
        );
        Self {
            repository,
            has_attributes,
            converts_all,
        }
    }

    /// Whether git would store the file on disk as `expected`.
    pub fn stores_as(
        &self,
        root: BorrowedFd<'_>,
        path: &[u8],
        kind: &FileKind,
        expected: &Blob,
    ) -> bool {
        if !matches!(kind, FileKind::File { .. }) || !(self.has_attributes || self.converts_all) {
            return false;
        }
        let is_lfs = self.is_lfs(path);
        if !is_lfs && !self.converts_line_ends(path) {
            return false;
        }
        let Some(content) = read(root, path, u64::MAX) else {
            return false;
        };
        let stored = if is_lfs {
            let id = hex::encode(Sha256::digest(&content));
            let size = content.len();
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {size}\n")
                .into_bytes()
        } else {
            with_line_feeds(&content)
        };
        blob::of_bytes(&stored) == *expected
    }

    /// Refuses a file that stands for content that LFS has not fetched.
    pub fn check_pointer(&self, root: BorrowedFd<'_>, path: &[u8], kind: &FileKind) -> Result<()> {
        let FileKind::File { size, .. } = kind else {
            return Ok(());
        };
        let may_be = self.has_attributes
            && (POINTER.len() as u64..=LONGEST_POINTER).contains(size)
            && self.is_lfs(path)
            && read(root, path, LONGEST_POINTER).is_some_and(|text| text.starts_with(POINTER));
        if !may_be {
            return Ok(());
        }
        Err(Error::refused(format!(
            "`{}` is an LFS pointer, not the file itself",
            path.escape_ascii()
        ))
        .hint("fetch the files: `git lfs pull`"))
    }

    fn is_lfs(&self, path: &[u8]) -> bool {
        self.attribute(path, "filter").as_deref() == Some("lfs")
    }

    fn converts_line_ends(&self, path: &[u8]) -> bool {
        match self.attribute(path, "text").as_deref() {
            Some("false") => false,
            Some(_) => true,
            None => self.converts_all || self.attribute(path, "eol").is_some(),
        }
    }

    fn attribute(&self, path: &[u8], name: &str) -> Option<String> {
        let path = Path::new(OsStr::from_bytes(path));
        let flags = AttrCheckFlags::FILE_THEN_INDEX | AttrCheckFlags::NO_SYSTEM;
        let value = self.repository.get_attr_bytes(path, name, flags).ok()?;
        match AttrValue::from_bytes(value) {
            AttrValue::True => Some("true".to_owned()),
            AttrValue::False => Some("false".to_owned()),
            AttrValue::Bytes(value) => Some(String::from_utf8_lossy(value).into_owned()),
            AttrValue::String(value) => Some(value.to_owned()),
            AttrValue::Unspecified => None,
        }
    }
}

fn read(root: BorrowedFd<'_>, path: &[u8], most: u64) -> Option<Vec<u8>> {
    let file = beneath::open_file(root, Path::new(OsStr::from_bytes(path))).ok()?;
    let mut content = Vec::new();
    File::from(file).take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

fn with_line_feeds(content: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(content.len());
    for (at, &byte) in content.iter().enumerate() {
        if byte != b'\r' || content.get(at + 1) != Some(&b'\n') {
            stored.push(byte);
        }
    }
    stored
}
