//! `paas eject`: Docker alone builds the same from what it writes.

use std::fs;
use std::process::Command;

use crate::support::app::App;
use crate::support::engine::{docker, inspect};

const BUILD: &str = "dependencies = { files = [\"bin/install\"], output = [\"/opt/d\"], script = 'bin/install' }\n\
    script = 'cp main made; printf %s \"$MODE\" > mode; test ! -e docs'\nexclude = [\"docs\"]\nenv = { MODE = \"x\" }\n\
    [start]\nscript = 'echo web $PORT; cat made /opt/d/x mode; ls -A bin; id -u; ls -A -I .paas'\n\
    [processes.worker]\nscript = 'echo worker'";

fn app() -> App {
    let app = App::debian(BUILD);
    app.write("docs/a", "x")
        .write(
            "bin/install",
            "#!/bin/sh\nmkdir /opt/d; echo installed > /opt/d/x\n",
        )
        .write(".gitignore", "*.env\n")
        .write("bin/local.env", "private")
        .write(".dockerignore", "**\n!main\n!bin\n");
    let install = app.repo().join("bin/install");
    fs::set_permissions(install, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    app.commit("app");
    app
}

#[test]
fn docker_builds_the_same_without_us() {
    let app = app();
    let built = app.build(&[]);
    let ejected = app.json(&["eject"]);
    let files: Vec<_> = ejected["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    assert!(files.contains(&"Dockerfile"), "{files:?}");
    assert!(
        files.iter().all(|file| app.repo().join(file).is_file()),
        "{files:?}"
    );
    let command = ejected["command"].as_str().unwrap();
    assert!(
        command.starts_with("DOCKER_BUILDKIT=1 docker build --build-arg MODE "),
        "{command}"
    );

    let name = format!("{}:ejected", app.name());
    let label = format!("io.paas.app={}", app.name());
    let output = Command::new("/usr/bin/docker")
        .args([
            "build",
            "--quiet",
            "--build-arg",
            "MODE",
            "--label",
            &label,
            "--tag",
            &name,
            ".",
        ])
        .current_dir(app.repo())
        .env("DOCKER_BUILDKIT", "1")
        .env("MODE", "x")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for process in ["web", "worker"] {
        let run = |image: &str| docker(&["run", "--rm", "--network=none", image, process]);
        assert_eq!(run(&name), run(built.image()));
    }
    let (ours, theirs) = (inspect(built.image()), inspect(&name));
    for key in [
        "User",
        "Env",
        "Cmd",
        "Entrypoint",
        "WorkingDir",
        "ExposedPorts",
    ] {
        assert_eq!(ours["Config"][key], theirs["Config"][key], "{key}");
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let app = app();
    app.write("Dockerfile", "mine");
    let refused = app.fails(3, &["eject"]);
    assert!(
        refused["hints"][0].as_str().unwrap().contains("--force"),
        "{refused}"
    );
    assert_eq!(
        fs::read_to_string(app.repo().join("Dockerfile")).unwrap(),
        "mine"
    );
    assert!(!app.repo().join(".paas").exists());
    app.json(&["eject", "--force"]);
    assert!(
        fs::read_to_string(app.repo().join("Dockerfile"))
            .unwrap()
            .starts_with("FROM ")
    );
}

#[test]
fn an_ejected_dockerfile_holds_no_value_of_the_users() {
    let app = App::tiny();
    app.app_toml("env = { A = \"canary-value\" }\nscript = 'canary-script'\n[start]\nscript = 'canary-start'");
    app.json(&["eject"]);
    let dockerfile = fs::read_to_string(app.repo().join("Dockerfile")).unwrap();
    assert!(!dockerfile.contains("canary"), "{dockerfile}");
}

#[test]
fn what_git_leaves_out_by_nested_rules_stays_out() {
    let app = App::tiny();
    app.write(".gitignore", "*.env\n")
        .write("deep/.gitignore", "!kept.env\nown.key\n")
        .write("deep/kept.env", "public")
        .commit("app");
    app.write(".git/info/exclude", "private\n")
        .write("deep/own.key", "x")
        .write("private", "x");
    let ejected = app.json(&["eject"]);
    let rules = fs::read_to_string(app.repo().join("Dockerfile.dockerignore")).unwrap();
    let lines: Vec<_> = rules.lines().collect();
    for rule in ["deep/own.key", "private", "!deep/kept.env"] {
        assert!(lines.contains(&rule), "{rule}: {rules}");
    }
    let files = ejected["files"].as_array().unwrap();
    assert_eq!(files.last().unwrap(), "Dockerfile");
    let command = ejected["command"].as_str().unwrap();
    assert!(
        command.ends_with(&format!("--tag {} .", app.name())),
        "{command}"
    );
}
