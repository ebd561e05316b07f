//! What goes wrong, and what is left afterwards: one live release, and nothing that nobody owns.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use crate::support::deployed::Deployed;
use crate::support::engine::docker;

/// The app serves one of `answers`, the next deployment works at once, and nothing else is left.
pub(super) fn converges(app: &Deployed, answers: &[&str], what: &str) {
    let answer = app.answer();
    assert!(answers.contains(&&*answer), "{what}: {answer}");
    let done = app.json(&["deploy"]);
    assert!(
        ["live", "unchanged"].contains(&done["status"].as_str().unwrap()),
        "{what}: {done}"
    );
    assert_eq!(app.answer(), *answers.last().unwrap(), "{what}");
    let left = app.containers();
    let running = left.iter().filter(|line| line.ends_with("running")).count();
    assert_eq!(running, 1, "{what}: {left:?}");
    assert!(left.len() <= 2, "{what}: {left:?}");
}

#[test]
fn a_crash_loop_shows_its_log() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.write(
        "server.py",
        "print('no module named shop')\nraise SystemExit(9)\n",
    );
    let error = app.answers("two").fails(6, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains("no module named shop"), "{text}");
    assert!(text.contains('9'), "{text}");
    assert_eq!(app.answer(), "one");
    assert_eq!(app.containers().len(), 1);
}

#[test]
fn a_release_that_dies_while_it_is_watched_goes_back() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    let dies = server.replace(
        "print(\"ready\"",
        "threading.Timer(1.5, lambda: os._exit(4)).start()\nprint(\"ready\"",
    );
    app.write("server.py", dies);
    let error = app.answers("two").fails(6, &["deploy", "--watch", "10s"]);
    assert!(error["hints"].to_string().contains("#1 serves"), "{error}");
    assert_eq!(app.answer(), "one");
    assert_eq!(app.containers().len(), 1, "{:?}", app.containers());
}

#[test]
fn who_ignores_sigterm_is_killed_in_time() {
    let app = Deployed::new("[[volumes]]\nname = \"data\"\npath = \"/data\"\n");
    app.write("stubborn", "");
    let text = std::fs::read_to_string(app.repo().join("app.toml")).unwrap();
    app.write(
        "app.toml",
        text.replace("stop_timeout = \"5s\"", "stop_timeout = \"1s\""),
    );
    app.answers("one").json(&["deploy"]);
    let begun = Instant::now();
    app.answers("two").json(&["deploy"]);
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(app.answer(), "two");
}

#[test]
fn a_slow_request_outlives_the_swap() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| app.get("/sleep/6"));
        std::thread::sleep(Duration::from_millis(300));
        app.answers("two").json(&["deploy"]);
        assert_eq!(app.answer(), "two");
        let (status, body) = slow.join().unwrap();
        assert_eq!((status, body.trim()), (200, "one"));
    });
}

#[test]
fn a_request_of_a_minute_outlives_the_swap() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| app.get("/sleep/60"));
        std::thread::sleep(Duration::from_millis(300));
        app.answers("two");
        let begun = Instant::now();
        app.json(&["deploy", "--drain", "80s"]);
        assert!(begun.elapsed() > Duration::from_secs(30), "it waits for it");
        assert_eq!(app.answer(), "two");
        let (status, body) = slow.join().unwrap();
        assert_eq!((status, body.trim()), (200, "one"));
    });
}

#[test]
fn instances_that_are_removed_come_back_with_the_next_command() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let name = app.containers()[0].split(' ').next().unwrap().to_owned();
    docker(&["rm", "--force", &name]);
    let done = app.json(&["deploy"]);
    assert_eq!(done["release"], 1, "{done}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn what_runs_is_known_when_the_ingress_and_its_state_are_gone() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    let ingress = format!("paas-{}-ingress", app.cluster());
    docker(&["rm", "--force", &ingress]);
    docker(&["volume", "rm", &ingress]);
    std::fs::remove_dir_all(app.home().join(".local")).ok();
    let status = app.json(&["status"]);
    assert_eq!(status["releases"][0]["release"], 2, "{status}");
    let back = app.json(&["rollback"]);
    assert_eq!(back["from"], 1, "{back}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn a_second_deployment_is_told_who_works() {
    let app = Deployed::new("[hooks]\nbefore_deploy = \"sleep 3\"\n");
    let mut first = app.spawn(&["deploy"]);
    let mut lines = BufReader::new(first.stderr.take().unwrap()).lines();
    lines
        .find(|line| {
            line.as_ref()
                .is_ok_and(|line| line.contains("before_deploy"))
        })
        .expect("the hook runs")
        .unwrap();
    let error = app.fails(7, &["deploy"]);
    assert!(error["message"].to_string().contains("deploy"), "{error}");
    let waits = app.json(&["deploy", "--wait"]);
    assert_eq!(waits["status"], "unchanged");
    assert!(first.wait().unwrap().success());
}

#[test]
fn ctrl_c_goes_back() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.app_toml("[hooks]\nbefore_deploy = \"sleep 30\"\n");
    app.answers("two");
    let mut running = app.spawn(&["deploy"]);
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    lines
        .find(|line| {
            line.as_ref()
                .is_ok_and(|line| line.contains("before_deploy"))
        })
        .expect("the hook runs")
        .unwrap();
    let pid = running.id().to_string();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert_eq!(app.answer(), "one");
    assert_eq!(app.containers().len(), 1, "{:?}", app.containers());
    assert_eq!(app.json(&["releases"])[0]["status"], "aborted");
}

#[test]
fn a_command_that_is_killed_at_any_step_leaves_what_the_next_one_mends() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let mut points = Vec::new();
    for point in 0.. {
        let old = app.answer();
        let new = format!("after {point}");
        app.answers(&new);
        match killed_at(&app, point) {
            Some(line) => points.push(line),
            None => break,
        }
        converges(
            &app,
            &[&old, &new],
            &format!("killed at {:?}", points.last()),
        );
    }
    assert!(points.len() >= 10, "{points:#?}");
}

/// Kills a deployment right after the step event with this number; `None` when it has fewer.
fn killed_at(app: &Deployed, point: usize) -> Option<String> {
    let arguments = ["deploy", "--progress", "json"];
    let mut command = app.command(&arguments);
    let mut running = command.spawn().expect("paas");
    let lines = BufReader::new(running.stderr.take().unwrap()).lines();
    // The build comes before; what it does has tests of its own.
    let mut steps = lines
        .map_while(Result::ok)
        .skip_while(|line| !line.contains("look for the image"))
        .filter(|line| line.contains("\"step_"));
    let line = steps.nth(point);
    if line.is_some() {
        running.kill().unwrap();
    }
    running.wait().unwrap();
    line
}
