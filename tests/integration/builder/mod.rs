//! Builds and images in a real Docker Engine.

mod bench;
mod builds;
