//! An engine on another machine: any that is not reached by a socket of this one.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::deployed::Deployed;

/// The engine, as if another machine's: `tcp://…`.
fn tunnel() -> String {
    let listener = TcpListener::bind("127.0.0.9:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming() {
            join(&client.unwrap());
        }
    });
    address
}

fn join(client: &TcpStream) {
    let engine = UnixStream::connect("/var/run/docker.sock").unwrap();
    let (mut from, mut to) = (client.try_clone().unwrap(), engine.try_clone().unwrap());
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (engine, client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}

#[test]
fn an_ingress_is_steered_through_the_engine() {
    let app = Deployed::new("");
    let engine = tunnel();
    let engine = ["--docker-host", engine.as_str()];
    let with = |arguments: &[&'static str]| [&engine[..], arguments].concat();
    app.json(&with(&["env", "set", "COLOR=red"]));
    app.json(&with(&["deploy"]));
    assert_eq!(app.answer(), "one");
    assert_eq!(app.get("/env/COLOR").1.trim(), "red");
    app.answers("two").json(&with(&["deploy"]));
    let status = app.json(&with(&["status"]));
    let web = &status["releases"][0]["processes"]["web"][0];
    assert_eq!(web["healthy"], true, "{status}");
    let exec = app
        .paas(&with(&["run", "--", "tr", "a-z", "A-Z"]))
        .write_stdin("hello")
        .output()
        .unwrap();
    assert_eq!(exec.stdout, b"HELLO");
    app.json(&with(&["rollback"]));
    assert_eq!(app.answer(), "one");

    // Who dies has no lease any more, there as here.
    app.app_toml("[hooks]\nbefore_deploy = \"sleep 60\"\n");
    let mut killed = app.answers("three").spawn(&with(&["deploy"]));
    let begun = Instant::now();
    let hook = |line: &String| line.contains(".hook.") && line.ends_with("running");
    while !app.containers().iter().any(hook) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never began");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(app.run(&["scale", "web=1"]).status.code(), Some(7));
    killed.kill().unwrap();
    killed.wait().unwrap();
    let died = Instant::now();
    loop {
        let output = app.run(&with(&["scale", "web=1"]));
        if output.status.code() == Some(0) {
            break;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{said}");
        assert!(died.elapsed() < Duration::from_secs(10), "{said}");
    }
    assert_eq!(app.answer(), "one");
    app.json(&with(&["remove"]));
    assert_eq!(app.containers(), [""; 0]);
}
