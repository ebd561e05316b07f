//! How instances show that they are well, and what is said when they are not.

use std::time::{Duration, Instant};

use crate::support::deployed::Deployed;

#[test]
fn who_uses_more_memory_than_the_limit_is_told_so() {
    let app = Deployed::new("[resources]\nmemory = \"48MiB\"\n");
    app.json(&["deploy"]);
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    app.write("server.py", format!("x = bytearray(200 << 20)\n{server}"));
    let error = app.answers("two").fails(6, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains("more memory than its limit"), "{text}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn a_connection_is_enough_where_tcp_is_asked() {
    let app = Deployed::new("[health]\ntcp = true\ngrace = \"1s\"\n");
    app.write("sick", "only /healthz knows");
    app.answers("one").json(&["deploy"]);
    assert_eq!(app.answer(), "one");
    app.write("server.py", "import time\ntime.sleep(100)\n");
    let error = app.answers("two").fails(6, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains("within 1 s"), "{text}");
    assert!(text.contains("a connection to"), "{text}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn without_a_health_check_the_app_has_to_answer_and_not_only_to_listen() {
    let app = Deployed::new("");
    let text = std::fs::read_to_string(app.repo().join("app.toml")).unwrap();
    let without = text.split("[health]").next().unwrap();
    app.write("app.toml", without);
    app.answers("one").json(&["deploy"]);
    let listens = "import os, socket, time\nlistener = socket.create_server((\"\", int(os.environ[\"PORT\"])))\ntime.sleep(1)\nraise SystemExit(\"no module named shop\")\n";
    app.write("server.py", listens);
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(
        error.to_string().contains("no module named shop"),
        "{error}"
    );
    assert_eq!(app.answer(), "one");
}

#[test]
fn a_health_script_decides() {
    let app = Deployed::new("[health]\nscript = \"echo not yet; test -e well\"\ngrace = \"1s\"\n");
    let error = app.fails(6, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains("not yet"), "{text}");
    assert!(text.contains("exit status 1"), "{text}");
    assert_eq!(app.containers(), Vec::<String>::new());
    app.write("well", "");
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.answer(), "two");
}

#[test]
fn the_grace_is_used_and_no_more_of_it_than_needed() {
    let app = Deployed::new("[health]\npath = \"/healthz\"\ngrace = \"10s\"\n");
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    app.write("server.py", format!("import time\ntime.sleep(2)\n{server}"));
    let begun = Instant::now();
    app.answers("one").json(&["deploy"]);
    assert!(begun.elapsed() > Duration::from_secs(2));
    assert_eq!(app.answer(), "one");
}

#[test]
fn an_app_without_requests_is_deployed_and_goes_back_as_any_other() {
    let app = Deployed::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    app.json(&["scale", "web=0"]);
    assert_eq!(app.containers().len(), 1, "{:?}", app.containers());
    let second = app.answers("two").json(&["deploy"]);
    assert_eq!(second["status"], "live");
    let back = app.json(&["rollback"]);
    assert_eq!(back["from"], 1);
    let running = app.containers();
    let running: Vec<_> = running
        .iter()
        .filter(|line| line.ends_with("running"))
        .collect();
    assert_eq!(running.len(), 1, "{running:?}");
    assert!(running[0].contains(".1.worker.1 "), "{running:?}");
    // A worker that ends at once fails the deployment, and so does one that ends each second.
    for (answer, wait) in [("three", "0"), ("four", "1")] {
        app.app_toml(&format!(
            "[processes.worker]\nscript = \"sleep {wait}; echo no queue; exit 5\"\n"
        ));
        let error = app.answers(answer).fails(6, &["deploy"]);
        let text = error.to_string();
        assert!(text.contains("no queue"), "{text}");
        assert!(text.contains("worker.1"), "{text}");
    }
    app.json(&["scale", "web=1"]);
    assert_eq!(app.answer(), "one");
}
