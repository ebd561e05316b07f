//! Hostile files and hostile values.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{load, parse};
use crate::config::{App, BaseName};
use crate::{Error, Kind};

const SMALLEST: &str = include_str!("../../../tests/config/valid/smallest.toml");

/// What `load` says about a file that `make` puts at the path, with the folder cut off.
fn refusal(make: impl FnOnce(&std::path::Path)) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.toml");
    make(&path);
    let started = Instant::now();
    let error = load(&path).unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(error.kind(), Kind::Usage);
    shown(&error).replace(&format!("{}/", folder.path().display()), "")
}

fn shown(error: &Error) -> String {
    let hints: Vec<_> = error
        .hints()
        .iter()
        .map(|hint| format!("\nhint: {hint}"))
        .collect();
    format!("{error}{}", hints.concat())
}

#[test]
fn only_regular_files_are_read() {
    let missing = refusal(|_| ());
    assert_eq!(
        missing,
        "app.toml does not exist\nhint: `paas init` writes an app.toml"
    );
    let irregular = "app.toml is not a regular file\n\
         hint: folders, symbolic links, pipes and devices are refused";
    assert_eq!(refusal(|path| fs::create_dir(path).unwrap()), irregular);
    assert_eq!(
        refusal(|path| symlink("/etc/passwd", path).unwrap()),
        irregular
    );
    assert_eq!(
        refusal(|path| symlink("app.toml", path).unwrap()),
        irregular
    );
    assert_eq!(refusal(make_fifo), irregular);
}

fn make_fifo(path: &std::path::Path) {
    assert!(
        std::process::Command::new("mkfifo")
            .arg(path)
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn a_huge_file_is_not_read() {
    let huge = refusal(|path| fs::File::create(path).unwrap().set_len(50 << 20).unwrap());
    assert_eq!(huge, "app.toml is larger than 1 MiB");
}

#[test]
fn text_is_utf_8() {
    let binary = refusal(|path| fs::write(path, b"name = \"a\"\n# \xff\n").unwrap());
    assert_eq!(
        binary,
        "app.toml:2: byte 0xff at offset 13 is not UTF-8\nhint: save the file as UTF-8"
    );
}

#[test]
fn a_byte_order_mark_is_accepted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.toml");
    fs::write(&path, format!("\u{feff}{SMALLEST}")).unwrap();
    assert_eq!(
        load(&path).unwrap().app,
        parse(SMALLEST, "app.toml").unwrap().app
    );
}

#[test]
fn windows_line_ends_are_accepted() {
    let text = format!("{SMALLEST}script = '''\na\nb'''\n");
    let unix = parse(&text, "app.toml").unwrap();
    assert_eq!(
        parse(&text.replace('\n', "\r\n"), "app.toml").unwrap(),
        unix
    );
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    let depth = 10_000;
    for text in [
        format!("a = {}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("a = {}1{}", "{ a = ".repeat(depth), " }".repeat(depth)),
        format!("{}a = 1", "a.".repeat(depth)),
        format!("[{}a]", "a.".repeat(depth)),
    ] {
        let error = parse(&text, "app.toml").unwrap_err();
        assert_eq!(error.message(), "nested too deeply");
    }
}

#[test]
fn a_million_errors_are_said_quickly() {
    let keys: Vec<_> = (0..20_000).map(|n| format!("k{n} = \"\"")).collect();
    let line = format!("{SMALLEST}packages = [{}]", "\"\",".repeat(250_000));
    for text in [
        keys.join("\n"),
        line,
        "[".repeat(1 << 20),
        "\"".repeat(1 << 20),
    ] {
        let started = Instant::now();
        let error = parse(&text, "app.toml").unwrap_err();
        assert!(error.detail_text().unwrap().len() < 20_000);
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{:?}",
            started.elapsed()
        );
    }
}

#[test]
fn a_long_script_belongs_in_a_file() {
    let with = |length| format!("{SMALLEST}script = '{}'", "x".repeat(length));
    assert!(parse(&with(64 * 1024), "app.toml").is_ok());
    let error = parse(&with(64 * 1024 + 1), "app.toml").unwrap_err();
    assert_eq!(error.message(), "`build.script` is longer than 64 KiB");
    assert_eq!(
        error.hints(),
        ["keep it in a file: `{ file = \"scripts/build.sh\" }`"]
    );
    assert!(
        error
            .detail_text()
            .unwrap()
            .lines()
            .all(|line| line.chars().count() < 400)
    );
}

/// Everything that a Dockerfile, a path or an image name is made of.
fn words(app: &App) -> Vec<String> {
    let build = &app.build;
    let bases = [Some(&build.base), build.runtime.as_ref()]
        .into_iter()
        .flatten();
    let mut words: Vec<String> = bases
        .map(|base| match base {
            BaseName::Named(name) => name.clone(),
            BaseName::Image(reference) => reference.to_string(),
        })
        .collect();
    words.push(app.name.clone());
    words.extend(app.group.clone());
    words.extend(app.registry.clone());
    words.extend(build.packages.iter().cloned());
    words.extend(build.cache.iter().chain(&build.output).flatten().cloned());
    words.extend(build.env.keys().chain(app.env.keys()).cloned());
    words.extend(build.secrets.iter().cloned());
    words.extend(app.processes.keys().cloned());
    words.extend(
        app.volumes
            .iter()
            .flat_map(|v| [v.name.clone(), v.path.clone()]),
    );
    words
}

/// Mostly valid words with something nasty in them.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z/][a-z0-9./:@=_-]{0,12}",
        "[a-z/]{1,4}[\n\r \"'`$\\\\;{}]{0,2}[a-z]{0,4}",
    ]
}

