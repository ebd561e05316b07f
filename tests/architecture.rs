//! Holds the arrows of `docs/architecture.md`, and the size of files, by reading the sources.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

const MOST_LINES: usize = 450;

/// Modules that have effects, or know somebody who has.
const EFFECTS: [&str; 6] = ["cli", "ui", "ops", "builder", "registry", "source"];

/// What each folder must not import from the rest of the crate.
const ARROWS: [(&str, &[&str]); 14] = [
    (
        "image",
        &[
            "cli", "ui", "ops", "builder", "registry", "source", "config", "base", "plan", "stack",
            "webhook",
        ],
    ),
    ("config", &EFFECTS),
    ("plan", &EFFECTS),
    ("stack", &EFFECTS),
    ("webhook", &EFFECTS),
    (
        "release",
        &[
            "cli", "ui", "ops", "builder", "registry", "source", "config", "base", "plan", "stack",
            "webhook", "cluster", "ingress",
        ],
    ),
    ("source", &["cli", "ui", "ops", "builder", "registry"]),
    ("base", &["cli", "ui", "ops", "builder", "registry"]),
    ("builder", &["cli", "ui", "ops", "registry"]),
    ("registry", &["cli", "ui", "ops", "builder"]),
    ("cluster", &["cli", "ui", "ops"]),
    (
        "ingress",
        &["cli", "ui", "ops", "builder", "registry", "cluster"],
    ),
    ("ops", &["cli", "ui"]),
    (
        "ui",
        &[
            "cli", "ops", "builder", "registry", "source", "config", "base", "plan", "stack",
            "webhook",
        ],
    ),
];

/// Who alone may use what.
const ROOMS: [(&str, &str); 11] = [
    (r"\b(?:indicatif|dialoguer)::", "src/ui/"),
    (r"\bgit2::", "src/source/"),
    (
        r"\bbollard(?:_buildkit_proto)?::",
        "src/builder/ src/cluster/docker/",
    ),
    (r"\b(?:kube|k8s_openapi)::", "src/cluster/kubernetes/"),
    (r"\breqwest::", "src/registry/"),
    (r"\bpingora::", "src/ingress/"),
    (r"\bclap(?:_complete|_mangen)?::", "src/cli/ src/ui/mod.rs"),
    (
        r"\b(?:std::)?env::(?:vars?(?:_os)?|current_dir|home_dir|args(?:_os)?)\b",
        "src/cli/environment.rs src/main.rs",
    ),
    (r"\be?print(?:ln)?!", "src/ui/"),
    (r"\bio::(?:stdout|stderr)\b|\bTerm::std", "src/ui/"),
    (r"\bio::stdin\b", "src/ui/ src/cli/"),
];

/// Pure folders: no files, processes, network or tasks. `config` reads its two files.
const PURE: [&str; 5] = [
    "src/image/",
    "src/plan/",
    "src/release/",
    "src/stack/",
    "src/webhook/",
];
const EFFECTFUL: &str =
    r"\b(?:std::fs|fs::|std::net::(?:Tcp|Udp|ToSocket)|std::process|tokio::|std::thread)";

static IMPORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::(\w+|\{[^;]*\})").unwrap());
static TESTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^#\[cfg\(test\)\]\s*\n(?:pub(?:\([a-z]+\))? )?mod \w+ \{").unwrap()
});
static TEST_FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^#\[cfg\(test\)\]\s*\n(?:pub(?:\([a-z]+\))? )?mod (\w+);").unwrap()
});
static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*//.*$").unwrap());

/// A rule that a file breaks.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    path: String,
    rule: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.rule)
    }
}

/// What is wrong with the source `text` of the file at `path`. Tests and comments within it may do as
/// they like.
fn breaches(path: &str, text: &str) -> Vec<Breach> {
    let mut rules = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        rules.push(format!("{lines} lines are more than {MOST_LINES}"));
    }
    let code = TESTS
        .find(text)
        .map_or(text, |tests| &text[..tests.start()]);
    let code = COMMENT.replace_all(code, "");
    let folder = path
        .trim_start_matches("src/")
        .split(['/', '.'])
        .next()
        .unwrap_or_default();
    for (from, forbidden) in ARROWS {
        let imports = imports(&code).into_iter();
        let wrong = imports.filter(|import| from == folder && forbidden.contains(&&**import));
        rules.extend(wrong.map(|to| format!("{from} must not use crate::{to}")));
    }
    for (pattern, rooms) in ROOMS {
        let at_home = rooms.split(' ').any(|room| path.starts_with(room));
        if let Some(found) = Regex::new(pattern)
            .unwrap()
            .find(&code)
            .filter(|_| !at_home)
        {
            rules.push(format!("only {rooms} may use {}", found.as_str()));
        }
    }
    if PURE.iter().any(|pure| path.starts_with(pure))
        && let Some(found) = Regex::new(EFFECTFUL).unwrap().find(&code)
    {
        rules.push(format!(
            "{folder} is pure and must not use {}",
            found.as_str()
        ));
    }
    rules
        .into_iter()
        .map(|rule| Breach {
            path: path.to_owned(),
            rule,
        })
        .collect()
}

