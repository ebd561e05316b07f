//! `paas plan`: what would be built, without touching anything.

use std::fs;

use crate::support::app::{App, Built};
use crate::support::engine::inspect;

/// With nothing outside to ask.
fn plan(app: &App, arguments: &[&str]) -> std::process::Output {
    let nobody = [
        "--docker-host",
        "unix:///nonexistent",
        "--registry",
        "127.0.0.1:1",
    ];
    let mut command = app.paas(&[&["plan"], &nobody[..], arguments].concat());
    command.env("CI", "true").output().unwrap()
}

fn text(output: &std::process::Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_plan_asks_nobody_and_writes_nothing() {
    let app = App::tiny();
    app.git(&["tag", "v2.0.0"]);
    app.write("main", "changed").write("b/new", "four");
    let output = plan(&app, &["--json", "--progress", "json"]);
    let document = Built::of(&output).document;
    let head = app.git(&["rev-parse", "HEAD"]);
    assert_eq!(document["app"], app.name());
    assert_eq!(document["commit"], head);
    assert_eq!(document["branch"], "main");
    assert_eq!(document["git_tag"], "v2.0.0");
    assert_eq!(document["distance"], 0);
    assert_eq!(document["changed"], serde_json::json!(["b/new", "main"]));
    assert_eq!(document["config_revision"], 1);
    assert!(document["locked_revision"].is_null());
    assert_eq!(
        (&document["files"], &document["bytes"]),
        (&2.into(), &11.into())
    );
    assert_eq!(document["bases"][0]["name"], app.base().name());
    assert!(document["bases"][0]["digest"].is_null());
    assert_eq!(
        document["recipe"]["processes"]["web"]["script"],
        "exec sleep 600"
    );
    let version = document["version"].as_str().unwrap();
    assert_eq!(
        document["image"],
        format!("127.0.0.1:1/{}:{version}", app.name())
    );
    assert_eq!(app.git(&["status", "--porcelain"]), "M main\n?? b/");

    let people = text(&plan(&app, &[]));
    for part in [
        version,
        "at v2.0.0",
        "b/new, main",
        "there is no app.lock yet",
        "2 files",
    ] {
        assert!(people.contains(part), "{part} in {people}");
    }
}

#[test]
fn a_plan_foretells_the_build() {
    let app = App::tiny();
    app.build(&[]);
    app.write("main", "two").commit("two");
    let planned = app.json(&["plan"]);
    assert!(planned["bases"][0]["digest"].is_string(), "{planned}");
    let built = app.build(&[]);
    assert_eq!(built.text("version"), planned["version"]);
    assert_eq!(built.text("image"), planned["image"]);
    let labels = &inspect(built.image())["Config"]["Labels"];
    let content = planned["content"].as_str().unwrap();
    assert_eq!(labels["io.paas.content"], content);
    assert!(planned["platform"].as_str().unwrap().starts_with("linux/"));
    let people = app.paas(&["plan"]).output().unwrap();
    let people = String::from_utf8(people.stdout).unwrap();
    assert!(people.contains(" for linux/"), "{people}");
}

#[test]
fn the_context_names_the_rule_of_each_file_left_out() {
    let app = App::tiny();
    app.write(".gitignore", "# logs\n*.log\n")
        .write(".dockerignore", "docs\n!docs/kept\n")
        .write("docs/a", "x")
        .write("x.log", "x")
        .write("tests/t", "x");
    app.app_toml("exclude = [\"tests\"]");
    let document = app.json(&["plan", "--context"]);
    let paths: Vec<_> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap())
        .collect();
    assert!(paths.contains(&"main"), "{document}");
    assert!(
        !paths
            .iter()
            .any(|path| path.contains("log") || path.starts_with("tests")),
        "{document}"
    );
    let rules: Vec<_> = document["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| {
            let rule = &left["rule"];
            let part = |key: &str| rule[key].to_string().replace('"', "");
            format!(
                "{} {}:{} {}",
                left["path"].as_str().unwrap(),
                part("origin"),
                part("line"),
                part("pattern")
            )
        })
        .collect();
    for rule in ["x.log .gitignore:2 *.log", "docs/a .dockerignore:1 docs"] {
        assert!(
            rules.iter().any(|found| found == rule),
            "{rule} in {rules:?}"
        );
    }
    assert!(
        rules
            .iter()
            .any(|rule| rule.starts_with("tests") && rule.contains("app.toml")),
        "{rules:?}"
    );
    let people = text(&plan(&app, &["--context"]));
    assert!(people.contains("*.log"), "{people}");
}

#[test]
fn the_dockerfile_is_shown_and_not_written() {
    let app = App::tiny();
    let shown = text(&plan(&app, &["--dockerfile"]));
    assert!(
        shown.starts_with("FROM ") && shown.contains("\nUSER 10001:10001\n"),
        "{shown}"
    );
    let files: Vec<_> = fs::read_dir(app.repo())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(!files.iter().any(|name| name == "Dockerfile"), "{files:?}");
}
