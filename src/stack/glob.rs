use regex::Regex;

/// A pattern of `base.toml` over a whole path: `*` and `?` stop at `/`, `**/` is any number of
/// folders, `{a,b}` either; everything else stands for itself.
pub struct Glob(Option<Regex>);

impl Glob {
    /// A pattern with an open `{` finds nothing.
    pub fn new(pattern: &str) -> Self {
        Self(Regex::new(&expression(pattern)).ok())
    }

    /// Whether the whole path matches.
    pub fn finds(&self, path: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(path))
    }
}

fn expression(pattern: &str) -> String {
    let mut expression = String::from("(?s)^");
    let mut depth = 0_u32;
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let (piece, length) = match character {
            '*' if rest.starts_with("**/") => ("(?:.*/)?".to_owned(), 3),
            '*' if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            '{' => {
                depth += 1;
                ("(?:".to_owned(), 1)
            }
            ',' if depth > 0 => ("|".to_owned(), 1),
            '}' if depth > 0 => {
                depth -= 1;
                (")".to_owned(), 1)
            }
            other => (regex::escape(&other.to_string()), other.len_utf8()),
        };
        expression.push_str(&piece);
        rest = &rest[length..];
    }
    expression + "$"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_whole_paths() {
        for (pattern, path, found) in [
            ("*.py", "a.py", true),
            ("*.py", "a/b.py", false),
            ("*.py", "a.pyc", false),
            ("**/*.py", "a.py", true),
            ("**/*.py", "a/b/c.py", true),
            ("{app,src}/*.py", "src/x.py", true),
            ("{app,src}/*.py", "lib/x.py", false),
            ("{index.html,{public,dist}/index.html}", "index.html", true),
            (
                "{index.html,{public,dist}/index.html}",
                "dist/index.html",
                true,
            ),
            ("{index.html,{public,dist}/index.html}", "dist", false),
            ("src/**/*.rs", "src/main.rs", true),
            ("src/**/*.rs", "srcs/main.rs", false),
            ("cmd/*/*.go", "cmd/server/main.go", true),
            ("a.b", "axb", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("a,b", "a,b", true),
            ("a}", "a}", true),
            ("{a", "a", false),
            ("[ab].py", "a.py", false),
        ] {
            assert_eq!(Glob::new(pattern).finds(path), found, "{pattern} {path}");
        }
    }
}
