//! `tests/config/invalid/<section>.cases`: inputs and what is said about them.
//!
//! A case is `=== title`, the text of an `app.toml`, `---`, and the message. `␛`, `␀` and `␍` stand
//! for the characters themselves. `UPDATE_CASES=1 cargo test --lib corpus` writes the messages.

use std::fs;
use std::path::{Path, PathBuf};

use super::parse;
use crate::Kind;

struct Case {
    title: String,
    input: String,
    expected: String,
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/invalid");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn cases(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap();
    let case = |block: &str| {
        let (title, rest) = block.split_once('\n').unwrap();
        let (input, expected) = rest.split_once("---\n").unwrap_or((rest, ""));
        Case {
            title: title.to_owned(),
            input: input.to_owned(),
            expected: expected.to_owned(),
        }
    };
    text.split("=== ").skip(1).map(case).collect()
}

/// As the terminal shows it, more or less.
fn message(case: &Case, file: &Path) -> String {
    let input = case
        .input
        .replace('␛', "\u{1b}")
        .replace('␀', "\0")
        .replace('␍', "\r");
    let place = format!("{}: {}", file.display(), case.title);
    let error = parse(&input, "app.toml").expect_err(&place);
    assert_eq!(error.kind(), Kind::Usage, "{place}");
    let detail = error.detail_text().expect(&place);
    let hints = error.hints().iter().map(|hint| format!("hint: {hint}"));
    let message: Vec<_> = [error.to_string(), detail.to_owned()]
        .into_iter()
        .chain(hints)
        .collect();
    let message = message.join("\n");
    assert!(
        !message.chars().any(|c| c.is_control() && c != '\n'),
        "{place}: {message:?}"
    );
    message
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "asks whether to write the messages"
)]
fn invalid_files_are_explained() {
    let mut count = 0;
    for file in files() {
        let mut fresh = Vec::new();
        for case in cases(&file) {
            let message = message(&case, &file);
            fresh.push(format!(
                "=== {}\n{}---\n{message}\n",
                case.title, case.input
            ));
            if std::env::var_os("UPDATE_CASES").is_none() {
                let place = format!("{}: {}", file.display(), case.title);
                assert_eq!(message, case.expected.trim_end(), "{place}");
            }
            count += 1;
        }
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&file, fresh.join("\n")).unwrap();
        }
    }
    assert!(count >= 100, "{count} cases");
}
