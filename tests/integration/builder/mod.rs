//! Builds and images in a real Docker Engine.

mod bench;
mod builds;
mod context;
mod failures;
mod images;
mod logins;
mod unwell;
