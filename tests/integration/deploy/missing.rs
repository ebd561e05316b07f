//! What was removed behind our back: images, containers, the registry.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::deployed::Deployed;
use crate::support::engine::docker;

const REGISTRY: &str = "127.0.0.1:5000";

/// A way to the registry that can be closed.
struct Gate {
    host: String,
    open: Arc<AtomicBool>,
}

impl Gate {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gate = Self {
            host: listener.local_addr().unwrap().to_string(),
            open: Arc::new(AtomicBool::new(true)),
        };
        let open = Arc::clone(&gate.open);
        thread::spawn(move || {
            for client in listener.incoming() {
                // The listener closes with the gate, so that connections are refused.
                if !open.load(Ordering::SeqCst) {
                    break;
                }
                join(client.unwrap(), TcpStream::connect(REGISTRY).unwrap());
            }
        });
        gate
    }

    fn close(&self) {
        self.open.store(false, Ordering::SeqCst);
        drop(TcpStream::connect(&self.host));
        while TcpStream::connect(&self.host).is_ok() {
            thread::yield_now();
        }
    }
}

fn join(client: TcpStream, server: TcpStream) {
    for (mut from, mut to) in [
        (client.try_clone().unwrap(), server.try_clone().unwrap()),
        (server, client),
    ] {
        thread::spawn(move || {
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}

/// Removes an app's images of one version, whatever their names.
fn remove_image(app: &Deployed, version: &str) {
    let label = format!("label=io.paas.app={}", app.name());
    let format = "{{.Tag}} {{.ID}}";
    let images = docker(&["images", "--filter", &label, "--format", format]);
    let id = images
        .lines()
        .find_map(|line| line.strip_prefix(version)?.strip_prefix(' '));
    docker(&["rmi", "--force", id.expect("its image")]);
}

#[test]
fn a_way_back_without_its_image_fails_before_anything_changes() {
    let app = Deployed::new("");
    let first = app.json(&["deploy"]);
    for answer in ["two", "three"] {
        app.answers(answer).json(&["deploy"]);
    }
    let before = app.containers();
    remove_image(&app, first["version"].as_str().unwrap());
    let error = app.fails(6, &["rollback", "1"]);
    let text = error.to_string();
    assert!(text.contains("is nowhere to be had"), "{text}");
    assert!(text.contains("never pushed"), "{text}");
    assert_eq!(app.answer(), "three");
    assert_eq!(app.containers(), before);
    // The one whose instance is kept needs no image.
    assert_eq!(app.json(&["rollback"])["from"], 2);
    assert_eq!(app.answer(), "two");
}

#[test]
fn a_registry_that_is_down_changes_nothing_and_can_be_tried_again() {
    let app = Deployed::new("");
    let gate = Gate::new();
    let registry = ["--registry", gate.host.as_str()];
    app.json(&[&["build"], &registry[..]].concat());
    app.json(&[&["push"], &registry[..]].concat());
    let first = app.json(&[&["deploy"], &registry[..]].concat());
    let version = first["version"].as_str().unwrap();
    for answer in ["two", "three"] {
        app.answers(answer)
            .json(&[&["deploy"], &registry[..]].concat());
    }
    let before = app.containers();
    gate.close();
    remove_image(&app, version);
    for arguments in [&["rollback", "1"][..], &["deploy", version]] {
        let error = app.fails(4, &[arguments, &registry].concat());
        let text = error.to_string();
        assert!(text.contains(&gate.host), "{arguments:?}: {text}");
        assert_eq!(app.answer(), "three");
        assert_eq!(app.containers(), before);
    }
}

#[test]
fn one_of_two_instances_that_is_removed_takes_no_request_with_it() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    docker(&["rm", "--force", &app.container("1.web.2")]);
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(app.answer(), "one");
    }
    // Nobody refuses connections to an address that is gone; only the first one waits for it.
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(app.json(&["deploy"])["status"], "unchanged");
    assert_eq!(app.containers().len(), 2);
    for _ in 0..20 {
        assert_eq!(app.answer(), "one");
    }
}

#[test]
fn what_was_kept_for_the_way_back_may_be_removed() {
    let app = Deployed::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    // As `docker container prune` does: what is stopped goes, what is paused stays.
    let label = format!("label=io.paas.cluster={}", app.cluster());
    docker(&["container", "prune", "--force", "--filter", &label]);
    let left = app.containers();
    assert_eq!(left.len(), 3, "{left:?}");
    docker(&["rm", "--force", &app.container("1.web.1")]);
    assert_eq!(app.json(&["rollback"])["from"], 1);
    assert_eq!(app.answer(), "one");
    let running = app.containers();
    let running = running
        .iter()
        .filter(|line| line.contains(".1.") && line.ends_with("running"));
    assert_eq!(running.count(), 2);
}

#[test]
fn an_ingress_that_is_removed_comes_back_at_its_port_with_its_routes() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    docker(&["rm", "--force", &app.ingress()]);
    let again = app.json(&["deploy"]);
    assert_eq!(again["status"], "unchanged", "{again}");
    assert_eq!(app.answer(), "one");
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.json(&["rollback"])["from"], 1);
    assert_eq!(app.answer(), "one");
}
