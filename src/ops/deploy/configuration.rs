//! A version that is deployed by its name brings its own `app.toml` along: ports, processes and volumes
//! belong to the code.

use std::path::Path;
use std::sync::Arc;

use super::Selected;
use crate::config::{self, APP_FILE, App};
use crate::image::Version;
use crate::ops::blocking::blocking;
use crate::report::{Event, Reporter};
use crate::source::Source;
use crate::{Error, Result};

/// `selected` as `app.toml` at the version's commit has it. Where it is deployed, and what protects that
/// place, is still today's. Where the commit can't tell, today's file counts, and the user is told.
pub(super) async fn of_version(
    selected: Selected,
    version: &str,
    reporter: &Arc<dyn Reporter>,
) -> Result<Selected> {
    let (asked, text) = (selected.clone(), version.to_owned());
    let found = blocking(move || at_commit(&asked, &text)).await?;
    match found {
        Ok(then) => {
            if then.app != selected.app {
                let commit = then.commit.as_deref().unwrap_or_default();
                reporter.report(Event::Note(format!(
                    "{APP_FILE} of {} counts, as it was with this version, not today's",
                    commit.get(..8).unwrap_or(commit)
                )));
            }
            Ok(then)
        }
        Err(reason) => {
            reporter.report(Event::Warning(format!(
                "today's {APP_FILE} counts for {version}: {reason}"
            )));
            Ok(selected)
        }
    }
}

/// The second error says why the commit can't tell.
fn at_commit(selected: &Selected, version: &str) -> Result<Result<Selected, String>> {
    let Some(parts) = Version::parse(version) else {
        return Err(
            Error::usage(format!("`{version}` is not a version")).hint("`paas images` lists them")
        );
    };
    if parts.dirty.is_some() {
        return Ok(Err("no commit holds what it was built from".to_owned()));
    }
    let source = Source::discover(&selected.folder)?;
    let Some(commit) = source.commit_named(parts.commit)? else {
        return Ok(Err(format!("{} is not in this repository", parts.commit)));
    };
    let path = source.folder.join(APP_FILE);
    let Some(text) = source.text_at(&commit, &path)? else {
        return Ok(Err(format!("{} has none here", parts.commit)));
    };
    let display = format!("{} at {}", path.display(), parts.commit);
    let app = match config::parse(&text, &display) {
        Ok(loaded) => loaded.app,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if (&app.group, &app.name) != (&selected.app.group, &selected.app.name) {
        return Ok(Err(format!("{} has another app there", parts.commit)));
    }
    Ok(Ok(then(selected, app, commit)))
}

fn then(selected: &Selected, app: App, commit: String) -> Selected {
    let today = &selected.environment;
    let mut environment = app
        .environments
        .get(&selected.target.environment)
        .unwrap_or(today)
        .clone();
    environment.cluster.clone_from(&today.cluster);
    environment.protected = today.protected;
    environment.keep_releases = today.keep_releases;
    Selected {
        app,
        environment,
        commit: Some(commit),
        ..selected.clone()
    }
}

/// The text of a script's file, as it was at the commit that `selected` is of.
pub(super) fn text_of(selected: &Selected, path: &str) -> Result<String> {
    let Some(commit) = &selected.commit else {
        return std::fs::read_to_string(selected.folder.join(path))
            .map_err(|error| Error::usage(format!("cannot read {path}")).caused_by(error));
    };
    let source = Source::discover(&selected.folder)?;
    let text = source.text_at(commit, &source.folder.join(Path::new(path)))?;
    text.ok_or_else(|| Error::usage(format!("{path} does not exist at {commit}")))
}