proptest! {
    #[test]
    fn what_passes_is_one_plain_word(value in nasty(), field in 0..15usize) {
        let quoted = toml::Value::String(value).to_string();
        let with = |top: &str, build: &str, rest: &str| {
            let name = if top.starts_with("name") { "" } else { "name = \"a\"\n" };
            let base = if build.starts_with("base") { "" } else { "base = \"a\"\n" };
            format!("{name}{top}\n[build]\n{base}{build}\n{rest}\n")
        };
        let text = match field {
            0 => with(&format!("name = {quoted}"), "", ""),
            1 => with(&format!("group = {quoted}"), "", ""),
            2 => with(&format!("registry = {quoted}"), "", ""),
            3 => with("", &format!("base = {quoted}"), ""),
            4 => with("", &format!("runtime = {quoted}"), ""),
            5 => with("", &format!("packages = [{quoted}]"), ""),
            6 => with("", &format!("cache = [{quoted}]"), ""),
            7 => with("", &format!("output = [{quoted}]"), ""),
            8 => with("", &format!("secrets = [{quoted}]"), ""),
            9 => with("", &format!("env = {{ {quoted} = \"\" }}"), ""),
            10 => with("", "", &format!("[start]\nuser = {quoted}")),
            11 => with("", "", &format!("[[volumes]]\nname = \"a\"\npath = {quoted}")),
            12 => with("", "", &format!("[[volumes]]\nname = {quoted}\npath = \"/a\"")),
            13 => with("", "", &format!("[env]\nA = {quoted}")),
            _ => with("", "", &format!("[health]\npath = {quoted}")),
        };
        match parse(&text, "app.toml") {
            Ok(loaded) => for word in words(&loaded.app) {
                prop_assert!(!word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic()
                    && !b"\"'`$\\;&|<>(){}*?#,!".contains(&b)), "{:?}", word);
                prop_assert!(!word.starts_with('-') && !word.contains(".."), "{:?}", word);
            },
            Err(error) => {
                let shown = format!("{}{}", shown(&error), error.detail_text().unwrap_or_default());
                prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{:?}", shown);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = parse(&text, "app.toml");
    }

    #[test]
    fn any_damage_is_read_or_refused(at in 0..1300usize, insert in any::<String>()) {
        let valid = include_str!("../../../tests/config/valid/design.toml");
        let at = valid.floor_char_boundary(at.min(valid.len()));
        let _ = parse(&format!("{}{insert}{}", &valid[..at], &valid[at..]), "app.toml");
        let _ = parse(&valid[..at], "app.toml");
    }
}
