//! Destructive work asks for the app's name.

use std::path::Path;

use super::Session;
use crate::Result;
use crate::ops::deploy::Selected;

/// The name that was given by `--confirm`, or that a person types where there is a `reason` to ask. The
/// operation judges it: nothing is asked where nobody can answer.
pub fn confirmed(
    session: &Session,
    folder: &Path,
    environment: Option<&str>,
    given: Option<String>,
    reason: impl FnOnce(&Selected) -> Option<String>,
) -> Result<Option<String>> {
    let prompt = session.ui.prompt(false);
    if given.is_some() || !prompt.is_interactive() {
        return Ok(given);
    }
    let selected = Selected::load(folder, environment)?;
    let Some(reason) = reason(&selected) else {
        return Ok(None);
    };
    session.ui.warning(&reason);
    let name = &selected.app.name;
    prompt.typed(&format!("Type {name} to go on")).map(Some)
}
