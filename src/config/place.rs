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
