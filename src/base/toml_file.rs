use std::collections::BTreeMap;
use std::path::PathBuf;

use regex::Regex;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::profile::{self, BuildDefaults, StartDefaults};
use super::{Bootstrap, Definition, DefinitionFile, Detect, is_name};
use crate::image::Reference;
use crate::{Error, Result, config};

/// `base.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseToml {
    description: String,
    parent: Option<Name>,
    pull: Option<Reference>,
    bootstrap: Option<Bootstrap>,
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default = "app", deserialize_with = "user")]
    user: u32,
    runtime: Option<Name>,
    #[serde(default = "middle")]
    rank: u8,
    #[serde(default)]
    build: BuildDefaults,
    #[serde(default)]
    start: StartDefaults,
    #[serde(default)]
    detect: Vec<Detect>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if is_name(&text) {
            Ok(Self(text))
        } else {
            Err(format!("`{}` is not a base's name", text.escape_debug()))
        }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Package(String);

impl TryFrom<String> for Package {
    type Error = String;

    /// Debian policy 5.6.7.
    fn try_from(text: String) -> Result<Self, String> {
        let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let valid = text.len() > 1
            && text.bytes().next().is_some_and(first)
            && text.bytes().all(|b| first(b) || b"+-.".contains(&b));
        if valid {
            Ok(Self(text))
        } else {
            Err(format!("`{}` is not a Debian package", text.escape_debug()))
        }
    }
}

fn app() -> u32 {
    config::User::APP.uid
}

fn middle() -> u8 {
    50
}

fn user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if number == 0 || number > i32::MAX.cast_unsigned() {
        return Err(D::Error::custom("`user` is from 1 to 2147483647"));
    }
    Ok(number)
}

/// Reads a definition's files; `display` is the path of its `base.toml` in messages.
pub(super) fn read(
    name: &str,
    files: BTreeMap<String, DefinitionFile>,
    folder: Option<PathBuf>,
    display: &str,
) -> Result<Definition> {
    let text = files
        .get("base.toml")
        .ok_or_else(|| Error::usage(format!("{display} does not exist")))?
        .text()
        .ok_or_else(|| Error::usage(format!("{display} is not UTF-8")))?;
    let file: BaseToml =
        toml::from_str(text).map_err(|error| config::toml_error(display, text, &error))?;
    check(&file, display)?;
    Ok(Definition {
        name: name.to_owned(),
        description: file.description,
        parent: file.parent.map(|name| name.0),
        pull: file.pull,
        bootstrap: file.bootstrap,
        packages: file.packages.into_iter().map(|name| name.0).collect(),
        user: file.user,
        runtime: file.runtime.map(|name| name.0),
        rank: file.rank,
        defaults: profile::defaults(file.build, file.start),
        detect: file.detect,
        folder,
        files,
    })
}

/// What more than one key decides.
fn check(file: &BaseToml, display: &str) -> Result<()> {
    let is_root = file.pull.is_some() || file.bootstrap.is_some();
    if file.parent.is_some() == is_root {
        return Err(Error::usage(format!(
            "{display} needs either `parent`, or `pull` and `bootstrap`"
        ))
        .hint("derive from a base that `paas base list` shows: `parent = \"debian\"`"));
    }
    Ok(())
}

/// Fails where a pattern of `[[detect]]` is no regular expression. Costs more than reading the file.
pub(super) fn check_patterns(definition: &Definition, display: &str) -> Result<()> {
    for entry in &definition.detect {
        for condition in [&entry.matching, &entry.without].into_iter().flatten() {
            Regex::new(&condition.pattern).map_err(|error| {
                Error::usage(format!("{display}: a pattern is no regular expression"))
                    .detail(error.to_string())
            })?;
        }
    }
    Ok(())
}
