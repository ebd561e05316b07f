//! The binary's manners: exit codes, streams, colours.

use std::io::Read;
use std::process::{Command, Stdio};

use predicates::prelude::*;

use crate::support::Sandbox;

#[test]
fn help_names_the_commands() {
    let output = Sandbox::new().paas(&["--help"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    From a git repository with an app.toml to a running, versioned app, without a Dockerfile

    Usage: paas [OPTIONS] <COMMAND>

    Commands:
      init         Detect what the app is written in, and write its app.toml
      plan         Print what would be built, and why; contact nothing
      build        Build a version, or find that nothing changed
      push         Publish a version to the registry
      images       List versions, on this machine and in the registry
      deploy       Bring a version up, and keep the old one serving until it is proven
      manifests    Print the objects that a deployment makes on Kubernetes, for GitOps
      continue     Give the release on trial all instances
      abort        Take the release on trial away
      rollback     Serve an older release again, image and configuration
      status       Show what runs: releases, instances, health and traffic
      releases     List releases, and which can be served again
      logs         Show what instances write
      exec         Run a command in an instance
      run          Run a command once, in a new container of the release that serves
      diff         Show what differs between two releases
      events       Show who did what
      scale        Change the number of instances
      env          Variables that win over app.toml's
      secret       Secrets of the running app
      maintenance  Show visitors a page instead of the app
      remove       Take an app off: its instances, releases, settings and secrets
      cluster      Places that run apps
      ingress      The proxy in front of a Docker host's instances, as its container runs it
      base         Base images: what builds start from
      webhook      Build what one git event asks for, in CI or from a webhook's payload
      doctor       Check that everything is there that a build needs
      gc           Remove old versions from this machine; the registry keeps its own
      eject        Write the Dockerfile and its scripts, to go on without paas
      schema       Print the JSON Schema of app.toml
      completions  Print the script that completes commands in a shell
      man          Print the manual, or write a page for each command

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Global options:
      -C, --directory <PATH>        The app's folder [default: the nearest with an app.toml, upwards
                                    within the repository]
          --json                    Print one JSON document on stdout instead of text
          --progress <STYLE>        How progress is shown on stderr: auto, tty (a live tree), plain
                                    (lines) or json (one event a line) [default: auto]
      -q, --quiet                   Show only warnings and errors on stderr
          --color <WHEN>            When to use colours: auto, always or never [default: auto]
          --docker-host <ADDRESS>   The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one
                                    that `docker` uses]
          --registry <HOST[:PORT]>  The registry, without http:// [default: PAAS_REGISTRY, else what
                                    app.toml says, else ~/.config/paas/config.toml]

    Environment:
      DOCKER_HOST, DOCKER_CONTEXT  the Docker Engine
      KUBECONFIG                   how Kubernetes clusters are reached
      PAAS_REGISTRY                the registry, HOST[:PORT]
      HTTPS_PROXY, NO_PROXY, …     for registries, and for the steps of builds
      PAAS_CA_BUNDLE               certificate authorities for build steps (PEM); empty for none
      PAAS_STATE_DIR               what is kept between builds, instead of ~/.local/state/paas
      CI                           no prompts, no live progress, and builds are `--locked`
      NO_COLOR                     no colours

    Exit codes:
      0 done   1 unexpected   2 usage or configuration   3 refused
      4 engine, registry or network failed   5 the build failed
      6 the deployment failed; the old release serves
      7 another operation holds the lease   130 interrupted
    ");
}

#[test]
fn the_version_is_the_packages() {
    let version = concat!("paas ", env!("CARGO_PKG_VERSION"), "\n");
    Sandbox::new()
        .paas(&["--version"])
        .assert()
        .code(0)
        .stdout(version)
        .stderr("");
}

#[test]
fn wrong_arguments_exit_2_and_leave_stdout_empty() {
    let sandbox = Sandbox::new();
    for (arguments, message) in [
        (&["--frobnicate"][..], "unexpected argument '--frobnicate'"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["completions", "klingon"], "invalid value 'klingon'"),
        (&["--progress", "loud", "man"], "invalid value 'loud'"),
        (&[], "Usage: paas"),
    ] {
        let message = predicate::str::contains(message);
        sandbox
            .paas(arguments)
            .assert()
            .code(2)
            .stdout("")
            .stderr(message);
    }
}

#[test]
fn errors_are_plain_text_in_a_pipe() {
    let sandbox = Sandbox::new();
    let failing = ["man", "--out", "/dev/null/pages"];
    sandbox
        .paas(&failing)
        .assert()
        .code(2)
        .stdout("")
        .stderr("error: cannot write /dev/null/pages\ncaused by: Not a directory (os error 20)\n");
    let colored = ["man", "--out", "/dev/null/pages", "--color", "always"];
    let red = predicate::str::starts_with("\u{1b}[31m");
    sandbox.paas(&colored).assert().code(2).stderr(red);
}

#[test]
fn an_error_is_an_event_for_programs() {
    let failing = ["man", "--out", "/dev/null/pages", "--progress", "json"];
    let output = Sandbox::new().paas(&failing).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(line["event"], "error");
    assert_eq!(line["kind"], "usage");
    assert_eq!(line["exit_code"], 2);
    assert_eq!(line["message"], "cannot write /dev/null/pages");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for arguments in [&["--help"][..], &["man"], &["completions", "bash"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_paas"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(stderr, "", "{arguments:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let sandbox = Sandbox::new();
    sandbox
        .paas(&["man", "--out", "pages"])
        .assert()
        .code(0)
        .stdout("");
    let page = std::fs::read_to_string(sandbox.repo().join("pages/paas-completions.1")).unwrap();
    assert!(page.contains("paas\\-completions"), "{page}");
}
