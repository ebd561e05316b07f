//! `paas gc` and `paas images`.

use serde_json::Value;

use crate::support::app::App;
use crate::support::engine::docker;

fn names(value: &Value) -> Vec<String> {
    let list = value.as_array().expect("a list").iter();
    let mut names: Vec<_> = list.map(|name| name.as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Images of this many versions, the oldest first.
fn versions(app: &App, count: usize) -> Vec<String> {
    let build = |number: usize| {
        app.write("main", number.to_string()).commit("next");
        // Engines know seconds.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        app.build(&[]).image().to_owned()
    };
    (0..count).map(build).collect()
}

#[test]
fn the_newest_and_those_in_use_stay() {
    let app = App::tiny();
    let images = versions(&app, 4);
    docker(&["create", "--name", app.name(), &images[0], "x"]);
    let planned = app.json(&["gc", "--keep", "2", "--dry-run"]);
    assert_eq!(names(&planned["removed"]), [images[1].clone()]);
    assert_eq!(names(&planned["in_use"]), [images[0].clone()]);
    assert_eq!(app.images().len(), 4, "a dry run");

    let done = app.json(&["gc", "--keep", "2"]);
    assert_eq!(names(&done["removed"]), names(&planned["removed"]));
    let left: Vec<_> = app
        .json(&["images"])
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["version"].as_str().unwrap().to_owned())
        .collect();
    let version = |image: &String| image.rsplit_once(':').unwrap().1.to_owned();
    assert_eq!(
        left,
        [
            version(&images[3]),
            version(&images[2]),
            version(&images[0])
        ]
    );
    docker(&["rm", app.name()]);
    let done = app.json(&["gc", "--keep", "1"]);
    assert_eq!(
        names(&done["removed"]),
        [images[0].clone(), images[2].clone()]
    );
    assert_eq!(names(&app.json(&["gc", "--keep", "1"])["removed"]), [""; 0]);
}

#[test]
fn other_apps_are_left_alone() {
    let (app, other) = (App::tiny(), App::tiny());
    app.build(&[]);
    other.build(&[]);
    app.json(&["gc", "--keep", "0"]);
    assert_eq!(app.images().len(), 1, "the version of HEAD stays");
    let built = app.git(&["rev-parse", "HEAD"]);
    app.commit("not built");
    app.json(&["gc", "--keep", "0"]);
    app.git(&["reset", "--quiet", "--hard", &built]);
    assert_eq!((app.images().len(), other.images().len()), (0, 1));
    docker(&["image", "inspect", app.base().name()]);
    assert_eq!(app.json(&["images"]), serde_json::json!([]));
    app.build(&["--locked"]);
}

#[test]
fn images_tell_commit_and_configuration() {
    let app = App::tiny();
    let built = app.build(&[]);
    let rows = app.json(&["images"]);
    let row = &rows[0];
    assert_eq!(row["version"], built.version());
    assert!(
        built
            .text("commit")
            .starts_with(row["commit"].as_str().unwrap())
    );
    assert_eq!(row["config_revision"], 1);
    assert_eq!(row["image_id"], built.digest());
    assert_eq!(row["local"], true);
    assert!(row["remote"].is_null());
    let table = app.paas(&["images"]).output().unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains(built.version()) && table.contains("IMAGE ID HERE"),
        "{table}"
    );
}

#[test]
fn a_version_that_came_back_is_new() {
    let app = App::tiny();
    let images = versions(&app, 2);
    app.write("main", "0").commit("as it was");
    let back = app.build(&[]);
    app.commit("not built");
    let done = app.json(&["gc", "--keep", "1"]);
    assert_eq!(names(&done["removed"]), [images[1].clone()]);
    docker(&["image", "inspect", back.image()]);
}

#[test]
fn a_dry_run_tells_of_the_cache_and_frees_none() {
    let app = App::tiny();
    app.build(&[]);
    let planned = app.json(&["gc", "--dry-run", "--cache", "0"]);
    assert!(planned["cache_bytes"].as_u64().is_some(), "{planned}");
    let kept = app.json(&["gc", "--dry-run", "--cache", "1000000"]);
    assert_eq!(kept["cache_bytes"], 0);
    let nothing = app.paas(&["gc", "--cache", "1000000"]).output().unwrap();
    assert_eq!(nothing.stdout, b"nothing to remove\n");
}
