//! Commands whose clock is wrong.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::faults::converges;
use super::kills::wait_for_line;
use crate::support::app::Built;
use crate::support::deployed::Deployed;

/// A command that takes the time for another one: `-2d`. Elapsed time is measured as always.
fn at(app: &Deployed, offset: &str, arguments: &[&str]) -> Command {
    let mut command = app.clean(Command::new("faketime"));
    command
        .args(["--exclude-monotonic", "-f", offset])
        .arg(env!("CARGO_BIN_EXE_paas"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn json(app: &Deployed, offset: &str, arguments: &[&str]) -> Value {
    let all = [arguments, &["--json", "--progress", "json"]].concat();
    let output = at(app, offset, &all).output();
    Built::of(&output.expect("faketime; scripts/setup installs it")).document
}

#[test]
fn a_clock_that_is_set_back_changes_nothing_but_dates() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.answers("two");
    assert_eq!(json(&app, "-2d", &["deploy"])["release"], 2);
    assert_eq!(app.answer(), "two");
    let back = json(&app, "+2d", &["rollback"]);
    assert_eq!((&back["release"], &back["from"]), (&3.into(), &1.into()));
    assert_eq!(app.answer(), "one");
    app.answers("three").json(&["deploy"]);
    let back = json(&app, "-3d", &["rollback"]);
    // The one before by number, not by date: #3, which is #1 again.
    assert_eq!(back["from"], 1);
    assert_eq!(app.answer(), "one");

    let releases = app.json(&["releases"]);
    let numbers = releases.as_array().unwrap().iter();
    let numbers: Vec<_> = numbers
        .map(|row| row["release"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    let events = app.json(&["events"]);
    let events = events.as_array().unwrap().iter();
    let order: Vec<&str> = events
        .filter_map(|event| event["what"].as_str()?.split('#').next_back())
        .collect();
    assert_eq!(order, ["1", "2", "3", "4", "5"]);
    converges(&app, &["one", "three"], "with clocks that differ");
}

#[test]
fn a_lease_lasts_as_long_whatever_the_clock_says() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.app_toml("[hooks]\nbefore_deploy = \"echo begun; sleep 20\"\n");
    app.answers("two");
    let mut running = at(&app, "-2d", &["deploy", "--progress", "plain"])
        .spawn()
        .unwrap();
    wait_for_line(&mut running, "begun");
    app.fails(7, &["scale", "web=2"]);
    let all = ["scale", "web=2", "--json", "--progress", "json"];
    let ahead = at(&app, "+2d", &all).output().unwrap();
    assert_eq!(ahead.status.code(), Some(7), "{ahead:?}");
    // It is renewed for longer than it would last by itself.
    assert!(running.wait().unwrap().success());
    assert_eq!(app.answer(), "two");
}
