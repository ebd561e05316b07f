use std::ops::Range;

use toml::Spanned;
use toml::de::DeString;

use super::Reader;
use crate::config::parse::nearest::nearest;
use crate::config::problem::{Refusal, quoted};
use crate::config::spec::{Key, Kind};

/// Which keys are there, where, and which should be.
impl<'d> Reader<'d> {
    /// Where the key's value is, or the table's header when the key isn't there.
    pub fn span_of(&self, key: &'static str) -> Range<usize> {
        self.table
            .get(key)
            .map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// The free keys of `key`, whether or not they are valid.
    pub fn names(&self, key: &'static str) -> Vec<&'d str> {
        let names = self
            .table
            .get(key)
            .and_then(|value| value.get_ref().as_table());
        names
            .into_iter()
            .flat_map(|table| table.keys())
            .map(|key| key.get_ref().as_ref())
            .collect()
    }

    /// Where `name` stands in the free keys of `key`.
    pub fn span_of_name(&self, key: &'static str, name: &str) -> Range<usize> {
        let names = self
            .table
            .get(key)
            .and_then(|value| value.get_ref().as_table());
        names
            .and_then(|table| table.get_key_value(name))
            .map_or_else(|| self.span_of(key), |(key, _)| key.span())
    }

    pub fn problem(&self, span: Range<usize>, refusal: Refusal) {
        self.problems.add(span, refusal);
    }

    /// Reports that not exactly one of the keys in `one_of` is there.
    pub fn check_one_of(&self) {
        let keys = self.spec.one_of;
        let given: Vec<_> = keys
            .iter()
            .filter(|key| self.table.contains_key(**key))
            .collect();
        let span = match given.as_slice() {
            [_] => return,
            [] => self.span.clone(),
            [_, second, ..] => self
                .table
                .get_key_value(**second)
                .map_or_else(|| self.span.clone(), |(key, _)| key.span()),
        };
        let message = format!(
            "[{}] takes exactly one of `{}`",
            self.path,
            keys.join("`, `")
        );
        self.problems.add(span, Refusal::new(message));
    }

    pub(super) fn report_unknown_keys(&self) {
        for key in self.unknown_keys() {
            self.problems.add(key.span(), self.unknown(key.get_ref()));
        }
    }

    fn unknown_keys(&self) -> impl Iterator<Item = &'d Spanned<DeString<'d>>> {
        self.table
            .keys()
            .filter(|key| self.spec.key(key.get_ref()).is_none())
    }

    fn nearest(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.spec.keys.iter().map(|key| key.name))
    }

    /// Says nothing where an unknown key was probably meant to be this one.
    pub(super) fn report_missing(&self, key: &Key) {
        let misspelt = self
            .unknown_keys()
            .any(|k| self.nearest(k.get_ref()) == Some(key.name));
        if !misspelt {
            self.problems.add(self.span.clone(), self.missing(key));
        }
    }

    fn missing(&self, key: &Key) -> Refusal {
        let missing = Refusal::new(format!("{} has no `{}`", self.header, key.name));
        match key.kind {
            Kind::Table(_) => missing.hint(format!("add `[{}]`", self.path_of(key.name))),
            _ => missing.hint(format!("add `{} = {}`", key.name, key.example)),
        }
    }

    fn unknown(&self, name: &str) -> Refusal {
        let refusal = Refusal::new(format!("{} has no key {}", self.header, quoted(name)));
        if let Some(near) = self.nearest(name) {
            return refusal.hint(format!("did you mean `{near}`?"));
        }
        let known: Vec<_> = self.spec.keys.iter().map(|key| key.name).collect();
        refusal.hint(format!("it knows `{}`", known.join("`, `")))
    }
}
