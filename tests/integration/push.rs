//! Versions on their way to a registry, well and unwell.

mod faulty;

use std::time::{Duration, Instant};

use faulty::{Fault, Faulty};
use serde_json::Value;

use crate::registry::server::{Options, Server};
use crate::support::app::{App, Built};
use crate::support::engine::{docker, inspect, lines};

/// The digest that a registry has for a tag, by HTTP.
fn digest(server: &Server, app: &App, tag: &str) -> Option<String> {
    let url = format!("http://{}/v2/{}/manifests/{tag}", server.host(), app.name());
    let accept = "Accept: application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";
    let head = std::process::Command::new("curl")
        .args([
            "--silent",
            "--noproxy",
            "*",
            "--head",
            "--header",
            accept,
            &url,
        ])
        .output()
        .expect("curl");
    let head = String::from_utf8_lossy(&head.stdout).to_lowercase();
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("docker-content-digest: "));
    line.map(|digest| digest.trim().to_owned())
}

fn to<'a>(host: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--registry", host], arguments].concat()
}

fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

#[test]
fn a_version_is_published_once() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let built = Built::of(&app.run(&to(&host, &["build", "--push"])));
    assert_eq!(built.document["pushed"], true);
    assert_eq!(
        built.image(),
        format!("{host}/{}:{}", app.name(), built.version())
    );
    assert_eq!(
        digest(&server, &app, built.version()).as_deref(),
        Some(built.digest())
    );

    for arguments in [
        &["build", "--push"][..],
        &["push"],
        &["push", built.version()],
    ] {
        let again = app.json(&to(&host, arguments));
        assert_eq!(again["digest"], built.digest());
        assert_eq!(again["image"], built.image());
    }
    assert_eq!(app.json(&to(&host, &["build"]))["digest"], built.digest());

    app.commit("lock");
    let next = Built::of(&app.run(&to(&host, &["build", "--push"])));
    assert!(!next.ran_the_engine());
    assert_eq!(next.digest(), built.digest());
    assert_eq!(
        digest(&server, &app, next.version()).as_deref(),
        Some(built.digest())
    );
    let rows = app.json(&to(&host, &["images"]));
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row["remote"] == true && row["local"] == true)
    );
}

#[test]
fn content_of_a_removed_image_comes_from_the_registry() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let built = Built::of(&app.run(&to(&host, &["build", "--push"])));
    app.commit("lock");
    for id in app.images() {
        docker(&["rmi", "--force", &id]);
    }
    let next = Built::of(&app.run(&to(&host, &["build"])));
    assert!(!next.ran_the_engine(), "{:?}", next.events);
    assert_eq!(next.document["cached"], true);
    assert_eq!(next.digest(), built.digest());
    assert_ne!(next.version(), built.version());
    assert_eq!(app.images().len(), 1);
}

#[test]
fn another_digest_under_the_same_version_is_refused() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let first = Built::of(&app.run(&to(&host, &["build", "--push"])));
    docker(&["tag", app.base().name(), first.image()]);
    let tags = || {
        let url = format!("http://{host}/v2/{}/tags/list", app.name());
        let list = std::process::Command::new("curl")
            .args(["--silent", "--noproxy", "*", &url])
            .output();
        String::from_utf8(list.unwrap().stdout).unwrap()
    };
    let before = tags();
    for arguments in [&["push"][..], &["push", first.version()]] {
        let refused = app.fails(3, &to(&host, arguments));
        assert!(message(&refused).contains("another digest"), "{refused}");
    }
    assert_eq!(
        digest(&server, &app, first.version()).as_deref(),
        Some(first.digest())
    );
    assert_eq!(tags(), before);
    let taken = Built::of(&app.run(&to(&host, &["build", "--push"])));
    assert_eq!(taken.digest(), first.digest(), "what is there is taken");
    assert!(!taken.ran_the_engine());
}

