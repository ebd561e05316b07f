//! How `paas ingress` ends when the engine asks it to.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::control::{Ingress, free_port};
use crate::support::deployed::request;

/// Asks it to end; how long that took.
fn terminate(ingress: &mut Ingress) -> Duration {
    let begun = Instant::now();
    let id = ingress.process.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(sent.success());
    loop {
        if let Some(status) = ingress.process.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            return begun.elapsed();
        }
        assert!(begun.elapsed() < Duration::from_secs(12), "it goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Takes its time for each answer.
fn slow_upstream(time: Duration) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                line.clear();
            }
            thread::sleep(time);
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
            drop((&stream).write_all(answer.as_bytes()));
        }
    });
    address
}

#[test]
fn an_idle_ingress_ends_at_once() {
    let mut ingress = Ingress::start_on(free_port(), Vec::new());
    let time = terminate(&mut ingress);
    assert!(time < Duration::from_secs(2), "{time:?}");
}

#[test]
fn a_request_that_runs_is_answered_before_the_end() {
    let mut ingress = Ingress::start_on(free_port(), Vec::new());
    let upstream = slow_upstream(Duration::from_secs(2));
    let backend = json!({ "release": 1, "upstreams": [upstream] });
    let route = json!({ "hosts": ["a.test"], "live": backend }).to_string();
    assert_eq!(ingress.put("/v1/routes/a", &route), 204);
    let http = ingress.http;
    let asking = thread::spawn(move || request(http, "a.test", "/", ""));
    thread::sleep(Duration::from_millis(500));
    let time = terminate(&mut ingress);
    assert!(time > Duration::from_secs(1), "{time:?}");
    assert_eq!(asking.join().unwrap().unwrap(), (200, "done".to_owned()));
}
