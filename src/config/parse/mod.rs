//! From the text of `app.toml` to an [`App`], with every error of the file at once.

#[cfg(test)]
mod abuse;
mod app;
#[cfg(test)]
mod corpus;
mod environments;
mod nearest;
mod reader;
mod syntax;
mod value;

use std::path::Path;

use toml::de::DeTable;

use self::reader::Reader;
use super::problem::Problems;
use super::{APP_FILE, App, User, file};
use crate::{Error, Result};

/// A valid `app.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub app: App,
    /// What is valid but worth knowing, in a sentence each.
    pub notes: Vec<String>,
}

/// Reads the `app.toml` at `path`: a regular file of at most 1 MiB. Errors name the path as given.
pub fn load(path: &Path) -> Result<Loaded> {
    let display = path.display().to_string().escape_debug().to_string();
    let text = file::read(path, &display)?.ok_or_else(|| {
        Error::usage(format!("{display} does not exist"))
            .hint(format!("`paas init` writes an {APP_FILE}"))
    })?;
    parse(&text, &display)
}

/// Reads the text of an `app.toml`; `display` is its path in messages.
pub fn parse(text: &str, display: &str) -> Result<Loaded> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let problems = Problems::default();
    if syntax::report(text, &errors, &problems) == syntax::Tree::Unreliable {
        return Err(problems.into_error(display, text));
    }
    let reader = Reader::new(&document, text, &problems);
    match app::read(reader) {
        Some(app) if problems.is_empty() => Ok(Loaded {
            notes: notes(&app),
            app,
        }),
        _ => Err(problems.into_error(display, text)),
    }
}

fn notes(app: &App) -> Vec<String> {
    let mut notes = Vec::new();
    if app.start.user == User::ROOT {
        notes.push("the processes run as root (`user = \"root\"` in [start])".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{BaseName, Build, ScriptSource};

    #[test]
    fn reads_the_example_of_the_design() {
        let text = include_str!("../../../tests/config/valid/design.toml");
        insta::assert_debug_snapshot!(parse(text, "app.toml").unwrap());
    }

    /// The reader asserts that it reads every key that is described.
    #[test]
    fn reads_every_key() {
        let text = include_str!("../../../tests/config/valid/everything.toml");
        insta::assert_debug_snapshot!(parse(text, "app.toml").unwrap());
    }

    #[test]
    fn the_smallest_file_has_defaults() {
        let text = include_str!("../../../tests/config/valid/smallest.toml");
        let app = parse(text, "app.toml").unwrap().app;
        let Build {
            base,
            script,
            dependencies,
            cache,
            output,
            ..
        } = app.build;
        assert_eq!(base, BaseName::Named("python".to_owned()));
        assert_eq!(
            (script, dependencies, cache, output),
            (None, None, None, None)
        );
        assert_eq!((app.start.port.get(), app.start.user), (8080, User::APP));
        assert_eq!(app.start.stop_timeout, Duration::from_secs(30));
        assert_eq!(
            (app.start.script, app.health, app.autoscale),
            (None, None, None)
        );
    }

    #[test]
    fn root_is_worth_a_note() {
        let text = "name = 'a'\n[build]\nbase = 'a'\n[start]\nuser = 'root'\n";
        let loaded = parse(text, "app.toml").unwrap();
        assert_eq!(loaded.app.start.user, User::ROOT);
        assert_eq!(
            loaded.notes,
            ["the processes run as root (`user = \"root\"` in [start])"]
        );
    }

    #[test]
    fn scripts_know_the_line_of_their_code() {
        let text =
            "name = 'a'\n[build]\nbase = 'a'\nscript = '''\none\ntwo'''\n[start]\nscript = 'x'";
        let app = parse(text, "app.toml").unwrap().app;
        let build = app.build.script.unwrap();
        assert_eq!(build.source, ScriptSource::Inline("one\ntwo".to_owned()));
        assert_eq!(
            (build.line, app.start.script.unwrap().line),
            (Some(5), Some(8))
        );
    }
}
