//! What people read on a terminal that is none: a pipe, or a CI job's log.

use std::process::Output;

use regex::Regex;

use crate::registry::server::{Options, Server};
use crate::support::Sandbox;
use crate::support::app::{App, Built};
use crate::support::engine::unique;

/// stderr of a command that must exit with `code`, without what differs from run to run.
fn said(sandbox: &Sandbox, code: i32, arguments: &[&str]) -> String {
    let output = sandbox.paas(arguments).output().expect("paas");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    redacted(sandbox, &output)
}

fn redacted(sandbox: &Sandbox, output: &Output) -> String {
    let root = sandbox.repo().canonicalize().unwrap();
    let mut text =
        String::from_utf8_lossy(&output.stderr).replace(&*root.to_string_lossy(), "/repo");
    for (pattern, shown) in [
        (r"(?m)^\d\d:\d\d:\d\d", "TIME"),
        (r"\b(in|after) \d[\d.]* (ms|s)\b", "$1 DURATION"),
    ] {
        let pattern = Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, shown).into_owned();
    }
    text
}

/// The lines with this in them.
fn only(text: &str, part: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| line.contains(part)).collect();
    lines.join("\n")
}

#[test]
fn a_package_that_does_not_exist_is_shown_in_its_line() {
    let app = App::debian("packages = [\"tzdata\", \"no-such-package-at-all\"]");
    insta::assert_snapshot!(said(&app, 5, &["build", "--quiet"]), @r#"
    error: there is no Debian package `no-such-package-at-all`
     --> /repo/app.toml:4:23
      |
    4 | packages = ["tzdata", "no-such-package-at-all"]
      |                       ^^^^^^^^^^^^^^^^^^^^^^^^
    hint: look for its name: `apt-cache search WORD` on a Debian, or packages.debian.org
    "#);
}

#[test]
fn a_misspelt_base_is_shown_with_the_nearest() {
    let sandbox = Sandbox::new();
    sandbox
        .write("app.toml", "name = \"shop\"\n[build]\nbase = \"pyhton\"\n")
        .commit("app");
    insta::assert_snapshot!(said(&sandbox, 2, &["plan"]), @r#"
    error: there is no base `pyhton`
     --> /repo/app.toml:3:8
      |
    3 | base = "pyhton"
      |        ^^^^^^^^
    hint: did you mean `python`?
    hint: a team's own base is known once `paas build` has pinned it in app.lock; until then app.toml needs a `[start]`
    "#);
    let file = "name = \"shop\"\n[build]\nbase = \"pyhton\"\n[start]\nscript = \"true\"\n";
    sandbox.write("app.toml", file).commit("start");
    insta::assert_snapshot!(said(&sandbox, 2, &["build"]), @r#"
    error: there is no base `pyhton`
     --> /repo/app.toml:3:8
      |
    3 | base = "pyhton"
      |        ^^^^^^^^
    hint: did you mean `python`?
    "#);
    let plan = sandbox.paas(&["plan"]).output().unwrap();
    let plan = String::from_utf8(plan.stdout).unwrap();
    insta::assert_snapshot!(only(&plan, "base").trim(), @"base     pyhton does not come with paas: did you mean `python`?");
}

#[test]
fn a_registry_is_a_host() {
    let sandbox = Sandbox::new();
    let app = "name = \"shop\"\n[build]\nbase = \"python\"\n[start]\nscript = \"true\"\n";
    sandbox.write("app.toml", app).commit("app");
    let with = |registry| said(&sandbox, 2, &["plan", "--registry", registry]);
    insta::assert_snapshot!(with("http://127.0.0.1:5000"), @r"
    error: --registry: `http://127.0.0.1:5000` is not a registry host
    hint: give HOST[:PORT], without `http://`: `127.0.0.1:5000`
    ");
    insta::assert_snapshot!(with("registry.example/trade"), @r#"
    error: --registry: `registry.example/trade` is not a registry host
    hint: give `registry.example`, and the namespace in app.toml: `group = "trade"`
    "#);
    let variable = sandbox
        .paas(&["plan"])
        .env("PAAS_REGISTRY", "https://registry.example")
        .output()
        .unwrap();
    assert_eq!(variable.status.code(), Some(2));
    insta::assert_snapshot!(redacted(&sandbox, &variable), @r"
    error: PAAS_REGISTRY: `https://registry.example` is not a registry host
    hint: give HOST[:PORT], without `https://`: `registry.example`
    ");
    let config = sandbox.home().join(".config/paas");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "registry = \"registry\"\n").unwrap();
    let refused = said(&sandbox, 2, &["plan"]);
    assert!(
        refused.contains("config.toml: `registry` is not a registry host"),
        "{refused}"
    );
}

#[test]
fn outside_of_a_repository_all_commands_say_the_same() {
    let sandbox = Sandbox::new();
    let folder = sandbox.home().canonicalize().unwrap().display().to_string();
    let outside = |command| {
        let said = said(&sandbox, 2, &[command, "-C", &folder]);
        said.replace(&folder, "/home")
    };
    let plan = outside("plan");
    assert_eq!(outside("init"), plan);
    assert_eq!(outside("build"), plan);
    insta::assert_snapshot!(plan, @r"
    error: /home is not in a git repository
    hint: a version is a commit: run `git init`, then `paas init` for an app.toml, and commit
    ");
    insta::assert_snapshot!(said(&sandbox, 2, &["plan"]), @r"
    error: no app.toml here or above, within the repository
    hint: run `paas init` to write one, or give its folder with `-C PATH`
    ");
}

#[test]
fn a_dirty_version_says_why() {
    let app = App::tiny();
    for file in ["a", "b", "c", "d"] {
        app.write(file, "new");
    }
    insta::assert_snapshot!(only(&said(&app, 0, &["build"]), "dirty"), @"TIME this version is dirty: a, b, c and 1 more differ from the commit; `paas push` will refuse it");
    app.commit("all");
    let clean = said(&app, 0, &["build"]);
    assert!(!clean.contains("dirty"), "{clean}");
}

#[test]
fn a_registry_that_is_down_is_found_before_the_build() {
    let app = App::tiny();
    let said = said(&app, 4, &["build", "--push", "--registry", "127.0.0.1:1"]);
    let errors = said.split_once("error: ").expect("an error").1;
    insta::assert_snapshot!(errors, @r"
    registry 127.0.0.1:1 cannot be reached
    caused by: Connection refused (os error 111)
    hint: check that the registry runs, and the spelling of its name
    hint: nothing was built; without `--push` a build needs no registry
    ");
    assert_eq!(app.images(), [""; 0], "nothing was built");
    assert!(!app.repo().join("app.lock").exists());
}

#[test]
fn a_version_that_is_not_here_says_what_is() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let built = app.build(&[]);
    let shown = |arguments: &[&str]| {
        let said = said(
            &app,
            2,
            &[&["push", "--registry", &host], arguments].concat(),
        );
        said.replace(&host, "HOST")
            .replace(built.version(), "VERSION")
    };
    insta::assert_snapshot!(shown(&[]), @r"
    error: VERSION was built without a registry, not for the registry HOST
    hint: `paas build` with this registry gives it that name too, and builds nothing again
    ");
    Built::of(&app.run(&["build", "--registry", &host]));
    insta::assert_snapshot!(shown(&["v9-g00000000-r1"]), @r"
    error: v9-g00000000-r1 is not built on this machine
    built here are
      VERSION
    hint: check out its commit, then `paas build`
    ");
    app.json(&["push", "--registry", &host, built.version()]);
}

#[test]
fn an_image_id_is_not_called_a_digest() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let shown = |arguments: &[&str]| {
        let all = [&["--registry", &host, "--quiet"], arguments].concat();
        let output = app.paas(&all).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let built = shown(&["build"]);
    assert!(built.contains(", image ID sha256:"), "{built}");
    let local = app.json(&["--registry", &host, "images", "--local"]);
    assert!(local[0]["digest"].is_null(), "{local}");
    let id = local[0]["image_id"].as_str().unwrap().to_owned();
    assert!(built.contains(&id), "{built}");

    let pushed = shown(&["push"]);
    let rows = app.json(&["--registry", &host, "images"]);
    let digest = rows[0]["digest"].as_str().unwrap();
    assert!(pushed.contains(&format!(", digest {digest}")), "{pushed}");
    assert_eq!(rows[0]["image_id"], *id);
    assert!(rows[0]["unpacked_size"].as_u64() > Some(0), "{rows}");
    assert!(rows[0]["compressed_size"].as_u64() > Some(0), "{rows}");
    let table = shown(&["images"]);
    let row = table.lines().nth(1).expect("a row");
    let short = |digest: &str| digest["sha256:".len()..][..12].to_owned();
    let columns: Vec<_> = row.split_whitespace().collect();
    let at = |text: &str| columns.iter().position(|column| *column == text);
    assert!(at(&short(&id)).is_some(), "{table}");
    assert!(at(&short(&id)) < at(&short(digest)), "{table}");
}

#[test]
fn a_log_has_a_line_for_each_step_that_ran() {
    let app = App::debian("");
    let marker = unique("ran");
    let script = |end: &str| format!("script = \"echo {marker}; echo {end}\"");
    app.app_toml(&script("fine")).commit("script");
    let text = said(&app, 0, &["build", "--no-cache"]);
    let script_lines = only(&text, "[run the build script]").replace(&marker, "MARKER");
    insta::assert_snapshot!(script_lines, @r"
    TIME [run the build script] MARKER
    TIME [run the build script] fine
    TIME [run the build script] done in DURATION
    ");
    assert!(!text.contains("started"), "{text}");
    let digest = Regex::new("[0-9a-f]{12}").unwrap();
    assert!(!digest.is_match(&text), "{text}");

    app.write("other", "x").commit("source");
    let text = said(&app, 0, &["build"]);
    let cached = only(&text, "TIME cached: ");
    assert_eq!(cached.lines().count(), 1, "{text}");
    assert!(cached.contains("base image debian"), "{text}");

    app.app_toml(&script("gone; exit 3"));
    let text = said(&app, 5, &["build"]);
    assert_eq!(text.matches(&marker).count(), 1, "once: {text}");
    assert!(!text.contains("executor failed"), "{text}");
    let end: Vec<_> = text
        .lines()
        .filter(|line| line.contains("[run the build script]") || line.starts_with("error"))
        .collect();
    insta::assert_snapshot!(end.join("\n").replace(&marker, "MARKER"), @r"
    TIME [run the build script] MARKER
    TIME [run the build script] gone
    TIME [run the build script] failed after DURATION: exit status 3
    error: the build script failed: exit status 3 (app.toml:4)
    ");
}

#[test]
fn a_push_is_one_step() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let text = said(&app, 0, &["build", "--push", "--registry", &host]);
    let pushes = only(&text, "[push ");
    assert_eq!(pushes.lines().count(), 1, "{text}");
    assert!(pushes.ends_with("] done in DURATION"), "{text}");
    assert!(!text.contains("layer"), "{text}");
}

#[test]
fn a_dockerfile_is_a_field_of_the_json_document() {
    let app = App::tiny();
    let text = app.paas(&["plan", "--dockerfile"]).output().unwrap().stdout;
    let document = app.json(&["plan", "--dockerfile"]);
    assert_eq!(document["dockerfile"], *String::from_utf8(text).unwrap());
}
