//! Commands that die, and many at once.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::coordination::v1::Lease;

use crate::app::{App, wait_for_line};

/// A lease of 15 s, and a look at whether its holder is really gone.
const LEASE: Duration = Duration::from_secs(30);

/// The app serves one of `answers`, and the next deployment brings the last of them.
fn converges(app: &App, answers: &[&str], what: &str) {
    let begun = Instant::now();
    loop {
        let output = app.run(&["deploy"]);
        match output.status.code() {
            Some(0) => break,
            Some(7) => assert!(begun.elapsed() < LEASE, "{what}: the lease is still held"),
            code => panic!(
                "{what}: {code:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            ),
        }
        let answer = app.answer();
        assert!(answers.contains(&&*answer), "{what}: {answer}");
        thread::sleep(Duration::from_millis(500));
    }
    app.comes_to_answer(answers.last().unwrap());
    let live = app.json(&["releases"]);
    let live = live
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["status"] == "live");
    assert!(live.is_some(), "{what}");
    app.cluster
        .waits_for("one pod", |cluster| cluster.pods().len() == 1);
    assert!(app.cluster.list::<Job>("").is_empty(), "{what}");
}

#[test]
fn commands_that_are_killed_at_random_leave_what_the_next_one_mends() {
    let app = App::new("");
    app.json(&["deploy"]);
    let mut dice = Rng::with_seed(11);
    let begun = Instant::now();
    app.answers("two").json(&["deploy"]);
    let usual = u64::try_from(begun.elapsed().as_millis()).unwrap();
    for number in 0..5 {
        let old = app.answer();
        let new = format!("try {number}");
        let rolls_back = dice.u64(..4) == 0;
        let arguments = if rolls_back { ["rollback"] } else { ["deploy"] };
        if !rolls_back {
            app.answers(&new);
        }
        let after = dice.u64(..usual * 5 / 4);
        let what = format!("try {number}: {arguments:?} killed after {after} ms");
        let mut running = app.spawn(&arguments);
        thread::sleep(Duration::from_millis(after));
        running.kill().unwrap();
        running.wait().unwrap();
        let now = app.answer();
        let wanted = std::fs::read_to_string(app.repo().join("answer")).unwrap();
        converges(&app, &[&old, &now, "one", &wanted], &what);
    }
}

#[test]
fn ctrl_c_goes_back_and_gives_the_lease_back() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.write("sick", "never");
    let mut running = app.answers("two").spawn(&["deploy"]);
    wait_for_line(&mut running, "start web.1 of #2");
    interrupt(&running);
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let leases = app.cluster.list::<Lease>("");
    let holder = leases[0].spec.as_ref().unwrap().holder_identity.clone();
    assert!(holder.unwrap_or_default().is_empty());
    app.git(&["rm", "--quiet", "sick"]);
    app.answers("three").json(&["deploy"]);
    app.comes_to_answer("three");
}

#[test]
fn a_command_that_fails_early_gives_the_lease_back() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.fails(2, &["scale", "nobody=2"]);
    let begun = Instant::now();
    app.json(&["scale", "web=1"]);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_second_deployer_is_told_who_works_and_waits_when_asked() {
    let app = App::new("[hooks]\nbefore_deploy = \"echo begun; sleep 4\"\n");
    let mut running = app.spawn(&["deploy"]);
    wait_for_line(&mut running, "begun");
    let error = app.fails(7, &["deploy"]);
    assert!(
        error["message"].to_string().contains("deploy untagged"),
        "{error}"
    );
    let waited = app.json(&["deploy", "--wait"]);
    assert_eq!(waited["status"], "unchanged", "{waited}");
    assert_eq!(running.wait().unwrap().code(), Some(0));
}

#[test]
fn a_hook_whose_deployer_is_gone_is_ended_before_the_next_one_runs() {
    let app = App::new("[hooks]\nbefore_deploy = \"echo begun; sleep 100\"\n");
    let mut running = app.spawn(&["deploy"]);
    wait_for_line(&mut running, "begun");
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(app.cluster.list::<Job>("").len(), 1);
    app.app_toml("[hooks]\nbefore_deploy = \"echo done\"\n");
    app.answers("two");
    app.json(&["deploy", "--wait"]);
    app.comes_to_answer("two");
    assert!(app.cluster.list::<Job>("").is_empty());
}

fn interrupt(running: &Child) {
    let pid = running.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.unwrap().success());
}
