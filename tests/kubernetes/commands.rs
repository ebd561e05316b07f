//! `paas exec` and `paas run`.

use std::io::Read as _;
use std::process::Command;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use serde_json::json;

use crate::app::App;

const RUN: &str = "io.paas.role=run";

#[test]
fn a_command_in_an_instance_has_input_outputs_and_an_exit_status() {
    let app = App::new("");
    app.json(&["deploy"]);
    let shell = |code: &str| app.paas(&["exec", "web.1", "--", "sh", "-c", code]);
    // More than all buffers on the way, and its end has to be seen.
    let much = vec![b'x'; 3_000_000];
    let output = shell("cat; echo told >&2; exit 7")
        .write_stdin(much.clone())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(output.stdout == much, "{} bytes", output.stdout.len());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("told\n"));
    let output = shell("echo $PAAS_RELEASE").output().unwrap();
    assert_eq!(output.stdout, b"1\n");
    let missing = app
        .paas(&["exec", "web.1", "--", "no-such-program"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(127));
    app.paas(&["exec", "web.9", "--", "true"]).assert().code(2);
}

#[test]
fn a_terminal_is_a_real_one() {
    let app = App::new("");
    app.json(&["deploy"]);
    let program = env!("CARGO_BIN_EXE_paas");
    let command = format!("stty cols 101 rows 33; {program} exec web.1 -- sh -c 'stty size; tty'");
    let mut script = app.clean(Command::new("script"));
    let script = script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    let output = script.output().expect("util-linux's script");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("33 101") && text.contains("/dev/pts/"),
        "{text}"
    );
}

#[test]
fn a_command_that_its_user_leaves_ends_in_its_instance() {
    let app = App::new("");
    app.json(&["deploy"]);
    let mut running = app.spawn(&[
        "exec",
        "web.1",
        "--",
        "sh",
        "-c",
        "echo begun; exec sleep 4321",
    ]);
    let mut begun = [0; 6];
    running
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut begun)
        .unwrap();
    let sleeping = || {
        let code = "for process in /proc/[0-9]*; do tr '\\0' ' ' < $process/cmdline; echo; done \
                    2> /dev/null | grep -c '^sleep 4321 $' || true";
        let output = app
            .paas(&["exec", "web.1", "--", "sh", "-c", code])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(sleeping(), "1");
    interrupt(running.id());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert_eq!(sleeping(), "0");
}

#[test]
fn a_command_of_its_own_has_a_pod_that_is_deleted() {
    let app = App::new("[env]\nCOLOUR = \"green\"\n[resources]\nmemory = \"64MiB\"\n");
    app.json(&["deploy"]);
    let own = app.paas(&["run", "--", "sh", "-c", "cat; echo $COLOUR; exit 3"]);
    let output = { own }.write_stdin("typed ").output().unwrap();
    assert_eq!(output.stdout, b"typed green\n");
    assert_eq!(output.status.code(), Some(3));
    app.cluster
        .waits_for("its end", |cluster| cluster.list::<Pod>(RUN).is_empty());

    let mut running = app.spawn(&["run", "--", "sh", "-c", "echo begun; exec sleep 600"]);
    let mut begun = [0; 6];
    running
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut begun)
        .unwrap();
    let pods = app.cluster.list::<Pod>(RUN);
    let spec = pods[0].spec.as_ref().unwrap();
    let limits = spec.containers[0]
        .resources
        .as_ref()
        .unwrap()
        .limits
        .as_ref()
        .unwrap();
    assert_eq!(limits["memory"].0, "67108864", "the release's limits");
    assert_eq!(pods[0].owner_references().len(), 1, "it goes with the app");
    interrupt(running.id());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    app.cluster
        .waits_for("its end", |cluster| cluster.list::<Pod>(RUN).is_empty());
}

#[test]
fn a_pod_whose_command_was_killed_is_deleted_by_the_next_one() {
    let app = App::new("");
    app.json(&["deploy"]);
    let mut running = app.spawn(&["run", "--", "sh", "-c", "echo begun; exec sleep 600"]);
    let mut begun = [0; 6];
    running
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut begun)
        .unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    let name = app.cluster.list::<Pod>(RUN)[0].name_any();
    let is_there = || {
        let pods = app.cluster.list::<Pod>(RUN);
        let mut staying = pods
            .iter()
            .filter(|pod| pod.metadata.deletion_timestamp.is_none());
        staying.any(|pod| pod.name_any() == name)
    };
    // Somebody else may still be there.
    app.paas(&["run", "--", "true"]).assert().success();
    assert!(is_there());
    let long_ago =
        json!({ "metadata": { "annotations": { "io.paas.renewed": "2026-01-02T03:04:05Z" } } });
    app.cluster.patch::<Pod>(&name, "test", &long_ago);
    app.paas(&["run", "--", "true"]).assert().success();
    app.cluster.waits_for("its end", |_| !is_there());
}

fn interrupt(process: u32) {
    let sent = Command::new("kill")
        .args(["-INT", &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
