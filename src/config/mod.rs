//! `app.toml` and `app.lock`: schema, validation, and errors that point at the place. Pure but for
//! reading the two files.

mod app;
mod excerpt;
mod file;
mod lock;
mod parse;
mod place;
mod problem;
mod reference;
mod registry_host;
mod schema;
mod spec;
mod values;

pub use app::*;
pub use lock::{Change, LOCK_FILE, Lock, PinnedBase, changes};
pub use parse::{Loaded, load, parse};
pub use place::{place_of, place_of_key};
pub(crate) use problem::toml_error;
pub use reference::reference;
pub use registry_host::registry_host;
pub use schema::schema;

/// The file's name, in the app's folder.
pub const APP_FILE: &str = "app.toml";
