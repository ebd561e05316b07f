//! `paas base`: what the images that builds start from are made of, and where they are.

mod bootstrap;
mod build;
mod image;
mod list;
mod pinned;
mod push;
mod root;
mod update;

pub use build::{Built, Forced, build};
pub use image::{BaseImage, repository};
pub use list::{BaseRow, list};
pub use push::{Pushed, push};
pub use update::{Move, Update, update};

use crate::Error;
use crate::base::Definition;

/// The base that a name was probably meant to be, where it is none that paas comes with.
pub fn nearest(name: &str) -> Option<String> {
    let known = Definition::embedded_all();
    if known.iter().any(|base| base.name == name) {
        return None;
    }
    let distances = known
        .into_iter()
        .map(|base| (strsim::damerau_levenshtein(&base.name, name), base.name));
    let near = distances.filter(|(distance, _)| *distance <= 2).min();
    near.map(|(_, name)| name)
}

/// The error for a name that no base has.
pub fn unknown(name: &str) -> Error {
    let error = Error::usage(format!("there is no base `{}`", name.escape_debug()));
    match nearest(name) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(
            "`paas base list` shows all; a team's own is built from its folder or found in the registry",
        ),
    }
}
