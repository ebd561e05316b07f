use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{excerpt, file};

/// Shows the line of the file at `path` where `value` stands under the key `table.key`, alone or in a
/// list. For what is found wrong only later, by a build: `None` where the file changed meanwhile.
pub fn place_of(path: &Path, table: &str, key: &str, value: &str) -> Option<String> {
    let display = path.display().to_string().escape_debug().to_string();
    let text = file::read(path, &display).ok()??;
    let span = span_of(&text, table, key, value)?;
    Some(excerpt::render(&display, &text, &span, None, &[]))
}

/// Shows the line of the file at `path` where the value of a key stands, under the tables before it.
/// `None` where the file changed meanwhile.
pub fn place_of_key(path: &Path, keys: &[&str]) -> Option<String> {
    let display = path.display().to_string().escape_debug().to_string();
    let text = file::read(path, &display).ok()??;
    let document = DeTable::parse(&text).ok()?;
    let (last, tables) = keys.split_last()?;
    let mut table = document.get_ref();
    for key in tables {
        table = match table.get(*key)?.get_ref() {
            DeValue::Table(inner) => inner,
            _ => return None,
        };
    }
    let span = table.get(*last)?.span();
    Some(excerpt::render(&display, &text, &span, None, &[]))
}

fn span_of(text: &str, table: &str, key: &str, value: &str) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let DeValue::Table(keys) = document.get_ref().get(table)?.get_ref() else {
        return None;
    };
    let found = keys.get(key)?;
    let says = |found: &&Spanned<DeValue<'_>>| found.get_ref().as_str() == Some(value);
    match found.get_ref() {
        DeValue::Array(items) => items.iter().find(says).map(Spanned::span),
        _ => Some(found).filter(says).map(Spanned::span),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_key_is_found_in_inner_tables() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.toml");
        std::fs::write(&path, "[a.b]\nc = { web = 4 }\n").unwrap();
        let place = place_of_key(&path, &["a", "b", "c", "web"]).unwrap();
        assert!(place.contains("app.toml:2:13"), "{place}");
        assert_eq!(place_of_key(&path, &["a", "x", "web"]), None);
    }

    #[test]
    fn a_value_is_found_alone_and_in_a_list() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.toml");
        let text = "[build]\nbase = \"pyhton\"\npackages = [\n  \"curl\",\n  \"libqp5\",\n]\n";
        std::fs::write(&path, text).unwrap();
        let place = |key, value| {
            let place = place_of(&path, "build", key, value)?;
            Some(place.replace(&*folder.path().to_string_lossy(), ""))
        };
        assert_eq!(place("packages", "git"), None);
        assert_eq!(place("script", "curl"), None);
        let both = [place("base", "pyhton"), place("packages", "libqp5")];
        insta::assert_snapshot!(both.map(Option::unwrap).join("\n"), @r#"
         --> /app.toml:2:8
          |
        2 | base = "pyhton"
          |        ^^^^^^^^
         --> /app.toml:5:3
          |
        5 |   "libqp5",
          |   ^^^^^^^^
        "#);
    }
}
