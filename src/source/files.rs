use std::path::PathBuf;

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

/// One file of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Where it is in the image's `/app`: relative, `/` between components, UTF-8.
    pub path: String,
    /// Where it is on disk.
    pub origin: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// Git's object id of the content (`blob <size>\0` and the bytes, SHA-1).
    pub blob: [u8; 20],
}

/// Why a file was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `.gitignore`, `.dockerignore`, `app.toml` (`[build] exclude`), or `paas` for its own.
    pub origin: String,
    /// One-based line, where it has one.
    pub line: Option<usize>,
    /// The pattern.
    pub pattern: String,
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
    /// Only filled when asked for.
    pub left_out: Vec<LeftOut>,
    /// Paths in scope (`app.toml` included, `app.lock` not) that differ from the commit, sorted.
    pub changed: Vec<String>,
}