/// The modules of this crate that `code` names: `crate::a::b`, `crate::{a, b::{c, d}}`.
fn imports(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for found in IMPORT.captures_iter(code) {
        let mut depth = 0;
        let mut word = String::new();
        let mut names_module = true;
        // The comma ends the last word of a path without braces.
        for character in found[1].chars().chain([',']) {
            if character.is_alphanumeric() || character == '_' {
                word.push(character);
                continue;
            }
            if !word.is_empty() {
                if names_module {
                    modules.push(std::mem::take(&mut word));
                }
                word.clear();
                names_module = false;
            }
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            names_module |= depth <= 1 && matches!(character, '{' | ',');
        }
    }
    modules
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The files that `text`, at `path`, includes in tests only.
fn test_files(path: &Path, text: &str) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap();
    let folder = path.parent().unwrap();
    let inner = if stem == "mod" || stem == "lib" {
        folder.to_owned()
    } else {
        folder.join(stem)
    };
    let names = TEST_FILE
        .captures_iter(text)
        .map(|found| found[1].to_owned());
    names
        .flat_map(|name| {
            [
                inner.join(format!("{name}.rs")),
                inner.join(name).join("mod.rs"),
            ]
        })
        .collect()
}

#[test]
fn the_sources_keep_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    assert!(files.len() > 20, "the sources are elsewhere");
    let sources: Vec<_> = files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (file.strip_prefix(root).unwrap().to_owned(), text)
        })
        .collect();
    let tests: Vec<_> = sources
        .iter()
        .flat_map(|(path, text)| test_files(path, text))
        .collect();
    let production = sources.iter().filter(|(path, _)| !tests.contains(path));
    let found: Vec<_> = production
        .flat_map(|(path, text)| breaches(path.to_str().unwrap(), text))
        .collect();
    let list: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "\n{}", list.join("\n"));
}

#[test]
fn bad_sources_are_found() {
    for (path, code, rule) in [
        (
            "src/ops/build.rs",
            "use crate::ui::Ui;",
            "ops must not use crate::ui",
        ),
        (
            "src/ops/build.rs",
            "use crate::{Error, ui::{Ui, table}};",
            "ops must not use crate::ui",
        ),
        (
            "src/plan/mod.rs",
            "let x = crate::builder::Engine::new();",
            "plan must not use crate::builder",
        ),
        (
            "src/image/tag.rs",
            "use crate::config::App;",
            "image must not use crate::config",
        ),
        (
            "src/plan/key.rs",
            "use std::fs;",
            "plan is pure and must not use std::fs",
        ),
        (
            "src/ops/gc.rs",
            "use indicatif::ProgressBar;",
            "only src/ui/ may use indicatif::",
        ),
        (
            "src/ops/gc.rs",
            "println!(\"gone\");",
            "only src/ui/ may use println!",
        ),
        (
            "src/cli/init.rs",
            "std::io::stdout()",
            "only src/ui/ may use io::stdout",
        ),
        (
            "src/cli/init.rs",
            "git2::Repository::open(x)",
            "only src/source/ may use git2::",
        ),
        (
            "src/ops/push.rs",
            "use bollard::Docker;",
            "only src/builder/ src/cluster/docker/ may use bollard::",
        ),
        (
            "src/builder/engine.rs",
            "std::env::var(\"DOCKER_HOST\")",
            "only src/cli/environment.rs src/main.rs may use std::env::var",
        ),
    ] {
        let found = breaches(path, code);
        let rules: Vec<_> = found.iter().map(|breach| breach.rule.as_str()).collect();
        assert_eq!(rules, [rule], "{path}: {code}");
    }
    let long = "// a line\n".repeat(MOST_LINES + 1);
    assert_eq!(
        breaches("src/cli/init.rs", &long)[0].rule,
        "451 lines are more than 450"
    );
}

#[test]
fn good_sources_pass() {
    for (path, code) in [
        (
            "src/cli/build.rs",
            "use crate::ops::build; use crate::ui::table::Table;",
        ),
        (
            "src/ops/build.rs",
            "use crate::{Error, source::{files, ui}, image::ui};",
        ),
        ("src/ops/build.rs", "use crate::config::{App, ui as other};"),
        (
            "src/plan/mod.rs",
            "// use crate::ui\nuse crate::image::Digest;",
        ),
        (
            "src/plan/mod.rs",
            "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
        ),
    ] {
        assert_eq!(breaches(path, code), [], "{path}: {code}");
    }
}

#[test]
fn files_of_tests_are_known_from_their_declaration() {
    let text = "mod syntax;\n#[cfg(test)]\nmod corpus;\n";
    let expected = [
        "src/config/parse/corpus.rs",
        "src/config/parse/corpus/mod.rs",
    ]
    .map(PathBuf::from);
    assert_eq!(
        test_files(Path::new("src/config/parse/mod.rs"), text),
        expected
    );
    assert_eq!(test_files(Path::new("src/config/parse.rs"), text), expected);
}
