//! Builds that fail: what they say, and that they leave nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::app::{App, error, events};

#[test]
fn a_failed_script_is_shown_with_its_place() {
    let app = App::debian("");
    app.app_toml("script = \"\"\"\nfor i in $(seq 40); do echo line $i; done\nsleep 0.3; echo gone >&2\nexit 7\"\"\"");
    app.commit("script");
    let output = app.run(&["build"]);
    let failed = error(&output, 5);
    assert_eq!(failed["kind"], "build_failed");
    assert_eq!(
        failed["message"],
        "the build script failed: exit status 7 (app.toml:5)"
    );
    let lines = failed["detail"].as_str().unwrap();
    assert!(lines.ends_with("line 40\ngone"), "{lines}");
    assert!(lines.lines().count() < 40, "the last ones only: {lines}");
    let logged = events(&output)
        .iter()
        .filter(|event| event["event"] == "step_log")
        .count();
    assert_eq!(logged, 41, "every line while it ran");

    assert!(!app.repo().join("app.lock").exists());
    assert_eq!(app.images(), [""; 0]);
    app.app_toml("script = \"true\"");
    app.build(&[]);
}

#[test]
fn each_script_has_its_own_line() {
    let app = App::debian("");
    app.write("deps.txt", "x");
    for (build, message) in [
        (
            "\ndependencies = { files = [\"deps.txt\"], script = \"cat deps.txt; exit 3\" }",
            "the dependencies script failed: exit status 3 (app.toml:5)",
        ),
        (
            "script = { file = \"build.sh\" }",
            "the build script failed: exit status 4 (app.toml:4)",
        ),
        (
            "script = \"nonexistent-program\"",
            "the build script failed: exit status 127 (app.toml:4)",
        ),
        (
            "script = \"sh -c 'kill -9 $$'\"",
            "the build script failed: exit status 137 (app.toml:4)",
        ),
    ] {
        app.write("build.sh", "exit 4\n");
        app.app_toml(build);
        let failed = app.fails(5, &["build"]);
        assert_eq!(failed["message"], message);
    }
}

#[test]
fn a_missing_script_or_dependency_file_is_a_mistake_in_the_file() {
    let app = App::debian("");
    for build in [
        "script = { file = \"missing.sh\" }",
        "dependencies = { files = [\"missing.txt\"], script = \"true\" }",
        "exclude = [\"main\"]\nscript = { file = \"main\" }",
    ] {
        app.app_toml(build);
        let failed = app.fails(2, &["build"]);
        assert!(
            failed["hints"][0]
                .as_str()
                .unwrap()
                .contains("plan --context"),
            "{failed}"
        );
    }
}

#[test]
fn an_engine_that_can_not_be_used_says_why() {
    let app = App::tiny();
    let folder = tempfile::TempDir::new().unwrap();
    let web = folder.path().join("web.sock");
    let listener = std::os::unix::net::UnixListener::bind(&web).unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno");
        }
    });
    let web = format!("unix://{}", web.display());
    for address in ["unix:///nonexistent.sock", "tcp://127.0.0.1:1", &web] {
        let began = Instant::now();
        let failed = app.fails(4, &["--docker-host", address, "build"]);
        assert!(!failed["hints"].as_array().unwrap().is_empty(), "{failed}");
        assert!(began.elapsed() < Duration::from_secs(10), "{address}");
    }
    assert!(!app.repo().join("app.lock").exists());
}

#[test]
fn a_socket_that_is_denied_says_how_to_get_in() {
    let app = App::tiny();
    let folder = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir()
        .unwrap();
    let repo = folder.path().join("repo");
    let shell = |script: &str| {
        let status = Command::new("sh").args(["-euc", script]).status().unwrap();
        assert!(status.success(), "{script}");
    };
    let (from, to) = (app.repo(), repo.display());
    // The binary too has to be where somebody else may read it.
    let binary = folder.path().join("paas");
    shell(&format!(
        "cp -r {} {to}; cp {} {}; chown -R 65534:65534 {to}",
        from.display(),
        env!("CARGO_BIN_EXE_paas"),
        binary.display(),
    ));
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&binary)
        .args(["build", "--json", "--progress", "json"])
        .current_dir(&repo)
        .env_clear()
        .env("HOME", &repo)
        .output()
        .expect("setpriv (util-linux)");
    let failed = error(&output, 4);
    let text = failed.to_string();
    assert!(
        text.contains("ermission") || text.contains("may not"),
        "{text}"
    );
    assert!(!failed["hints"].as_array().unwrap().is_empty(), "{text}");
}

#[test]
fn a_file_that_is_written_during_the_build_is_in_no_version() {
    // Nothing else sleeps so long, and no cache of an earlier run has the step.
    let sleep = format!("sleep 3.{}", fastrand::u32(10_000_000..99_999_999));
    let app = App::debian(&format!("script = \"{sleep}\""));
    app.write("value.txt", "1").commit("value");
    let file = app.repo().join("value.txt");
    let writer = std::thread::spawn(move || {
        // The engine has read the files when the script runs.
        let runs = || {
            Command::new("pgrep")
                .args(["--full", "--exact", &sleep])
                .output()
        };
        let started = Instant::now();
        while !runs().expect("pgrep (procps)").status.success() {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the script never began"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::write(file, "2").unwrap();
    });
    let output = app.run(&["build"]);
    writer.join().unwrap();
    let failed = error(&output, 4);
    assert_eq!(failed["message"], "files changed during the build");
    assert_eq!(app.images(), [""; 0]);
    assert!(!app.repo().join("app.lock").exists());
    app.build(&[]);
}
