//! `paas doctor`: with everything there, and with one thing missing at a time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use predicates::prelude::*;
use serde_json::Value;

use crate::support::Sandbox;

fn app() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write(
            "app.toml",
            "name = \"a\"\n[build]\nbase = \"debian\"\n[start]\nscript = \"exec sleep 1\"\n",
        )
        .commit("first");
    sandbox
}

/// Exit code and the checks by name.
fn examine(sandbox: &Sandbox, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = sandbox
        .paas(&["doctor", "--json"])
        .args(arguments)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let checks = document["checks"].as_array().unwrap().clone();
    (output.status.code(), checks)
}

fn check<'a>(checks: &'a [Value], name: &str) -> &'a Value {
    let found = checks.iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no check {name} in {checks:?}"))
}

#[test]
fn a_machine_that_can_build_has_no_problem() {
    let sandbox = app();
    let (code, checks) = examine(&sandbox, &["--registry", "127.0.0.1:5000"]);
    assert_eq!(code, Some(0), "{checks:?}");
    let engine = check(&checks, "engine")["message"].as_str().unwrap();
    assert!(
        engine.starts_with("Docker ") && engine.contains("BuildKit"),
        "{engine}"
    );
    for name in [
        "build cache",
        "base images",
        "registry",
        "repository",
        "app.toml",
        "state",
    ] {
        assert_eq!(check(&checks, name)["status"], "ok", "{name}");
    }
    let registry = &check(&checks, "registry")["message"];
    assert_eq!(registry, "127.0.0.1:5000 answers, without a sign-in");
    assert_eq!(check(&checks, "app.toml")["message"], "valid, of a");
}

#[test]
fn people_get_an_aligned_list_in_words() {
    let sandbox = app();
    let aligned = predicate::str::is_match("(?m)^ok       engine +Docker .*$").unwrap();
    let hint =
        predicate::str::contains("\n                       `paas build` writes it; commit it\n");
    sandbox
        .paas(&["doctor"])
        .assert()
        .code(0)
        .stdout(aligned.and(hint))
        .stderr("");
    let symbols = predicate::str::contains("✓");
    sandbox
        .paas(&["doctor", "--color", "always"])
        .assert()
        .code(0)
        .stdout(symbols.clone());
    let plain = &mut sandbox.paas(&["doctor", "--color", "always"]);
    plain
        .env("LC_ALL", "C")
        .assert()
        .code(0)
        .stdout(symbols.not());
}

#[test]
fn without_an_engine_it_exits_4_and_says_what_to_do() {
    let sandbox = app();
    let absent = sandbox.home().join("absent.sock");
    let deaf = sandbox.home().join("deaf.sock");
    drop(UnixListener::bind(&deaf).unwrap());
    for (socket, message) in [
        (&absent, "there is no Docker Engine"),
        (&deaf, "no Docker Engine listens"),
    ] {
        let address = format!("unix://{}", socket.display());
        let (code, checks) = examine(&sandbox, &["--docker-host", &address]);
        assert_eq!(code, Some(4), "{checks:?}");
        let engine = check(&checks, "engine");
        assert_eq!(engine["status"], "problem");
        assert!(
            engine["message"].as_str().unwrap().starts_with(message),
            "{engine}"
        );
        assert!(
            engine["hint"]
                .as_str()
                .unwrap()
                .contains("systemctl start docker"),
            "{engine}"
        );
        // The rest is still looked at.
        assert_eq!(check(&checks, "app.toml")["status"], "ok");
        let said = predicate::str::contains("error: not as it should be: engine");
        sandbox
            .paas(&["doctor", "--docker-host", &address])
            .assert()
            .code(4)
            .stderr(said);
    }
}

