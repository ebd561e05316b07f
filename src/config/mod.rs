//! `app.toml` and `app.lock`: schema, validation, and errors that point at the place. Pure but for
//! reading the two files.

mod app;
mod lock;

pub use app::*;
pub use lock::{LOCK_FILE, Lock, PinnedBase};

/// The file's name, in the app's folder.
pub const APP_FILE: &str = "app.toml";
