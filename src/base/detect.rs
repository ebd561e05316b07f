use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

/// Keys of `app.toml` that an entry may propose.
const KEYS: [&str; 15] = [
    "build.cache",
    "build.dependencies.files",
    "build.dependencies.output",
    "build.dependencies.script",
    "build.exclude",
    "build.output",
    "build.packages",
    "build.runtime",
    "build.script",
    "health.grace",
    "health.path",
    "health.tcp",
    "health.timeout",
    "start.port",
    "start.script",
];

/// An entry of `[[detect]]`: applies when all its conditions hold, and proposes values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Entry")]
pub struct Detect {
    /// Shown to people; a base matches when an entry with a name applies.
    pub name: Option<String>,
    /// Each of these globs finds a file.
    pub files: Vec<String>,
    /// A file has text that the pattern finds.
    pub matching: Option<Condition>,
    /// The opposite of the same.
    pub without: Option<Condition>,
    /// Said to the user.
    pub note: Option<String>,
    /// Proposed values by key of `app.toml`, each a leaf: `build.dependencies.files`.
    pub values: BTreeMap<String, Proposal>,
}

/// Holds when a file that one of the globs finds has text that the pattern finds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Globs, in the order in which files are looked at.
    pub files: Vec<String>,
    /// A regular expression; an empty one finds every file.
    pub pattern: String,
}

/// A proposed value. Its strings may hold placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Proposal {
    /// A string.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
    /// `true` or `false`.
    Flag(bool),
}

/// As written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(rename = "match")]
    matching: Option<Condition>,
    without: Option<Condition>,
    note: Option<String>,
    #[serde(default)]
    build: Table,
    #[serde(default)]
    start: Table,
    #[serde(default)]
    health: Table,
}

impl TryFrom<Entry> for Detect {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        let tables = [
            ("build", entry.build),
            ("start", entry.start),
            ("health", entry.health),
        ];
        for (key, table) in tables {
            add_leaves(key, table, &mut values)?;
        }
        Ok(Self {
            name: entry.name,
            files: entry.files,
            matching: entry.matching,
            without: entry.without,
            note: entry.note,
            values,
        })
    }
}

fn add_leaves(
    above: &str,
    table: Table,
    values: &mut BTreeMap<String, Proposal>,
) -> Result<(), String> {
    for (name, value) in table {
        let key = format!("{above}.{name}");
        let proposal = match value {
            Value::Table(inner) => {
                add_leaves(&key, inner, values)?;
                continue;
            }
            _ if !KEYS.contains(&key.as_str()) => {
                return Err(format!("`{}` can't be proposed", key.escape_debug()));
            }
            value => value
                .try_into::<Proposal>()
                .map_err(|_| format!("`{key}` takes a string, a list of strings, or a flag"))?,
        };
        values.insert(key, proposal);
    }
    Ok(())
}
