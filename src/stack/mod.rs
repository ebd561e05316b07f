//! Which stack a repository is written in, told from its files by the `[[detect]]` entries of base
//! images, and the `app.toml` that follows. Pure: files are read through a function that is passed in.

mod files;
mod glob;
mod label;
mod matching;
mod placeholders;
mod port;
mod procfile;
mod proposal;
mod propose;
mod text;
mod toml_text;

pub use files::{Files, LARGEST_FILE};
pub use label::{is_label, label};
pub use proposal::Proposal;
pub use propose::{propose, propose_base};
pub use text::app_toml;