/// Nobody is denied a socket who is root, so another user asks.
#[test]
fn a_socket_of_somebody_else_is_told_from_a_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let _listener = UnixListener::bind(path("engine.sock")).unwrap();
    fs::set_permissions(path("engine.sock"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_paas"), path("paas")).unwrap();
    fs::create_dir(path("home")).unwrap();
    fs::set_permissions(path("home"), fs::Permissions::from_mode(0o777)).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(path("paas"))
        .args(["doctor", "--json", "--docker-host"])
        .arg(format!("unix://{}", path("engine.sock").display()))
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin".into()), ("HOME", path("home"))])
        .current_dir(path("home"))
        .output()
        .expect("setpriv, and the rights to use it");
    assert_eq!(
        output.status.code(),
        Some(4),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let engine = &document["checks"][0];
    assert!(
        engine["message"]
            .as_str()
            .unwrap()
            .starts_with("you may not use the Docker Engine")
    );
    assert!(
        engine["hint"].as_str().unwrap().contains("--groups docker"),
        "{engine}"
    );
}

#[test]
fn a_hanging_engine_holds_nobody_up() {
    let sandbox = app();
    let socket = sandbox.home().join("hanging.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    let started = Instant::now();
    let address = format!("unix://{}", socket.display());
    let (code, checks) = examine(&sandbox, &["--docker-host", &address]);
    assert_eq!(code, Some(4));
    assert!(
        started.elapsed() < Duration::from_secs(9),
        "{:?}",
        started.elapsed()
    );
    let message = check(&checks, "engine")["message"].as_str().unwrap();
    assert!(message.contains("did not answer within 5 s"), "{message}");
}

#[test]
fn wrong_files_exit_2() {
    let sandbox = app();
    sandbox.write("app.toml", "name = \"a\"\n[build]\nbaze = \"debian\"\n");
    let (code, checks) = examine(&sandbox, &[]);
    assert_eq!(code, Some(2));
    assert_eq!(check(&checks, "app.toml")["status"], "problem");
    assert_eq!(
        check(&checks, "app.toml")["hint"],
        "`paas plan` shows what and where"
    );
    assert_eq!(check(&checks, "engine")["status"], "ok");

    let sandbox = app();
    sandbox.write("app.lock", "<<<<<<< ours\nversion = 1\n=======\n");
    let (code, checks) = examine(&sandbox, &[]);
    assert_eq!(code, Some(2));
    let lock = check(&checks, "app.lock");
    assert!(
        lock["message"].as_str().unwrap().contains("merge conflict"),
        "{lock}"
    );
}

#[test]
fn the_registry_is_asked() {
    let sandbox = app();
    let (code, checks) = examine(&sandbox, &["--registry", "127.0.0.1:1"]);
    assert_eq!(code, Some(4));
    let registry = check(&checks, "registry");
    assert!(
        registry["message"]
            .as_str()
            .unwrap()
            .contains("cannot be reached"),
        "{registry}"
    );

    let docker = sandbox.home().join(".docker");
    fs::create_dir(&docker).unwrap();
    fs::write(
        docker.join("config.json"),
        "{\"credsStore\": \"absent-for-sure\"}",
    )
    .unwrap();
    let (code, checks) = examine(&sandbox, &["--registry", "127.0.0.1:5000"]);
    assert_eq!(code, Some(2), "{checks:?}");
    assert_eq!(check(&checks, "credentials")["status"], "warning");
    let message = &check(&checks, "registry")["message"];
    assert!(
        message
            .as_str()
            .unwrap()
            .contains("docker-credential-absent-for-sure is not installed"),
        "{message}"
    );
}

#[test]
fn a_pinned_base_that_is_nowhere_is_a_problem() {
    let sandbox = app();
    let digest = format!("sha256:{}", "1".repeat(64));
    sandbox.write(
        "app.lock",
        format!("version = 1\nrevision = 3\nconfiguration = \"{digest}\"\n[[base]]\nname = \"debian\"\ndigest = \"{digest}\"\n"),
    );
    let (code, checks) = examine(&sandbox, &[]);
    assert_eq!(code, Some(4), "{checks:?}");
    assert_eq!(check(&checks, "app.lock")["message"], "r3, 1 base pinned");
    let base = check(&checks, "base images");
    assert!(
        base["hint"].as_str().unwrap().contains("paas base update"),
        "{base}"
    );
}

#[test]
fn outside_of_an_app_nothing_is_wrong_yet() {
    let sandbox = Sandbox::new();
    let shallow = sandbox.home().join("shallow");
    sandbox
        .write("a", "1")
        .commit("one")
        .write("a", "2")
        .commit("two");
    let origin = format!("file://{}", sandbox.repo().display());
    sandbox.git(&[
        "clone",
        "--quiet",
        "--depth=1",
        &origin,
        shallow.to_str().unwrap(),
    ]);
    let (code, checks) = examine(&sandbox, &["-C", shallow.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{checks:?}");
    assert_eq!(check(&checks, "app.toml")["status"], "warning");
    let repository = check(&checks, "repository");
    assert_eq!(repository["status"], "warning");
    assert!(
        repository["hint"].as_str().unwrap().contains("--unshallow"),
        "{repository}"
    );
}
