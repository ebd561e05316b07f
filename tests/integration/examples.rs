//! Each example is built, answers, runs as nobody in particular, and stops when asked to.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Sandbox;

/// How long an app may take to answer; the JVM is the slowest, on a busy machine.
const START: Duration = Duration::from_secs(30);

/// Debian's client; another one may come first on PATH.
fn docker(arguments: &[&str]) -> String {
    let output = Command::new("/usr/bin/docker")
        .args(arguments)
        .output()
        .expect("docker");
    assert!(
        output.status.success(),
        "docker {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A container that goes with the test.
struct Container(String);

impl Container {
    fn run(image: &str) -> Self {
        let safe = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"];
        let publish = "--publish=127.0.0.1::8080";
        let mut arguments = vec!["create", publish];
        arguments.extend(safe);
        arguments.push(image);
        // Made first, so that it goes even when it can't start.
        let container = Self(docker(&arguments));
        docker(&["start", &container.0]);
        container
    }

    fn get(&self, path: &str) -> Option<String> {
        let address = docker(&["port", &self.0, "8080/tcp"]);
        let url = format!("http://{address}{path}");
        let answer = Command::new("curl")
            .args(["--silent", "--fail", "--max-time", "2", &url])
            .output();
        let answer = answer.expect("curl");
        answer
            .status
            .success()
            .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    fn answer(&self, path: &str) -> String {
        let started = Instant::now();
        loop {
            if let Some(answer) = self.get(path) {
                return answer;
            }
            assert!(
                started.elapsed() < START,
                "no answer: {}",
                docker(&["logs", &self.0])
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn inspect(&self, format: &str) -> String {
        docker(&["inspect", "--format", format, &self.0])
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = Command::new("/usr/bin/docker")
            .args(["rm", "--force", "--volumes", &self.0])
            .output();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn example(name: &str) {
    let sandbox = Sandbox::new();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name),
        &sandbox.repo(),
    );
    // Left by somebody who tried the example in place.
    let _ = fs::remove_file(sandbox.repo().join("app.lock"));
    sandbox.commit("example");
    let built = sandbox
        .paas(&["build", "--json", "--quiet"])
        .assert()
        .success();
    let built: Value = serde_json::from_slice(&built.get_output().stdout).unwrap();
    let image = built["image"].as_str().unwrap();

    let container = Container::run(image);
    assert!(!container.answer("/").is_empty());
    assert_eq!(container.inspect("{{.Config.User}}"), "10001:10001");

    let timeout = docker(&[
        "inspect",
        "--format",
        r#"{{index .Config.Labels "io.paas.stop-timeout"}}"#,
        image,
    ]);
    let timeout: u64 = timeout.trim_end_matches('s').parse().unwrap();
    let started = Instant::now();
    docker(&["stop", "--time", &timeout.to_string(), &container.0]);
    assert!(
        started.elapsed() < Duration::from_secs(timeout),
        "it ignored the signal"
    );
    assert_ne!(
        container.inspect("{{.State.ExitCode}}"),
        "137",
        "it was killed"
    );
    drop(container);
    docker(&["rmi", image]);
}

macro_rules! examples {
    ($($test:ident $name:literal)*) => {
        $(#[test] fn $test() { example($name); })*

        #[test]
        fn every_example_has_a_test() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
            let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
            let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
            let mut found: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
            found.sort();
            assert_eq!(found, [$($name),*]);
        }
    };
}

examples! {
    fastapi "fastapi"
    go "go-web"
    java "java-web"
    node "node-web"
    php "php-web"
    python "python-web"
    ruby "ruby-web"
    rust "rust-web"
    static_site "static-site"
}
