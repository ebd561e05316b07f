//! What the context leaves out: `.dockerignore` and `[build] exclude`, by Docker's rules. Not
//! gitignore: patterns are anchored at the context's root and the last match wins.

use super::glob::{Dialect, Glob};
use crate::context::Rule;
use crate::{Error, Result};

/// Patterns in order: `.dockerignore` first, then `app.toml`.
#[derive(Default)]
pub struct Excludes {
    patterns: Vec<Pattern>,
    has_exceptions: bool,
}

struct Pattern {
    glob: Glob,
    excludes: bool,
    rule: Rule,
}

/// Which patterns match a folder or one of its parents: they match everything below, too.
#[derive(Clone, Default)]
pub struct Matched(Vec<bool>);

impl Excludes {
    /// `dockerignore` is the file's text, `exclude` the patterns of `[build]`.
    pub fn new(dockerignore: &str, exclude: &[String]) -> Result<Self> {
        let mut excludes = Self::default();
        let text = dockerignore
            .strip_prefix('\u{feff}')
            .unwrap_or(dockerignore);
        for (line, pattern) in text.lines().enumerate() {
            if !pattern.starts_with('#') {
                excludes.add(pattern, ".dockerignore", Some(line + 1))?;
            }
        }
        for pattern in exclude {
            excludes.add(pattern, "app.toml", None)?;
        }
        Ok(excludes)
    }

    fn add(&mut self, text: &str, origin: &str, line: Option<usize>) -> Result<()> {
        let text = text.trim();
        let excludes = !text.starts_with('!');
        let pattern = clean(text.strip_prefix('!').unwrap_or(text).trim());
        if pattern.is_empty() && excludes {
            return Ok(());
        }
        let glob = Glob::new(pattern.as_bytes(), Dialect::Docker).filter(|_| !pattern.is_empty());
        let glob = glob.ok_or_else(|| {
            let place = line
                .map(|line| format!(", line {line}"))
                .unwrap_or_default();
            Error::usage(format!(
                "`{}` is not a pattern ({origin}{place})",
                text.escape_debug()
            ))
            .hint("see the syntax of .dockerignore: `*`, `?`, `[a-z]`, `**`, `!` for exceptions")
        })?;
        let rule = Rule {
            origin: origin.to_owned(),
            line,
            pattern: text.to_owned(),
        };
        self.patterns.push(Pattern {
            glob,
            excludes,
            rule,
        });
        self.has_exceptions |= !excludes;
        Ok(())
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether nothing below an excluded folder can be in the context after all.
    pub fn prunes(&self) -> bool {
        !self.has_exceptions
    }

    /// What matches `path` in a folder that `parent` matches.
    pub fn enter(&self, parent: &Matched, path: &[u8]) -> Matched {
        let before = |at: usize| parent.0.get(at).copied().unwrap_or(false);
        let patterns = self.patterns.iter().enumerate();
        Matched(
            patterns
                .map(|(at, p)| before(at) || p.glob.matches(path))
                .collect(),
        )
    }

    /// The rule that leaves out what is matched like this.
    pub fn verdict(&self, matched: &Matched) -> Option<&Rule> {
        let last = matched.0.iter().rposition(|&matched| matched)?;
        let pattern = &self.patterns[last];
        pattern.excludes.then_some(&pattern.rule)
    }

    /// The rule that leaves out the file `path` in a folder that `parent` matches.
    pub fn rule(&self, parent: &Matched, path: &[u8]) -> Option<&Rule> {
        let before = |at: usize| parent.0.get(at).copied().unwrap_or(false);
        let mut patterns = self.patterns.iter().enumerate().rev();
        let (_, last) = patterns.find(|(at, p)| before(*at) || p.glob.matches(path))?;
        last.excludes.then_some(&last.rule)
    }

    /// What matches a folder of the context, from its path alone (`""`, `a/b/` or `a/b`).
    pub fn folder(&self, path: &[u8]) -> Matched {
        let mut matched = Matched::default();
        if self.patterns.is_empty() {
            return matched;
        }
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let ends = (0..path.len())
            .filter(|&at| path[at] == b'/')
            .chain([path.len()]);
        for end in ends.filter(|&end| end > 0) {
            matched = self.enter(&matched, &path[..end]);
        }
        matched
    }

    /// The rule that leaves out a file of the context, from its path alone.
    pub fn rule_for(&self, path: &[u8]) -> Option<&Rule> {
        let slash = path.iter().rposition(|&b| b == b'/').unwrap_or(0);
        self.rule(&self.folder(&path[..slash]), path)
    }
}

/// Go's `filepath.Clean`, and without the leading `/`.
fn clean(pattern: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if pattern.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    if parts.is_empty() && !pattern.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}
