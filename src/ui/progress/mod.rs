//! Progress of an operation on stderr: a live tree, plain lines, JSON lines, or only warnings.

mod json;
mod plain;
mod quiet;
mod steps;
mod tree;
mod tty;

use std::io::Write;
use std::sync::Arc;

use jiff::Zoned;

pub use json::JsonLines;
pub use plain::PlainLines;
pub use quiet::WarningsOnly;
pub use tty::LiveTree;

use crate::report::Reporter;

/// Where lines go: stderr, or a buffer in tests.
type Sink = Box<dyn Write + Send>;

/// The wall clock; a constant in tests.
type Clock = Box<dyn Fn() -> Zoned + Send + Sync>;

/// A reporter that people or programs watch.
pub trait Display: Reporter {
    /// Draws the last state and leaves the terminal to others. Later events are dropped.
    fn finish(&self);
}

/// The display of one operation. Dropping it finishes the display, even while tasks that are being
/// cancelled still hold the reporter.
pub struct Progress(Arc<dyn Display>);

impl Progress {
    /// Progress shown by `display`.
    pub fn new(display: impl Display + 'static) -> Self {
        Self(Arc::new(display))
    }

    /// What operations report to.
    pub fn reporter(&self) -> Arc<dyn Reporter> {
        self.0.clone()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish();
    }
}
