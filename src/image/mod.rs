//! Names of images and what is in them. Pure.

mod digest;
mod reference;
mod version;

pub use digest::Digest;
pub use reference::{Reference, Repository};
pub use version::Version;
