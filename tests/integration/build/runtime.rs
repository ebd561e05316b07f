//! How images run: who they are, how they start, and how they stop.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::app::App;
use crate::support::engine::{docker, inspect, sh, unique};

#[test]
fn an_image_runs_as_nobody_in_particular() {
    let app = App::debian("script = \"echo made > made; mkdir folder; chmod 700 made\"");
    app.write("bin/tool", "#!/bin/sh\n");
    app.commit("tool");
    let built = app.build(&[]);
    let config = &inspect(built.image())["Config"];
    assert_eq!(config["User"], "10001:10001");
    assert_eq!(config["WorkingDir"], "/app");
    assert_eq!(config["ExposedPorts"], serde_json::json!({"8080/tcp": {}}));
    let found = sh(
        built.image(),
        "id -u; id -g; pwd; stat -c '%u:%g %n' made folder main bin bin/tool; \
         for place in /paas /usr /etc /; do touch $place/x 2>/dev/null && echo $place; done; :",
    );
    assert_eq!(
        found,
        "10001\n10001\n/app\n10001:10001 made\n10001:10001 folder\n10001:10001 main\n\
         10001:10001 bin\n10001:10001 bin/tool\n"
    );
}

#[test]
fn source_without_a_build_script_belongs_to_the_app_too() {
    let app = App::debian("");
    let built = app.build(&[]);
    let found = sh(built.image(), "stat -c %u:%g main; cat main");
    assert_eq!(found, "10001:10001\none");
}

#[test]
fn the_apps_folder_is_the_apps() {
    let app = App::tiny();
    let built = app.build(&[]);
    docker(&["create", "--name", app.name(), built.image()]);
    let copy = format!("docker cp {}:/app - | tar -tv --numeric-owner", app.name());
    let listed = std::process::Command::new("sh")
        .args(["-c", &copy])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let owners: Vec<_> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(owners, ["10001/10001", "10001/10001"], "{listed}");
}

#[test]
fn processes_start_by_name() {
    let app = App::debian("");
    app.write("start.sh", "echo from a file\n");
    app.app_toml(
        "[start]\nscript = 'echo web on $PORT as $(id -u) in $PWD'\nport = 9000\n\
         [processes.worker]\nscript = '''echo worker \"$PORT\" '$x'; exit 3'''\n\
         [processes.filed]\nscript = { file = \"start.sh\" }",
    );
    app.commit("processes");
    let built = app.build(&[]);
    let run = |options: &[&str], process: &[&str]| {
        std::process::Command::new("/usr/bin/docker")
            .args(["run", "--rm", "--network=none"])
            .args(options)
            .arg(built.image())
            .args(process)
            .output()
            .unwrap()
    };
    let text = |output: &std::process::Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let web = run(&[], &[]);
    assert_eq!(text(&web), "web on 9000 as 10001 in /app\n");
    assert_eq!(
        text(&run(&["--env", "PORT=81"], &["web"])),
        "web on 81 as 10001 in /app\n"
    );
    let worker = run(&[], &["worker"]);
    assert_eq!(
        (text(&worker).as_str(), worker.status.code()),
        ("worker 9000 $x\n", Some(3))
    );
    assert_eq!(text(&run(&[], &["filed"])), "from a file\n");
    assert_eq!(text(&run(&["--read-only"], &["filed"])), "from a file\n");
    let missing = run(&[], &["missing"]);
    assert_eq!(missing.status.code(), Some(127));
    let message = String::from_utf8_lossy(&missing.stderr);
    assert!(message.contains("filed web worker"), "{message}");
    let labels = &inspect(built.image())["Config"]["Labels"];
    assert_eq!(labels["io.paas.processes"], "filed,web,worker");
}

#[test]
fn sigterm_reaches_the_last_program_of_a_script() {
    let app = App::debian("");
    app.write(
        "app.sh",
        "trap 'echo got it; exit 0' TERM\necho up\nwhile :; do sleep 0.05; done\n",
    );
    app.app_toml("[start]\nscript = \"\"\"\necho starting\nsh app.sh\n\"\"\"");
    app.commit("script");
    let built = app.build(&[]);
    let id = docker(&["run", "--detach", "--network=none", built.image()]);
    let id = id.trim();
    let began = Instant::now();
    while !docker(&["logs", id]).contains("up") {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it never started"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let began = Instant::now();
    docker(&["stop", "--time=20", id]);
    assert!(began.elapsed() < Duration::from_secs(10), "it was killed");
    assert_eq!(docker(&["logs", id]), "starting\nup\ngot it\n");
    let code = docker(&["inspect", "--format", "{{.State.ExitCode}}", id]);
    assert_eq!(code.trim(), "0");
}

#[test]
fn the_user_can_be_another_one() {
    let app = App::debian("[start]\nscript = \"id -u; id -g\"\nuser = \"1234:99\"");
    let built = app.build(&[]);
    assert_eq!(docker(&["run", "--rm", built.image()]), "1234\n99\n");
    assert_eq!(sh(built.image(), "stat -c %u:%g main"), "1234:99\n");
}

#[test]
fn what_the_output_leaves_out_is_not_in_the_image() {
    let app = App::debian(
        "script = \"mkdir -p /opt/made; cp main /opt/made/x; echo 1 > /root/left\"\n\
         output = [\"/opt/made\"]\ncache = [\"/var/cache/mine\"]",
    );
    let built = app.build(&[]);
    let found = sh(built.image(), "cat /opt/made/x; ls /app /var/cache");
    assert!(found.starts_with("one"), "{found}");
    assert!(
        !found.contains("main") && !found.contains("mine"),
        "{found}"
    );
}

/// A base by reference, made of `paas/debian`; removed in the end.
struct OtherUser(String);

impl OtherUser {
    fn new() -> Self {
        let (container, name) = (
            unique("paas-test"),
            format!("{}:1", unique("paas-test-base")),
        );
        docker(&["create", "--name", &container, "paas/debian"]);
        docker(&["commit", "--change", "USER 65534", &container, &name]);
        docker(&["rm", &container]);
        Self(name)
    }
}

impl Drop for OtherUser {
    fn drop(&mut self) {
        docker(&["rmi", "--force", &self.0]);
    }
}

#[test]
fn packages_are_installed_on_a_base_with_a_user_of_its_own() {
    let base = OtherUser::new();
    let app = App::debian("packages = [\"hello\"]\nscript = \"hello > greeting; id -u > builder\"");
    let text = fs::read_to_string(app.repo().join("app.toml")).unwrap();
    let base_line = format!("base = \"{}\"", base.0);
    app.write("app.toml", text.replace("base = \"debian\"", &base_line));
    app.commit("a base with a user");
    let built = app.build(&[]);
    let found = sh(built.image(), "cat greeting builder; hello; id -u");
    assert_eq!(found, "Hello, world!\n0\nHello, world!\n10001\n");
}
