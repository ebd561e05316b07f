//! Builds and images in a real Docker Engine.

pub mod bench;
mod builds;
mod context;
mod failures;
mod images;
mod logins;
mod unwell;
