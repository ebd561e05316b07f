//! `docs/app-toml.md`, made from the description that the reader follows.

use std::fmt::Write;

use super::spec::{self, Kind, Presence, Table};

const INTRODUCTION: &str = "\
# app.toml

<!-- Made from src/config/spec by `UPDATE_DOCS=1 cargo test --lib reference`. -->

One file in the app's folder. The smallest one that works:

```toml
name = \"shop-api\"

[build]
base = \"python\"
```

An unknown key is an error, and every error shows its place. `paas schema` prints a JSON Schema for editors.

A *script* is shell code (`\"make\"`, or `\"\"\"` for several lines) of at most 64 KiB, or the file
that holds it: `{ file = \"scripts/build.sh\" }`. It runs with `sh -eu`.
";

/// The reference of all keys, as Markdown.
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    section(&mut page, "", "Top level", &spec::APP);
    page
}

fn section(page: &mut String, path: &str, heading: &str, table: &Table) {
    let mut rows = String::new();
    for key in table.keys {
        let name = if inner(path, key.name, &key.kind).is_some() {
            format!("[`{}`](#{})", key.name, anchor(&join(path, key.name)))
        } else {
            format!("`{}`", key.name)
        };
        let presence = match key.presence {
            Presence::Required => "required".to_owned(),
            Presence::Optional => "–".to_owned(),
            Presence::Default(default) => format!("`{default}`"),
            Presence::FromBase => "from the base".to_owned(),
        };
        let example = match key.example {
            "" => String::new(),
            example => format!(" Example: `{example}`."),
        };
        let (value, doc) = (value(&key.kind), key.doc);
        writeln!(rows, "| {name} | {value} | {presence} | {doc}{example} |")
            .expect("a String takes all");
    }
    let text = table.doc;
    write!(
        page,
        "\n<a id=\"{}\"></a>\n\n## {heading}\n\n{text}\n\n| key | value | default | what |\n| --- | --- | --- | --- |\n{rows}",
        anchor(path)
    )
    .expect("a String takes all");
    for key in table.keys {
        if let Some((heading, table)) = inner(path, key.name, &key.kind) {
            section(page, &join(path, key.name), &heading, table);
        }
    }
}

fn inner(path: &str, name: &str, kind: &Kind) -> Option<(String, &'static Table)> {
    let path = join(path, name);
    match kind {
        Kind::Table(table) => Some((format!("`[{path}]`"), table)),
        Kind::Tables(table) => Some((format!("`[[{path}]]`"), table)),
        Kind::Named { table, .. } => Some((format!("`[{path}.<name>]`"), table)),
        _ => None,
    }
}

fn value(kind: &Kind) -> String {
    match kind {
        Kind::Text(grammar) => grammar.rule.to_owned(),
        Kind::List(grammar) => format!("list; {} is {}", grammar.what, grammar.rule),
        Kind::Texts { names, .. } => format!("table of strings; {} is {}", names.what, names.rule),
        Kind::Integers { max, .. } => format!("table of whole numbers from 0 to {max}"),
        Kind::Integer { min, max } => format!("whole number from {min} to {max}"),
        Kind::Number { max } => format!("number above 0, at most {max}"),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Script => "script".to_owned(),
        Kind::Table(_) => "table".to_owned(),
        Kind::Tables(_) => "list of tables".to_owned(),
        Kind::Named { .. } => "tables by name".to_owned(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn anchor(path: &str) -> String {
    if path.is_empty() {
        "top".to_owned()
    } else {
        path.replace('.', "-")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "asks whether to write the page")]
    fn the_page_in_docs_is_fresh() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/app-toml.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&page, reference()).unwrap();
        }
        let found = std::fs::read_to_string(&page).unwrap_or_default();
        assert!(
            found == reference(),
            "run `UPDATE_DOCS=1 cargo test --lib reference`"
        );
    }
}
