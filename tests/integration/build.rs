//! `paas build`: app.lock, and no build where nothing changed.

mod failures;
mod runtime;
mod surroundings;

use std::fs;

use crate::support::app::{App, Built, error};
use crate::support::engine::{docker, inspect, sh};

const LOCK: &str = "app.lock";

fn lock(app: &App) -> String {
    fs::read_to_string(app.repo().join(LOCK)).expect("app.lock")
}

/// As in CI.
fn in_ci(app: &App, arguments: &[&str]) -> std::process::Output {
    let all = [arguments, &["--json", "--progress", "json"]].concat();
    app.paas(&all).env("CI", "true").output().expect("paas")
}

#[test]
fn the_lock_counts_configurations() {
    let app = App::tiny();
    assert_eq!(app.build(&[]).document["config_revision"], 1);
    let first = lock(&app);
    app.write("main", "two");
    assert_eq!(app.build(&[]).document["config_revision"], 1);
    assert_eq!(lock(&app), first, "the source is no configuration");
    app.app_toml("[env]\nLOG_LEVEL = \"debug\"");
    assert_eq!(
        app.build(&[]).document["config_revision"],
        1,
        "run-time environment"
    );

    app.app_toml("exclude = [\"docs\"]");
    let plan = app.json(&["plan"]);
    assert_eq!(
        (&plan["config_revision"], &plan["locked_revision"]),
        (&2.into(), &1.into())
    );
    let changes = plan["config_changes"].to_string();
    assert!(changes.contains("exclude"), "{changes}");
    assert_eq!(lock(&app), first, "a plan writes nothing");
    app.paas(&["plan"])
        .assert()
        .success()
        .stdout(predicates::str::contains("exclude"));

    let second = app.build(&[]);
    assert_eq!(second.document["config_revision"], 2);
    assert!(second.version().contains("-r2"), "{}", second.version());
    assert_ne!(lock(&app), first);
    app.app_toml("");
    assert_eq!(
        app.build(&[]).document["config_revision"],
        3,
        "a number stands for one thing"
    );
}

#[test]
fn a_locked_build_writes_nothing() {
    let app = App::tiny();
    for output in [app.run(&["build", "--locked"]), in_ci(&app, &["build"])] {
        let built = Built::of(&output);
        assert!(built.version().ends_with("-r1"), "{}", built.version());
        assert!(
            !app.repo().join(LOCK).exists(),
            "a locked build writes none"
        );
    }

    app.build(&[]);
    app.build(&["--locked"]);
    Built::of(&in_ci(&app, &["build"]));
    let before = lock(&app);
    app.app_toml("exclude = [\"docs\"]");
    for output in [app.run(&["build", "--locked"]), in_ci(&app, &["build"])] {
        let stale = error(&output, 3);
        assert!(
            stale["message"].as_str().unwrap().contains("out of date"),
            "{stale}"
        );
        assert!(
            stale["detail"].as_str().unwrap().contains("exclude"),
            "{stale}"
        );
        assert!(
            stale["hints"][0]
                .as_str()
                .unwrap()
                .contains("commit app.lock"),
            "{stale}"
        );
    }
    assert_eq!(lock(&app), before);
    Built::of(&in_ci(&app, &["build", "--no-locked"]));
    assert_ne!(lock(&app), before);
}

#[test]
fn a_base_stays_as_it_was_pinned() {
    let app = App::tiny();
    let built = app.build(&[]);
    let before = lock(&app);
    let newer = app.base().import("two");
    app.write("main", "two");
    let again = app.build(&[]);
    assert_eq!(lock(&app), before);
    assert!(!before.contains(&newer));
    let layer = |built: &Built| inspect(built.image())["RootFS"]["Layers"][0].clone();
    assert_eq!(layer(&built), layer(&again), "the base's layer");

    fs::remove_file(app.repo().join(LOCK)).unwrap();
    let moved = app.build(&[]);
    assert!(lock(&app).contains(&newer));
    assert_ne!(layer(&built), layer(&moved));
}

#[test]
fn a_damaged_lock_is_no_reason_to_start_over() {
    let app = App::tiny();
    app.build(&[]);
    let whole = lock(&app);
    app.write(LOCK, format!("<<<<<<< HEAD\n{whole}"));
    let error = app.fails(2, &["build"]);
    assert!(error["message"].as_str().unwrap().contains(LOCK), "{error}");
    assert!(
        lock(&app).starts_with("<<<<<<<"),
        "it is the user's to mend"
    );
}

#[test]
fn nothing_changed_means_no_build() {
    let app = App::tiny();
    let first = app.build(&[]);
    assert!(first.ran_the_engine());
    assert_eq!(first.document["cached"], false);
    app.commit("lock");
    let second = app.build(&[]);
    assert_ne!(first.version(), second.version());
    assert_eq!(first.digest(), second.digest());
    assert_eq!(second.document["cached"], true);
    assert!(!second.ran_the_engine(), "{:?}", second.events);
    let tags = &inspect(second.digest())["RepoTags"];
    for built in [&first, &second] {
        assert!(tags.to_string().contains(built.version()), "{tags}");
    }
    let touched = app.repo().join("main");
    fs::write(touched, "one").unwrap();
    assert!(
        !app.build(&[]).ran_the_engine(),
        "a new time is no new content"
    );

    let forced = app.build(&["--no-cache"]);
    assert!(forced.ran_the_engine());
    assert_eq!(forced.document["cached"], false);
}

#[test]
fn an_image_that_was_removed_is_built_again() {
    let app = App::tiny();
    let first = app.build(&[]);
    docker(&["rmi", first.image()]);
    let again = app.build(&[]);
    assert_eq!(again.document["cached"], false);
    assert_eq!(app.images().len(), 1);
}

#[test]
fn an_app_of_inline_scripts_needs_no_file() {
    let app = App::debian("script = \"echo built > made\"");
    app.git(&["rm", "--quiet", "main"]);
    app.commit("nothing but app.toml");
    let built = app.build(&[]);
    assert_eq!(sh(built.image(), "cat /app/made"), "built\n");
    let plain = App::tiny();
    plain.git(&["rm", "--quiet", "main"]);
    plain.commit("nothing but app.toml");
    plain.build(&[]);
}

#[test]
fn two_builds_of_one_app_at_once_agree() {
    let app = App::tiny();
    let builds = std::thread::scope(|scope| {
        let start = || app.paas(&["build", "--json", "--progress", "json"]);
        let commands = [start(), start(), start()];
        let running = commands.map(|mut command| scope.spawn(move || command.output().unwrap()));
        running.map(|build| Built::of(&build.join().unwrap()))
    });
    let versions: Vec<_> = builds.iter().map(Built::version).collect();
    assert!(
        versions.iter().all(|version| *version == versions[0]),
        "{versions:?}"
    );
    assert!(lock(&app).contains("revision = 1"));
    assert_eq!(app.build(&["--locked"]).document["cached"], true);
}
