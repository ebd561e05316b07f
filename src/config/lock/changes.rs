use std::fmt;

use super::Lock;

/// What differs between two build configurations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A key that the previous one doesn't have.
    Added(String),
    /// A key that only the previous one has.
    Removed(String),
    /// A key with another value.
    Changed(String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Added(key) => write!(f, "{key} added"),
            Change::Removed(key) => write!(f, "{key} removed"),
            Change::Changed(key) => write!(f, "{key} changed"),
        }
    }
}

/// The inputs that differ, by key.
pub fn changes(previous: &Lock, next: &Lock) -> Vec<Change> {
    let keys = previous.inputs.keys().chain(
        next.inputs
            .keys()
            .filter(|key| !previous.inputs.contains_key(*key)),
    );
    let mut keys: Vec<_> = keys.collect();
    keys.sort();
    keys.into_iter()
        .filter_map(
            |key| match (previous.inputs.get(key), next.inputs.get(key)) {
                (None, _) => Some(Change::Added(key.clone())),
                (_, None) => Some(Change::Removed(key.clone())),
                (Some(old), Some(new)) => (old != new).then(|| Change::Changed(key.clone())),
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Digest;

    fn lock(inputs: &[(&str, &str)]) -> Lock {
        let inputs = inputs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Lock::next(None, Digest::of(b"a"), inputs, Vec::new())
    }

    #[test]
    fn names_what_differs_in_the_order_of_keys() {
        let previous = lock(&[
            ("base.python", "1"),
            ("build.cache", "1"),
            ("build.script", "1"),
        ]);
        let next = lock(&[
            ("base.python", "1"),
            ("build.packages", "1"),
            ("build.script", "2"),
        ]);
        let texts: Vec<_> = changes(&previous, &next)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            texts,
            [
                "build.cache removed",
                "build.packages added",
                "build.script changed"
            ]
        );
        assert_eq!(changes(&previous, &previous), []);
    }
}
