//! The build plan: what goes into a version, as a value. Pure.

mod content;
mod context;
mod dockerfile;
mod recipe;
pub mod template;

pub use content::ContentKey;
pub use context::{Layout, Placed, PlacedContent, app_files, own_files};
pub use dockerfile::render;
pub use recipe::{Code, CodeSource, Defaults, DependencyStep, PinnedImage, Recipe, local_name};
