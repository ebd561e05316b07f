//! What a version's content is made of: the files of an app, whether they differ from the commit, and
//! what was left out. Pure; `source` fills it.

use std::fmt;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::image::{Digest, Dirty};

/// What a context entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File {
        /// Git's x bit.
        executable: bool,
        /// Bytes.
        size: u64,
    },
    /// A symbolic link, kept as one; its target stays inside the context.
    Symlink {
        /// As stored.
        target: PathBuf,
    },
}

impl FileKind {
    /// Whether it is a file with the x bit.
    pub fn is_executable(&self) -> bool {
        matches!(
            self,
            Self::File {
                executable: true,
                ..
            }
        )
    }

    /// Bytes; of a link, those of its target.
    pub fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Symlink { target } => target.as_os_str().len() as u64,
        }
    }
}

/// One file of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Where it is in the image's `/app`: relative, `/` between components, UTF-8.
    pub path: String,
    /// Where it is on disk. To read it, use [`crate::source::Source::open_content`].
    pub origin: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// Git's object id of the content (`blob <size>\0` and the bytes, SHA-1).
    pub blob: [u8; 20],
}

/// Why a file was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A file from the repository's root (`.gitignore`, `api/.gitignore`, `.dockerignore`), a
    /// user's own ignore file, `app.toml` (`[build] exclude`), or `paas` for its own.
    pub origin: String,
    /// One-based line, where it has one.
    pub line: Option<usize>,
    /// The pattern; for `paas`, the reason.
    pub pattern: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.origin, self.pattern),
            None => write!(f, "{}: {}", self.origin, self.pattern),
        }
    }
}

impl Rule {
    pub(crate) fn own(reason: &str) -> Self {
        Self {
            origin: "paas".to_owned(),
            line: None,
            pattern: reason.to_owned(),
        }
    }
}

/// A file or whole folder left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// As in `ContextFile`; a folder ends with `/`.
    pub path: String,
    /// The rule that did it.
    pub rule: Rule,
}

/// An app's content: what is in, sorted by path, and whether it differs from the commit.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Sorted bytewise by path.
    pub files: Vec<ContextFile>,
    /// Only filled when asked for; sorted.
    pub left_out: Vec<LeftOut>,
    /// Paths in scope (`app.toml` included, `app.lock` not) that differ from the commit, sorted.
    pub changed: Vec<String>,
    /// The content of `app.toml`, which is not among the files.
    pub(crate) config: Option<[u8; 20]>,
}

impl Listing {
    /// The content as one value: paths, kinds, x bits and bytes of all files.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        for file in &self.files {
            // No path or target contains a NUL.
            match &file.kind {
                FileKind::File {
                    executable: false, ..
                } => hash.update(b"f"),
                FileKind::File {
                    executable: true, ..
                } => hash.update(b"x"),
                FileKind::Symlink { .. } => hash.update(b"l"),
            }
            hash.update(file.path.as_bytes());
            hash.update(b"\0");
            // A link's blob is its target.
            hash.update(file.blob);
        }
        Digest::from_sha256(&hash.finalize().into())
    }

    /// What to add to the version where the content differs from the commit.
    pub fn dirty(&self) -> Option<Dirty> {
        if self.changed.is_empty() {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(self.digest().as_str());
        hash.update(self.config.unwrap_or_default());
        Some(Dirty::of(&Digest::from_sha256(&hash.finalize().into())))
    }
}
