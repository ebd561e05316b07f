//! The one error type: a kind (which sets the exit code), a chain of causes, and hints.

use std::error::Error as StdError;
use std::fmt;

/// What an operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something failed, as far as the caller's next step is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A defect, or something nobody foresaw.
    Unexpected,
    /// Wrong arguments or configuration.
    Usage,
    /// Policy, conflict, missing confirmation, dirty tree, stale lock file.
    Refused,
    /// Engine, registry or network: trying again may help.
    Unavailable,
    /// A script of the app failed in its build, or its packages can't be installed.
    BuildFailed,
    /// The deployment failed; the old release serves.
    DeployFailed,
    /// Another operation holds the lease.
    Busy,
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// A command that the user ran elsewhere ended with this status, not 0.
    Exited(u8),
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Unexpected => 1,
            Kind::Usage => 2,
            Kind::Refused => 3,
            Kind::Unavailable => 4,
            Kind::BuildFailed => 5,
            Kind::DeployFailed => 6,
            Kind::Busy => 7,
            Kind::Interrupted => 130,
            Kind::Exited(status) => status,
        }
    }
}

/// What failed, why, and what to do. Rendered in one place, `ui::error`.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    detail: Option<Box<str>>,
    log: Option<Box<str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hints: Vec<String>,
}

impl Error {
    /// An error of `kind`; `message` starts in lower case and has no full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            detail: None,
            log: None,
            source: None,
            hints: Vec::new(),
        }
    }

    /// Wrong arguments or configuration (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Policy or conflict (exit 3).
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// Something outside failed (exit 4).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// A defect or something unforeseen (exit 1).
    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::new(Kind::Unexpected, message)
    }

    /// Adds what caused it; its own chain of sources is shown too.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds something the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a block shown as it is below the message: a source excerpt, a list of files.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into_boxed_str());
        self
    }

    /// Adds the last lines that a failed step wrote; shown where the progress did not show them.
    #[must_use]
    pub fn log(mut self, lines: impl Into<String>) -> Self {
        self.log = Some(lines.into().into_boxed_str());
        self
    }

    /// Why it failed.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first line, without causes, detail and hints.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The block to show below the message.
    pub fn detail_text(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The last lines that a failed step wrote.
    pub fn log_text(&self) -> Option<&str> {
        self.log.as_deref()
    }

    /// What the user can do.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
