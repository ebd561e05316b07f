//! Commands that die at random times, and many at once.

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::faults::converges;
use crate::support::deployed::Deployed;
use crate::support::engine::docker;

/// Writes down in its volume when another instance runs at the same time.
const ALONE: &str = "
import fcntl, os
lock = open('/data/lock', 'w')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    open('/data/twice', 'w')
";
const VOLUME: &str = "[[volumes]]\nname = \"data\"\npath = \"/data\"\n";

/// An app that must never run twice.
fn single_writer() -> Deployed {
    let app = Deployed::new(VOLUME);
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    app.write("server.py", format!("{ALONE}{server}"));
    app.answers("one");
    app
}

fn never_ran_twice(app: &Deployed) {
    let found = app
        .paas(&["exec", "web.1", "--", "test", "-e", "/data/twice"])
        .output()
        .unwrap();
    assert_eq!(found.status.code(), Some(1), "it ran twice at once");
}

/// One network, and no container but instances.
pub(super) fn no_orphans(app: &Deployed, what: &str) {
    let label = format!("label=io.paas.cluster={}", app.cluster());
    let networks = docker(&["network", "ls", "--quiet", "--filter", &label]);
    assert_eq!(networks.lines().count(), 1, "{what}");
    let left = app.containers();
    assert!(
        left.iter().all(|line| line.contains(".web.")),
        "{what}: {left:?}"
    );
}

/// From a holder's death until another command gets the lease.
pub(super) fn lease_is_free(app: &Deployed, what: &str) -> Duration {
    let died = Instant::now();
    loop {
        let asked = died.elapsed();
        let output = app.run(&["scale", "web=1"]);
        match output.status.code() {
            Some(7) => {}
            Some(0 | 3) => return died.elapsed(),
            code => panic!(
                "{what}: {code:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            ),
        }
        assert!(
            asked < Duration::from_secs(2),
            "{what}: the lease is still held"
        );
    }
}

/// Kills deployments, rollbacks and scalings after random times.
fn kill_at_random(app: &Deployed, seed: u64, tries: u64, scale: &str) {
    let mut dice = Rng::with_seed(seed);
    let begun = Instant::now();
    app.answers("two").json(&["deploy"]);
    let usual = u64::try_from(begun.elapsed().as_millis()).unwrap();
    let mut slowest = Duration::ZERO;
    for number in 0..tries {
        let old = app.answer();
        let new = format!("try {number}");
        let arguments = match dice.u64(..4) {
            0 => vec!["rollback"],
            1 => vec!["scale", scale],
            _ => {
                app.answers(&new);
                vec!["deploy"]
            }
        };
        let after = dice.u64(..usual * 5 / 4);
        let what = format!("seed {seed}, try {number}: {arguments:?} killed after {after} ms");
        let mut running = app.spawn(&arguments);
        thread::sleep(Duration::from_millis(after));
        running.kill().unwrap();
        running.wait().unwrap();
        slowest = slowest.max(lease_is_free(app, &what));
        let wanted = std::fs::read_to_string(app.repo().join("answer")).unwrap();
        let answers = served(app);
        assert!(answers.is_some(), "{what}: nothing serves; before: {old}");
        let now = answers.unwrap();
        converges(app, &[&now, &wanted], &what);
        no_orphans(app, &what);
    }
}

fn served(app: &Deployed) -> Option<String> {
    let (status, body) = app.get("/");
    (status == 200).then(|| body.trim().to_owned())
}

/// How often, from the environment: more by hand than in the suite.
fn tries(usual: u64) -> u64 {
    let set = std::env::var_os("PAAS_TEST_KILLS");
    set.and_then(|tries| tries.to_str()?.parse().ok())
        .unwrap_or(usual)
}

#[test]
fn commands_that_are_killed_at_random_leave_what_the_next_one_mends() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    kill_at_random(&app, tries(10) * 7, tries(10), "web=2");
}

#[test]
fn a_single_writer_never_runs_twice_whatever_is_killed() {
    let app = single_writer();
    app.json(&["deploy"]);
    kill_at_random(&app, tries(10) * 13, tries(10), "web=0");
    never_ran_twice(&app);
}

#[test]
fn a_stop_that_the_engine_is_still_busy_with_is_waited_for() {
    let app = single_writer();
    let toml = std::fs::read_to_string(app.repo().join("app.toml")).unwrap();
    app.write("app.toml", toml.replace("\"5s\"", "\"2s\""));
    app.write("stubborn", "");
    app.answers("one").json(&["deploy"]);
    app.answers("two");
    let mut running = app.spawn(&["deploy"]);
    wait_for_line(&mut running, "stop web.1 of #1");
    thread::sleep(Duration::from_millis(300));
    running.kill().unwrap();
    running.wait().unwrap();
    app.json(&["scale", "web=1"]);
    assert_eq!(app.answer(), "one");
    thread::sleep(Duration::from_secs(3));
    assert_eq!(app.answer(), "one");
    never_ran_twice(&app);
}