#[test]
fn a_push_that_was_killed_is_completed() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let built = Built::of(&app.run(&to(&host, &["build"])));
    // The version is pushed first; without its second name no other version finds the content.
    docker(&["push", "--quiet", built.image()]);
    let content = &inspect(built.image())["Config"]["Labels"]["io.paas.content"];
    let tag = format!("content-{}", &content.as_str().unwrap()[..32]);
    assert_eq!(digest(&server, &app, &tag), None);
    let pushed = app.json(&to(&host, &["push"]));
    let there = digest(&server, &app, &tag);
    assert_eq!(there.as_deref(), pushed["digest"].as_str());
    assert_eq!(there, digest(&server, &app, built.version()));
}

#[test]
fn uncommitted_changes_are_not_published_by_accident() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    app.write("main", "changed");
    let refused = app.fails(3, &to(&host, &["build", "--push"]));
    assert_eq!(refused["detail"], "main");
    assert_eq!(app.images(), [""; 0], "refused before it is built");
    let built = Built::of(&app.run(&to(&host, &["build"])));
    app.fails(3, &to(&host, &["push"]));
    app.git(&["checkout", "--quiet", "main", "--", "main"]);
    app.fails(3, &to(&host, &["push", built.version()]));
    assert_eq!(digest(&server, &app, built.version()), None);
    let pushed = app.json(&to(&host, &["push", "--allow-dirty", built.version()]));
    assert_eq!(
        digest(&server, &app, built.version()).as_deref(),
        pushed["digest"].as_str()
    );
}

#[test]
fn a_registry_has_to_be_named_and_there() {
    let app = App::tiny();
    for command in [&["push"][..], &["build", "--push"]] {
        let error = app.fails(2, command);
        assert!(
            error["hints"][0].as_str().unwrap().contains("--registry"),
            "{error}"
        );
    }
    let down = "127.0.0.1:1";
    let began = Instant::now();
    let built = Built::of(&app.run(&to(down, &["build"])));
    let warned = built.events.iter().any(|event| event["event"] == "warning");
    assert!(warned, "{:?}", built.events);
    let again = |event: &Value| event.to_string().contains("trying again");
    assert!(!built.events.iter().any(again), "{:?}", built.events);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "a build waits {:?}",
        began.elapsed()
    );
    let began = Instant::now();
    let error = app.fails(4, &to(down, &["push"]));
    assert!(
        began.elapsed() < Duration::from_secs(50),
        "a push waits {:?}",
        began.elapsed()
    );
    assert!(error.to_string().contains(down), "{error}");
    assert!(!error["hints"].as_array().unwrap().is_empty(), "{error}");
    assert_eq!(app.images().len(), 1, "the version is still here");

    let server = Server::start(&Options::default());
    let missing = app.fails(2, &to(&server.host(), &["push", built.version()]));
    assert!(
        message(&missing).contains("was built for the registry 127.0.0.1:1, not for"),
        "{missing}"
    );
    let wrong = app.fails(2, &to(&server.host(), &["push", "latest"]));
    assert!(message(&wrong).contains("is not a version"), "{wrong}");
}

#[test]
fn a_registry_that_stumbles_gets_the_version_all_the_same() {
    let server = Server::start(&Options::default());
    std::thread::scope(|scope| {
        for fault in [Fault::Cut, Fault::Status500] {
            let server = &server;
            scope.spawn(move || {
                let app = App::tiny();
                let faulty = Faulty::start(server.port(), fault, 2);
                let host = faulty.host();
                let built = Built::of(&app.run(&to(&host, &["build", "--push"])));
                assert_eq!(faulty.left(), 0, "{fault:?}: the faults happened");
                let there = digest(server, &app, built.version());
                assert_eq!(there.as_deref(), Some(built.digest()), "{fault:?}");
                let names = docker(&[
                    "images",
                    "--quiet",
                    "--filter",
                    &format!("reference={host}/*"),
                ]);
                assert_eq!(lines(&names).len(), 1);
            });
        }
    });
}
