//! Another ingress in place of the one that runs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::neighbours::{answers_udp, echoing, raw_port};
use crate::support::deployed::{Deployed, free_port, request};
use crate::support::engine::docker;

/// The app's cluster, defined anew.
fn define(app: &Deployed, more: &str) {
    let (name, port) = (app.cluster(), app.port());
    let text = format!("[{name}]\nengine = \"docker\"\nhttp_port = {port}\n{more}");
    app.write("../home/.config/paas/clusters.toml", text);
}

/// Names and restart policies of the cluster's ingresses, running or not.
fn ingresses(app: &Deployed) -> Vec<(String, String)> {
    let name = format!("name=^{}", app.ingress());
    let found = docker(&["ps", "--all", "--filter", &name, "--format", "{{.Names}}"]);
    let policy = |name: &str| {
        let format = "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}";
        docker(&["inspect", "--format", format, name])
            .trim()
            .to_owned()
    };
    found
        .lines()
        .map(|name| (name.to_owned(), policy(name)))
        .collect()
}

/// They end by themselves.
fn await_end_of_old_ingresses(app: &Deployed) {
    let begun = Instant::now();
    let runs = |(name, state): (String, String)| name.contains(".old.") && state.ends_with("true");
    while ingresses(app).into_iter().any(runs) {
        assert!(begun.elapsed() < Duration::from_secs(20), "they go on");
        thread::sleep(Duration::from_millis(100));
    }
}

fn one_ingress(app: &Deployed) {
    let expected = [(app.ingress(), "always true".to_owned())];
    assert_eq!(ingresses(app), expected);
}

#[test]
fn an_upgrade_loses_no_request() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let upgrade = ["cluster", "upgrade", app.cluster()];
    assert_eq!(app.json(&upgrade)["upgraded"], false);
    define(&app, &format!("https_port = {}\n", free_port()));
    let check = app.run(&["cluster", "check", app.cluster()]);
    let found = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(found.contains("listens on other ports"), "{found}");

    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut lost = Vec::new();
            let mut count = 0;
            while !over.load(Ordering::Relaxed) {
                match request(app.port(), &app.host(), "/", "") {
                    Ok((200, body)) if body.trim() == "one" => count += 1,
                    other => lost.push(format!("{other:?}")),
                }
            }
            (count, lost)
        });
        let slow = scope.spawn(|| app.get("/sleep/5"));
        thread::sleep(Duration::from_millis(300));
        assert_eq!(app.json(&upgrade)["upgraded"], true);
        over.store(true, Ordering::Relaxed);
        let (count, lost) = load.join().unwrap();
        assert_eq!(lost, [] as [String; 0], "of {count}");
        assert!(count > 100, "{count}");
        assert_eq!(slow.join().unwrap().0, 200);
    });
    one_ingress(&app);
    assert_eq!(app.json(&upgrade)["upgraded"], false);
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.answer(), "two");
    app.json(&["rollback"]);
    assert_eq!(app.answer(), "one");
}

#[test]
fn raw_ports_stay_open() {
    let port = free_port();
    let app = echoing(Deployed::new(&raw_port(port)));
    app.json(&["deploy"]);
    define(&app, &format!("https_port = {}\n", free_port()));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            let (mut count, mut cut) = (0, 0);
            while !over.load(Ordering::Relaxed) {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("an open port");
                let echoed = stream
                    .write_all(b"hello")
                    .and_then(|()| stream.read_exact(&mut [0; 5]));
                cut += usize::from(echoed.is_err());
                count += 1;
            }
            (count, cut)
        });
        let upgrade = ["cluster", "upgrade", app.cluster()];
        let done = app.run(&upgrade);
        over.store(true, Ordering::Relaxed);
        let (count, cut) = load.join().unwrap();
        assert!(count > 100, "{count}");
        assert!(cut <= 1, "only what is open when the old one ends: {cut}");
        assert!(done.status.success(), "{done:?}");
    });
    answers_udp(port);
    one_ingress(&app);
}

#[test]
fn an_upgrade_waits_for_nobody_who_works() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.app_toml("[hooks]\nbefore_deploy = \"echo begun; sleep 15\"\n");
    app.answers("two");
    let mut running = app.spawn(&["deploy"]);
    super::kills::wait_for_line(&mut running, "begun");
    define(&app, &format!("https_port = {}\n", free_port()));
    let error = app.fails(7, &["cluster", "upgrade", app.cluster()]);
    assert!(error.to_string().contains("deploy"), "{error}");
    one_ingress(&app);
    assert!(running.wait().unwrap().success());
    assert_eq!(app.answer(), "two");
}

#[test]
fn an_upgrade_that_is_killed_is_finished_or_reverted() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    for (number, after) in [50, 150, 300, 450, 600, 800].into_iter().enumerate() {
        define(&app, &format!("https_port = {}\n", free_port()));
        let mut running = app.spawn(&["cluster", "upgrade", app.cluster()]);
        thread::sleep(Duration::from_millis(after));
        running.kill().unwrap();
        running.wait().unwrap();
        let answer = format!("answer {number}");
        let done = app.answers(&answer).json(&["deploy"]);
        assert_eq!(done["status"], "live", "killed after {after} ms");
        assert_eq!(app.answer(), answer);
        await_end_of_old_ingresses(&app);
        app.answers(&format!("{answer} again")).json(&["deploy"]);
        one_ingress(&app);
        app.answers(&answer).json(&["deploy"]);
        app.json(&["cluster", "upgrade", app.cluster()]);
        one_ingress(&app);
        assert_eq!(app.answer(), answer);
    }
}

#[test]
fn an_ingress_that_is_stopped_keeps_its_port() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let (name, https) = (app.cluster(), free_port());
    let text = format!("[{name}]\nengine = \"docker\"\nhttps_port = {https}\n");
    app.write("../home/.config/paas/clusters.toml", text);
    docker(&["stop", &app.ingress()]);
    let upgraded = app.json(&["cluster", "upgrade", name]);
    assert_eq!(upgraded["upgraded"], true);
    one_ingress(&app);
    assert_eq!(app.answer(), "one");
}