#[test]
fn the_first_deployment_may_be_killed_as_well() {
    let mut dice = Rng::with_seed(5);
    for _ in 0..3 {
        let app = Deployed::new("");
        app.json(&["build"]);
        let mut running = app.spawn(&["deploy"]);
        thread::sleep(Duration::from_millis(400 + dice.u64(..1200)));
        running.kill().unwrap();
        running.wait().unwrap();
        lease_is_free(&app, "the first");
        app.json(&["deploy"]);
        assert_eq!(app.answer(), "one");
        no_orphans(&app, "the first");
    }
}

#[test]
fn a_network_that_was_half_made_is_made_anew() {
    let app = Deployed::new("");
    let name = format!("paas-{}", app.cluster());
    let label = format!("io.paas.cluster={}", app.cluster());
    docker(&["network", "create", "--label", &label, &name]);
    app.json(&["deploy"]);
    assert_eq!(app.answer(), "one");
    no_orphans(&app, "a half-made network");
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.write("stubborn", "");
    app.write("sick", "never");
    app.answers("two");
    let mut running = app.spawn(&["deploy"]);
    wait_for_line(&mut running, "is healthy");
    interrupt(&running);
    thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    interrupt(&running);
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(
        asked.elapsed() < Duration::from_millis(500),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(app.answer(), "one");
    app.git(&["rm", "--quiet", "sick", "stubborn"]);
    app.answers("three");
    converges(&app, &["one", "three"], "interrupted twice");
    no_orphans(&app, "interrupted twice");
}

#[test]
fn a_hook_that_nobody_waits_for_any_more_is_ended_by_the_next_command() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.app_toml("[hooks]\nbefore_deploy = \"echo begun; sleep 100\"\n");
    app.answers("two");
    let mut running = app.spawn(&["deploy"]);
    wait_for_line(&mut running, "begun");
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(app.containers().len(), 2, "the hook goes on");
    app.json(&["scale", "web=1"]);
    no_orphans(&app, "a hook");
    assert_eq!(app.answer(), "one");
}

fn interrupt(running: &Child) {
    let pid = running.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.unwrap().success());
}

/// Reads stderr up to a line with this text; what follows is read and thrown away.
pub(super) fn wait_for_line(running: &mut Child, text: &str) {
    use std::io::{BufRead, BufReader};
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let found = lines
        .by_ref()
        .map_while(Result::ok)
        .find(|line| line.contains(text));
    assert!(found.is_some(), "no line with {text:?}");
    thread::spawn(move || lines.for_each(drop));
}

#[test]
fn of_many_deployments_at_once_each_waits_or_is_told_and_one_serves() {
    let app = single_writer();
    let mut versions = Vec::new();
    let answers = ["one", "two", "three", "four", "five"];
    for answer in answers {
        let done = app.answers(answer).json(&["build"]);
        versions.push(done["version"].as_str().unwrap().to_owned());
    }
    app.json(&["deploy", &versions[0]]);
    let over = AtomicBool::new(false);
    let codes = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut bad = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let (status, body) = app.get("/");
                if status != 200 || !answers.contains(&body.trim()) {
                    bad.push((status, body));
                }
            }
            bad
        });
        let running = versions.iter().enumerate().map(|(number, version)| {
            let mut arguments = vec!["deploy", version];
            arguments.extend((number % 2 == 0).then_some("--wait"));
            app.spawn(&arguments)
        });
        let running: Vec<Child> = running.collect();
        let ended = running
            .into_iter()
            .map(|child| child.wait_with_output().unwrap());
        let codes: Vec<_> = ended.map(|output| output.status.code()).collect();
        over.store(true, Ordering::Relaxed);
        assert_eq!(watching.join().unwrap(), [], "{codes:?}");
        codes
    });
    for (number, code) in codes.iter().enumerate() {
        let waits = number % 2 == 0;
        assert!(*code == Some(0) || !waits && *code == Some(7), "{codes:?}");
    }
    never_ran_twice(&app);
    let now = app.answer();
    converges(&app, &[&now, "five"], "five at once");
    let status = app.json(&["releases"]);
    let live = status.as_array().unwrap().iter();
    assert_eq!(
        live.filter(|row| row["status"] == "live").count(),
        1,
        "{status}"
    );
}
