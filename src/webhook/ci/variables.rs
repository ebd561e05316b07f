use crate::{Error, Result};

pub(super) struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl<'a> Variables<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }

    /// `None` when empty too: CIs differ in how they say that there is none.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn required(&self, name: &str) -> Result<String> {
        self.get(name)
            .ok_or_else(|| Error::usage(format!("the CI's variable `{name}` is not set")))
    }

    /// Reads a value; one that is wrong is not shown, since URLs here can hold tokens.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        self.get(name)
            .map(|value| {
                read(&value).ok_or_else(|| {
                    Error::usage(format!("the CI's variable `{name}` is not {what}"))
                })
            })
            .transpose()
    }

    pub(super) fn required_parsed<T>(
        &self,
        name: &str,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        self.required(name)?;
        self.parsed(name, what, read)
            .map(|value| value.expect("it is set"))
    }

    /// For people, so left out rather than refused when it holds control characters.
    pub(super) fn user(&self, name: &str) -> Option<String> {
        self.get(name)
            .filter(|user| user.len() <= 255 && !user.chars().any(char::is_control))
    }
}
