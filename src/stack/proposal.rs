use std::collections::BTreeMap;

use crate::base;

/// What an `app.toml` could say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// `[build] base`.
    pub base: String,
    /// What was found, for people: `Flask`, `pip`. Empty when the base was chosen by its name.
    pub names: Vec<String>,
    /// The base's; lower is better.
    pub rank: u8,
    /// By key of `app.toml`: `build.script`, `build.dependencies.files`.
    pub values: BTreeMap<String, base::Proposal>,
    /// `[start] port`, where the app listens on one whatever `$PORT` says.
    pub port: Option<u16>,
    /// `[processes]` by name.
    pub processes: BTreeMap<String, String>,
    /// `[hooks] before_deploy`.
    pub before_deploy: Option<String>,
    /// To be said to the user.
    pub notes: Vec<String>,
    /// Whether the base starts apps that say nothing.
    pub(super) base_starts: bool,
    /// Whether the image has only what the build makes, not the source.
    pub(super) is_partial: bool,
}

impl Proposal {
    /// `Flask, pip`, or the base where nothing has a name.
    pub fn title(&self) -> String {
        if self.names.is_empty() {
            self.base.clone()
        } else {
            self.names.join(", ")
        }
    }

    /// Whether it is known what starts the app.
    pub fn starts(&self) -> bool {
        self.base_starts || self.values.contains_key("start.script")
    }

    /// Whether it is as good as `other`: then a person decides.
    pub fn equals_in_rank(&self, other: &Self) -> bool {
        self.order() == other.order()
    }

    /// The best first. One that starts the app is better than any that doesn't: a list of
    /// dependencies alone is often there for tools.
    pub(super) fn order(&self) -> (bool, u8) {
        (!self.starts(), self.rank)
    }
}
