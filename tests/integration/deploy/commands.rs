//! Commands of people that end before their time.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::deployed::Deployed;
use crate::support::engine::docker;

fn signal(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "never {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// One-off containers.
fn one_offs(app: &Deployed) -> Vec<String> {
    let all = app.containers().into_iter();
    all.filter(|line| line.contains(".run.")).collect()
}

fn runs_one_off(app: &Deployed, count: usize) -> bool {
    let running = one_offs(app);
    running.len() == count && running.iter().all(|line| line.ends_with("running"))
}

#[test]
fn a_one_off_command_ends_with_whoever_waits_for_it() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let mut waiting = app.spawn(&["run", "--", "sh", "-c", "exec sleep 600"]);
    until("started", || runs_one_off(&app, 1));
    signal(&waiting, "-INT");
    assert_eq!(waiting.wait().unwrap().code(), Some(130));
    until("ended", || one_offs(&app).is_empty());

    // Whoever is killed can't end it: the next command does, and leaves that of somebody else alone.
    let mut killed = app.spawn(&["run", "--", "sh", "-c", "exec sleep 600"]);
    until("started", || runs_one_off(&app, 1));
    let mut alive = app.spawn(&["run", "--", "sh", "-c", "sleep 20; exit 4"]);
    until("started", || runs_one_off(&app, 2));
    killed.kill().unwrap();
    killed.wait().unwrap();
    app.json(&["deploy"]);
    assert!(runs_one_off(&app, 1), "{:?}", one_offs(&app));
    assert_eq!(alive.wait().unwrap().code(), Some(4));
    until("ended", || one_offs(&app).is_empty());
}

#[test]
fn an_interrupted_command_in_an_instance_ends() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let container = app.container("1.web.1");
    let runs = || {
        let processes = docker(&["top", &container]);
        processes.contains("sleep 611")
    };
    let mut waiting = app.spawn(&["exec", "web.1", "--", "sh", "-c", "sleep 611; true"]);
    until("started", runs);
    signal(&waiting, "-INT");
    assert_eq!(waiting.wait().unwrap().code(), Some(130));
    until("ended", || !runs());
    assert_eq!(app.answer(), "one");
}

#[test]
fn a_terminal_shows_every_byte() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let python = "exec web.1 -- python -c \"print(chr(1)+chr(0)*3+chr(97)*5)\"";
    let (status, said) = app.in_a_terminal(python, "aaaaa", "");
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("\u{1}\0\0\0aaaaa"), "{said:?}");
}
