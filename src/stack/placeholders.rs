use regex::Captures;

/// What a condition found, for `{name}` in proposed strings.
#[derive(Debug, Default)]
pub struct Found {
    values: Vec<(String, String)>,
}

impl Found {
    /// The file at `path`, and the named groups of the pattern that matched its text.
    pub fn new<'n>(
        path: &str,
        groups: impl Iterator<Item = &'n str>,
        captures: &Captures<'_>,
    ) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let stem = match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        };
        let mut values: Vec<_> = groups
            .map(|group| {
                let text = captures.name(group).map_or("", |found| found.as_str());
                (group.to_owned(), text.to_owned())
            })
            .collect();
        values.extend([
            ("path".to_owned(), path.to_owned()),
            ("stem".to_owned(), stem.to_owned()),
            ("folder".to_owned(), folder.to_owned()),
            ("module".to_owned(), module(folder, stem)),
        ]);
        Self { values }
    }

    /// `text` with its placeholders replaced, each once: values are not looked into.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at);
            filled.push_str(before);
            let known = self.values.iter().find_map(|(name, value)| {
                let rest = after[1..].strip_prefix(name.as_str())?.strip_prefix('}')?;
                Some((value, rest))
            });
            if let Some((value, after)) = known {
                filled.push_str(value);
                rest = after;
            } else {
                filled.push('{');
                rest = &after[1..];
            }
        }
        filled + rest
    }
}

/// How Python imports the file.
fn module(folder: &str, stem: &str) -> String {
    let folder = folder.replace('/', ".");
    match (folder.as_str(), stem) {
        (".", stem) => stem.to_owned(),
        (folder, "__init__") => folder.to_owned(),
        (folder, stem) => format!("{folder}.{stem}"),
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn found(path: &str, pattern: &str, text: &str) -> Found {
        let regex = Regex::new(pattern).unwrap();
        let captures = regex.captures(text).unwrap();
        Found::new(path, regex.capture_names().flatten(), &captures)
    }

    #[test]
    fn fills_what_was_found() {
        let filled = |path, text| found(path, "", "").fill(text);
        let all = "{path} {stem} {folder} {module}";
        assert_eq!(filled("main.py", all), "main.py main . main");
        assert_eq!(filled("src/main.py", all), "src/main.py main src src.main");
        assert_eq!(
            filled("a/b/__init__.py", all),
            "a/b/__init__.py __init__ a/b a.b"
        );
        assert_eq!(filled(".env", "{stem}"), ".env");
        let plain = "${PORT} {unknown} { {path {} $(x)";
        assert_eq!(filled("x", plain), plain);
    }

    #[test]
    fn groups_are_placeholders_and_values_are_not() {
        let found = found("x.py", r"(?<a>\{path\})(?<b>b)?", "{path}");
        assert_eq!(found.fill("{a}|{b}|{path}"), "{path}||x.py");
    }
}
