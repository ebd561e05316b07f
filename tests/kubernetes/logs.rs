//! What pods write.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Pod;
use serde_json::Value;

use crate::app::App;
use crate::away::through_a_proxy;
use crate::support::deployed::request_to;

/// `paas logs -f`, read by a thread of its own; ended when it is dropped.
struct Followed {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Followed {
    fn begin(app: &App) -> Self {
        let mut child = app.spawn(&["logs", "--follow", "--json"]);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let read = Arc::clone(&lines);
        thread::spawn(move || {
            // A document is written over several lines.
            let mut text = String::new();
            for line in stdout.lines().map_while(Result::ok) {
                text += &line;
                if let Ok(document) = serde_json::from_str(&text) {
                    read.lock().unwrap().push(document);
                    text.clear();
                }
            }
        });
        Self { child, lines }
    }

    /// How often a text was written, each line counted once.
    fn count(&self, text: &str) -> usize {
        let lines = self.lines.lock().unwrap();
        let found = lines.iter().filter(|line| line["line"] == text);
        let all: Vec<String> = found.map(ToString::to_string).collect();
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(all.len(), different.len(), "no line comes twice: {all:?}");
        all.len()
    }

    fn waits_for(&self, text: &str, count: usize) {
        let begun = Instant::now();
        while self.count(text) < count {
            let waited = begun.elapsed();
            assert!(
                waited < Duration::from_secs(30),
                "{count} of {text:?} in {:?}",
                self.lines.lock().unwrap()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines of `paas logs --json`.
fn lines(app: &App, arguments: &[&str]) -> Vec<Value> {
    let output = app.run(&[&["logs"], arguments].concat());
    assert_eq!(output.status.code(), Some(0));
    let documents = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    documents.collect::<Result<_, _>>().expect("documents")
}

#[test]
fn lines_of_all_instances_come_by_time() {
    let app = App::new("[environments.local]\ncluster = \"kube\"\nreplicas = { web = 2 }\n");
    app.json(&["deploy"]);
    for _ in 0..10 {
        app.get("/");
    }
    let all = lines(&app, &[]);
    let times: Vec<&str> = all
        .iter()
        .filter_map(|line| line["time"].as_str())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let instances: BTreeSet<&str> = all
        .iter()
        .filter_map(|line| line["instance"].as_str())
        .collect();
    assert_eq!(Vec::from_iter(instances), ["web.1", "web.2"]);
    assert_eq!(lines(&app, &["web.2", "--tail", "1"]).len(), 1);
    app.fails(2, &["logs", "web.7"]);
}

#[test]
fn following_goes_on_when_pods_are_replaced_and_containers_started_again() {
    let app = App::new("");
    app.json(&["deploy"]);
    let followed = Followed::begin(&app);
    followed.waits_for("ready", 1);
    // The container ends, and is started again in the same pod.
    app.get("/healthz");
    // It ends without an answer.
    let _ = request_to((&*app.address(), 80), "app", "/die", "");
    followed.waits_for("ready", 2);
    assert_eq!(app.cluster.delete::<Pod>("io.paas.role=instance"), 1);
    followed.waits_for("ready", 3);
    app.answers("two").json(&["deploy"]);
    followed.waits_for("ready", 4);
    assert_eq!(followed.count("ready"), 4);
}

#[test]
fn following_goes_on_where_it_was_when_the_connection_was_cut() {
    let (app, proxy) = through_a_proxy("");
    app.json(&["deploy"]);
    let followed = Followed::begin(&app);
    followed.waits_for("ready", 1);
    let asked = |path: &str| format!("\"GET {path} HTTP/1.1\" 200 -");
    app.get("/before");
    followed.waits_for(&asked("/before"), 1);
    thread::scope(|scope| {
        scope.spawn(|| proxy.goes_away(Duration::from_secs(4)));
        thread::sleep(Duration::from_secs(1));
        app.get("/meanwhile");
    });
    followed.waits_for(&asked("/meanwhile"), 1);
    app.get("/after");
    followed.waits_for(&asked("/after"), 1);
    assert_eq!(followed.count("ready"), 1);
    assert_eq!(followed.count(&asked("/before")), 1);
}
