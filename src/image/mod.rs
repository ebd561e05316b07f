//! Names of images and what is in them. Pure.

mod digest;
mod head;
mod platform;
mod reference;
mod version;

pub use digest::Digest;
pub use head::Head;
pub use platform::Platform;
pub use reference::{Reference, Repository};
pub use version::{Dirty, Parts, Version};
