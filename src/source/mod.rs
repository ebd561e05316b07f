//! The git repository: its state, and the files that make up an app's content. The only user of
//! `git2`; reads only, and runs nothing that the repository configures.

mod files;
mod state;

pub use files::{ContextFile, FileKind, LeftOut, Listing, Rule};
pub use state::{Head, Source};
