use std::collections::HashSet;

use crate::builder::{Content, Entry};

/// The part of a context that the engine asks for, so that `COPY app/src` does not fetch
/// everything. Rather too much than too little: what a pattern could mean is included from its
/// first wildcard on, and a path through a link includes all.
pub(super) struct Selection {
    /// Paths; empty for all.
    prefixes: Vec<String>,
}

impl Selection {
    /// From the patterns of BuildKit's `include-patterns` and `followpaths`.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a str>, entries: &[Entry]) -> Self {
        let links: HashSet<&str> = entries
            .iter()
            .filter(|entry| matches!(entry.content, Content::Link(_)))
            .map(|entry| entry.path.as_str())
            .collect();
        let mut prefixes = Vec::new();
        for pattern in patterns {
            let Some(prefix) = literal_prefix(pattern) else {
                return Self::all();
            };
            let mut ends = prefix.match_indices('/').map(|(end, _)| end);
            let through_link =
                ends.any(|end| links.contains(&prefix[..end])) || links.contains(prefix.as_str());
            if through_link {
                return Self::all();
            }
            prefixes.push(prefix);
        }
        Self { prefixes }
    }

    fn all() -> Self {
        Self {
            prefixes: Vec::new(),
        }
    }

    /// Whether the engine is to hear of `path`: it is selected, in something selected, or a folder
    /// on the way.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.prefixes.is_empty()
            || self
                .prefixes
                .iter()
                .any(|prefix| is_within(path, prefix) || is_within(prefix, path))
    }
}

fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The components before the first with a wildcard; `None` when nothing is left to narrow by.
fn literal_prefix(pattern: &str) -> Option<String> {
    let mut literal = Vec::new();
    for component in pattern.split('/') {
        match component {
            "" | "." => {}
            ".." => return None,
            _ if component.contains(['*', '?', '[', '\\', '!']) => break,
            _ => literal.push(component),
        }
    }
    (!literal.is_empty()).then(|| literal.join("/"))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn selected(patterns: &[&str]) -> Vec<&'static str> {
        let file = |path: &str| Entry {
            path: path.to_owned(),
            mode: 0o644,
            modified: SystemTime::UNIX_EPOCH,
            content: Content::Folder,
        };
        let mut entries = ["app", "app/src", "app/src/x", "app/srcs", "other"]
            .map(file)
            .to_vec();
        entries.push(Entry {
            content: Content::Link("other".into()),
            ..file("way")
        });
        let selection = Selection::new(patterns.iter().copied(), &entries);
        ["app", "app/src", "app/src/x", "app/srcs", "other", "way"]
            .into_iter()
            .filter(|path| selection.contains(path))
            .collect()
    }

    #[test]
    fn narrows_by_literal_paths_only() {
        let all = ["app", "app/src", "app/src/x", "app/srcs", "other", "way"];
        assert_eq!(selected(&[]), all);
        assert_eq!(selected(&["/app/src/"]), ["app", "app/src", "app/src/x"]);
        assert_eq!(selected(&["app/s*", "nothing"]), all[..4]);
        assert_eq!(selected(&["app/src", "*"]), all);
        assert_eq!(selected(&["."]), all);
        assert_eq!(selected(&["way/x"]), all);
        assert_eq!(selected(&[".dockerignore"]), [""; 0]);
    }
}
