//! The one description of `app.toml`'s keys. The reader knows no key that isn't here, and the JSON
//! Schema and `docs/app-toml.md` are made from it.

mod build;
mod grammars;
mod run;
mod tables;
mod targets;

pub(super) use grammars::{GROUP_NAME, Grammar, REGISTRY, SCRIPT, SCRIPT_FILE};
pub(super) use tables::APP;

/// A table and the keys it may hold.
#[derive(Debug)]
pub struct Table {
    /// What it is about, in a sentence or two.
    pub doc: &'static str,
    /// In the order of the reference.
    pub keys: &'static [Key],
    /// Keys of which exactly one is given; empty where there is no such rule.
    pub one_of: &'static [&'static str],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it may be left out.
    pub presence: Presence,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// A value as TOML; empty where a table's own keys show it.
    pub example: &'static str,
}

/// Whether a key may be left out, and what that means.
#[derive(Debug)]
pub enum Presence {
    /// It may not.
    Required,
    /// It may.
    Optional,
    /// Then it has this value, as TOML.
    Default(&'static str),
    /// Then the base image decides.
    FromBase,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// A string.
    Text(&'static Grammar),
    /// A list of strings, none of them twice.
    List(&'static Grammar),
    /// Strings by free keys.
    Texts {
        /// Of the keys.
        names: &'static Grammar,
        /// Of the values.
        values: &'static Grammar,
    },
    /// Whole numbers by free keys.
    Integers {
        /// Of the keys.
        names: &'static Grammar,
        /// At most.
        max: u32,
    },
    /// A whole number.
    Integer {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// A number above zero.
    Number {
        /// At most.
        max: u32,
    },
    /// `true` or `false`.
    Flag,
    /// Shell code, or a table with the file that holds it.
    Script,
    /// `[table]`.
    Table(&'static Table),
    /// `[[table]]`.
    Tables(&'static Table),
    /// `[table.<name>]`.
    Named {
        /// Of the names.
        names: &'static Grammar,
        /// Of each.
        table: &'static Table,
    },
}

impl Table {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}
