//! `paas base`: what the images that builds start from are made of, and where they are.

mod bootstrap;
mod build;
mod image;
mod root;

pub use build::{Built, Forced, build};
pub use image::{BaseImage, repository};

use crate::Error;
use crate::base::Definition;

/// No base has this name.
pub(super) fn unknown(name: &str) -> Error {
    let known = Definition::embedded_all();
    let nearest = known
        .iter()
        .map(|base| (strsim::damerau_levenshtein(&base.name, name), &base.name))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    let error = Error::usage(format!("there is no base `{}`", name.escape_debug()));
    match nearest {
        Some((_, near)) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(
            "`paas base list` shows all; a team's own is built from its folder or found in the registry",
        ),
    }
}
