use regex::Regex;

use crate::{Error, Result};

/// A glob of `[webhook]`: `*` and `?` stop at `/`, `**` does not, `[a-z]` and `[!a-z]` are one
/// character, `\` takes the next one as it is. It must match the whole name or path.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Exit 2 when it can't match anything.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |reason: &str| Error::usage(format!("the pattern `{text}` {reason}"));
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if text.starts_with('!') {
            return Err(wrong("starts with `!`").hint("list what builds; there are no exceptions"));
        }
        if text.starts_with('/') {
            return Err(wrong("starts with `/`")
                .hint("paths start at the repository's root, without a slash"));
        }
        let regex = translate(text).ok_or_else(|| wrong("has a `[` or `\\` without its end"))?;
        Regex::new(&regex)
            .map(Self)
            .map_err(|error| wrong("is too long or has a wrong range").caused_by(error))
    }

    /// Whether it matches all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn translate(glob: &str) -> Option<String> {
    let mut regex = String::from(r"(?s)\A");
    let mut rest = glob;
    while let Some(character) = rest.chars().next() {
        let at_start = rest.len() == glob.len() || glob[..glob.len() - rest.len()].ends_with('/');
        if let Some(after) = rest.strip_prefix("**/").filter(|_| at_start) {
            regex.push_str("(?:.*/)?");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            regex.push_str(".*");
            rest = after.trim_start_matches('*');
        } else if character == '[' {
            let (class, after) = class(&rest[1..])?;
            regex.push_str(&class);
            rest = after;
        } else {
            let mut characters = rest.chars();
            characters.next();
            match character {
                '*' => regex.push_str("[^/]*"),
                '?' => regex.push_str("[^/]"),
                '\\' => push_literal(&mut regex, characters.next()?),
                literal => push_literal(&mut regex, literal),
            }
            rest = characters.as_str();
        }
    }
    regex.push_str(r"\z");
    Some(regex)
}

/// What follows `[`, up to its `]`, and the rest. A `]` that comes first is a member.
fn class(text: &str) -> Option<(String, &str)> {
    let (negated, members) = match text.strip_prefix(['!', '^']) {
        Some(members) => (true, members),
        None => (false, text),
    };
    let first = members.chars().next()?;
    let end = first.len_utf8() + members[first.len_utf8()..].find(']')?;
    let mut class = String::from(if negated { "[^/" } else { "[" });
    for (index, character) in members[..end].char_indices() {
        let range = character == '-' && index > 0 && index + 1 < end;
        if range {
            class.push('-');
        } else {
            push_literal(&mut class, character);
        }
    }
    class.push(']');
    Some((class, &members[end + 1..]))
}

fn push_literal(regex: &mut String, character: char) {
    regex.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_stop_where_documented() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "main",
                &["main"],
                &["main2", "xmain", "feature/main", "Main"],
            ),
            ("*", &["main", ""], &["a/b"]),
            (
                "release/*",
                &["release/1"],
                &["release", "release/1/2", "xrelease/1"],
            ),
            ("release/**", &["release/1", "release/1/2"], &["release"]),
            (
                "feature**",
                &["feature", "feature/a/b", "features"],
                &["a/feature"],
            ),
            ("**", &["a", "a/b", ""], &[]),
            (
                "**/*.py",
                &["a.py", "a/b.py", "a/b/c.py"],
                &["a.pyc", "a/b"],
            ),
            (
                "api/**/test",
                &["api/test", "api/a/b/test"],
                &["apitest", "api/xtest2"],
            ),
            ("a**/b", &["a/b", "ax/y/b"], &["ab", "b"]),
            ("***", &["a/b"], &[]),
            ("v?.?", &["v1.2"], &["v1.22", "v/.2"]),
            ("v[0-9]*", &["v1", "v1.2"], &["vx", "v1/2"]),
            ("v[!0-9]", &["vx"], &["v1", "v/"]),
            ("[]a]", &["]", "a"], &["b"]),
            ("[a-]", &["a", "-"], &["b"]),
            ("[[:alpha:]]", &[":]", "[]"], &["x"]),
            ("[a&&b]", &["a", "&"], &["c"]),
            ("a.b", &["a.b"], &["axb"]),
            ("(a|b)+", &["(a|b)+"], &["a"]),
            ("a{1,2}", &["a{1,2}"], &["aa"]),
            (r"\[id\]/**", &["[id]/page"], &["i/page"]),
            (r"\*", &["*"], &["a"]),
            ("größe/*", &["größe/é"], &["grösse/e"]),
        ];
        for (glob, matching, others) in cases {
            let pattern = Pattern::parse(glob).unwrap();
            for text in *matching {
                assert!(pattern.matches(text), "{glob} should match {text}");
            }
            for text in *others {
                assert!(!pattern.matches(text), "{glob} should not match {text}");
            }
        }
    }

    #[test]
    fn patterns_that_cannot_match_are_errors() {
        for glob in ["", "!main", "/api/**", "[a", "[]", "a\\", "[z-a]"] {
            assert_eq!(
                Pattern::parse(glob).unwrap_err().kind(),
                crate::Kind::Usage,
                "{glob}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_pattern_panics(glob in ".{0,40}", text in ".{0,40}") {
            if let Ok(pattern) = Pattern::parse(&glob) {
                pattern.matches(&text);
            }
        }

        #[test]
        fn escaped_text_matches_itself_alone(text in "[a-z*?\\[\\]\\\\{}!/.]{1,20}", other in "[a-z*]{1,5}") {
            let glob: String = text.chars().flat_map(|c| ['\\', c]).collect();
            let pattern = Pattern::parse(&glob).unwrap();
            prop_assert!(pattern.matches(&text));
            prop_assert_eq!(pattern.matches(&other), text == other);
        }
    }
}
