//! An engine that is hurt: ended and killed in the middle, cleaned behind our back, without room.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::deployed::{Deployed, request};
use crate::support::engine::docker;
use crate::support::machine::Machine;

/// What the ingress's image is built on.
const BASE: &str = "paas/debian:latest";

/// Brings it to the machine, made where it is missing.
fn bring_base(app: &Deployed, machine: &Machine) {
    if docker(&["images", "--quiet", BASE]).is_empty() {
        let mut build = app.paas(&["base", "build", "debian"]);
        build.env_remove("DOCKER_HOST").assert().success();
    }
    machine.load(&[BASE]);
}

/// A machine with an app whose first version serves, and is worth going back to from the second.
fn with_two(machine: &Machine) -> (Deployed, String, String) {
    let app = Deployed::at(machine, "");
    bring_base(&app, machine);
    let versions = ["one", "two"].map(|answer| app.ships(machine, answer));
    let [one, two] = versions;
    app.json(&["deploy", &one]);
    (app, one, two)
}

/// What the app answers, as soon as it does.
fn comes_back(app: &Deployed, what: &str) -> String {
    let begun = Instant::now();
    loop {
        match request(app.port(), &app.host(), "/", "") {
            Ok((200, body)) => return body.trim().to_owned(),
            other => assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{what}: {other:?}"
            ),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The next deployment works at once; one release serves afterwards, and nothing else is left.
fn converges(app: &Deployed, version: &str, answer: &str, what: &str) {
    let done = app.json(&["deploy", version]);
    assert!(
        ["live", "unchanged"].contains(&done["status"].as_str().unwrap()),
        "{what}: {done}"
    );
    assert_eq!(comes_back(app, what), answer, "{what}");
    let left = app.containers();
    let running = left.iter().filter(|line| line.ends_with("running")).count();
    assert_eq!(running, 1, "{what}: {left:?}");
    assert!(left.len() <= 2, "{what}: {left:?}");
    assert!(left.iter().all(|line| line.contains(".web.")), "{left:?}");
    let label = format!("label=io.paas.cluster={}", app.cluster());
    let networks = app.docker(&["network", "ls", "--quiet", "--filter", &label]);
    assert_eq!(networks.lines().count(), 1, "{what}");
}

fn ends(mut running: Child, what: &str) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = running.try_wait().unwrap() {
            return status.code();
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "{what}: it hangs");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the engine with `signal` at several moments of a deployment.
fn engine_ends(signal: &str) {
    let machine = Machine::start();
    let (app, one, two) = with_two(&machine);
    let mut serves = ("one", &one);
    let mut next = ("two", &two);
    for after in [100, 400, 700, 1000, 1500] {
        let what = format!("kill {signal} after {after} ms");
        let running = app.spawn(&["deploy", next.1]);
        thread::sleep(Duration::from_millis(after));
        machine.end(signal);
        let code = ends(running, &what);
        // Where it was over by then, or the ingress outlives the engine.
        assert!(
            [Some(0), Some(4), Some(6), Some(7)].contains(&code),
            "{what}: {code:?}"
        );
        machine.begin();
        if signal == "-TERM" {
            let now = comes_back(&app, &what);
            assert!([serves.0, next.0].contains(&&*now), "{what}: {now}");
        }
        // One that was killed may not be able to start again what it still has an endpoint of.
        converges(&app, next.1, next.0, &what);
        std::mem::swap(&mut serves, &mut next);
    }
    app.json(&["rollback"]);
    assert_eq!(app.answer(), next.0);
}

#[test]
fn an_engine_may_be_restarted_in_the_middle_of_a_deployment() {
    engine_ends("-TERM");
}

#[test]
fn an_engine_may_be_killed_in_the_middle_of_a_deployment() {
    engine_ends("-KILL");
}

#[test]
fn what_is_removed_behind_our_back_comes_back() {
    let machine = Machine::start();
    let (app, _, two) = with_two(&machine);
    app.json(&["deploy", &two]);

    // What a way back needs is held by a container that is paused.
    machine.docker(&["system", "prune", "--all", "--force"]);
    assert_eq!(comes_back(&app, "pruned"), "two");
    app.json(&["rollback"]);
    assert_eq!(app.answer(), "one");
    converges(&app, &two, "two", "pruned");

    // And when that is gone as well, it is said, and what serves serves.
    let kept = app.containers();
    let paused = kept.iter().filter(|line| line.ends_with("paused"));
    for line in paused {
        machine.docker(&["rm", "--force", line.split(' ').next().unwrap()]);
    }
    machine.docker(&["system", "prune", "--all", "--force"]);
    let error = app.fails(6, &["rollback", "1"]);
    assert!(error.to_string().contains("nowhere to be had"), "{error}");
    assert_eq!(app.answer(), "two");

    bring_base(&app, &machine);
    machine.docker(&["rm", "--force", &app.ingress()]);
    converges(&app, &two, "two", "without an ingress");
    let instance = app.containers()[0].split(' ').next().unwrap().to_owned();
    machine.docker(&["rm", "--force", &instance]);
    converges(&app, &two, "two", "without an instance");

    let all = machine.docker(&["ps", "--all", "--quiet"]);
    let all: Vec<&str> = all.lines().collect();
    machine.docker(&[&["rm", "--force"], &all[..]].concat());
    converges(&app, &two, "two", "without containers");
    let label = format!("label=io.paas.cluster={}", app.cluster());
    let all = machine.docker(&["ps", "--all", "--quiet", "--filter", &label]);
    let all: Vec<&str> = all.lines().collect();
    machine.docker(&[&["rm", "--force"], &all[..]].concat());
    machine.docker(&["system", "prune", "--all", "--force", "--volumes"]);
    bring_base(&app, &machine);
    machine.make_network(app.cluster());
    let three = app.ships(&machine, "three");
    converges(&app, &three, "three", "without anything");
}

#[test]
fn a_disk_without_room_stops_a_deployment_and_nothing_else() {
    let machine = Machine::with_disk("1200m");
    let (app, _, two) = with_two(&machine);
    let path = format!("{}/fill", machine.data());
    // Writes until nothing fits any more, the last bytes too.
    let mut file = std::fs::File::create(&path).unwrap();
    for size in [1 << 20, 1 << 12] {
        let block = vec![1; size];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    }
    let error = app.fails(4, &["deploy", &two]);
    assert!(
        error.to_string().to_lowercase().contains("no space left"),
        "{error}"
    );
    assert_eq!(app.answer(), "one");
    drop(file);
    std::fs::remove_file(&path).unwrap();
    converges(&app, &two, "two", "with room again");
}
