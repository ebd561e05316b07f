//! Variables, secrets, processes, scale, maintenance.

use crate::support::deployed::Deployed;
use crate::support::engine::docker;

#[test]
fn variables_and_secrets_count_from_the_next_deployment_and_go_back_with_a_rollback() {
    const VALUE: &str = "canary-1c52f7ab-secret";
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.paas(&["env", "set", "COLOR=red"]).assert().success();
    app.paas(&["secret", "set", "TOKEN"])
        .write_stdin(format!("{VALUE}\n"))
        .assert()
        .success();
    assert_eq!(app.get("/env/COLOR").1.trim(), "unset");
    app.json(&["deploy"]);
    assert_eq!(app.get("/env/COLOR").1.trim(), "red");
    assert_eq!(app.get("/env/TOKEN").1.trim(), VALUE);

    // Never shown again, and nowhere where it could be seen by chance.
    for arguments in [
        &["secret", "list"][..],
        &["env", "list"],
        &["releases"],
        &["status"],
        &["events"],
        &["diff", "1", "2"],
    ] {
        let output = app.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(!text.contains(VALUE), "{arguments:?}: {text}");
    }
    let label = format!("label=io.paas.cluster={}", app.cluster());
    let ids = docker(&["ps", "--all", "--quiet", "--filter", &label]);
    for id in ids.split_whitespace() {
        let labels = docker(&["inspect", "--format", "{{json .Config.Labels}}", id]);
        assert!(!labels.contains(VALUE), "{labels}");
    }

    app.json(&["rollback"]);
    assert_eq!(app.get("/env/TOKEN").1.trim(), "unset");
    app.json(&["rollback"]);
    assert_eq!(app.get("/env/TOKEN").1.trim(), VALUE);
}

#[test]
fn a_secret_that_app_toml_names_must_have_a_value() {
    let app = Deployed::new("secrets = [\"DATABASE_URL\"]\n");
    let error = app.fails(2, &["deploy"]);
    assert!(
        error["message"].to_string().contains("DATABASE_URL"),
        "{error}"
    );
    assert_eq!(app.containers(), Vec::<String>::new());
}

#[test]
fn a_change_of_settings_is_a_document() {
    let app = Deployed::new("");
    let set = app.json(&["env", "set", "A=1", "B=2"]);
    assert_eq!(set["set"], serde_json::json!(["A", "B"]));
    assert_eq!(set["app"], app.name());
    let unset = app.json(&["env", "unset", "A"]);
    assert_eq!(unset["unset"], serde_json::json!(["A"]));
    assert_eq!(
        app.json(&["env", "-e", "local"]),
        serde_json::json!({"B": "2"})
    );
}

#[test]
fn a_value_that_no_program_could_be_started_with_is_refused_when_it_is_set() {
    let app = Deployed::new("");
    let long = "x".repeat(128 * 1024);
    let set = |value: &str| {
        let mut command = app.paas(&["secret", "set", "LONG", "--json"]);
        command.write_stdin(value.to_owned()).output().unwrap()
    };
    let refused = set(&long);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("128 KiB"), "{said}");
    // With its name and all, this is the longest.
    let longest = &long[..long.len() - "LONG=".len() - 1];
    assert_eq!(set(longest).status.code(), Some(0));
    app.json(&["deploy"]);
    assert_eq!(app.get("/env/LONG").1.trim(), longest);
}

#[test]
fn two_instances_never_share_a_volume() {
    let volume = "[[volumes]]\nname = \"data\"\npath = \"/data\"\n";
    let app = Deployed::new(&format!("replicas = {{ web = 2 }}\n{volume}"));
    let error = app.fails(2, &["deploy"]);
    assert!(error.to_string().contains("app.toml:9:20"), "{error}");
    app.app_toml("");
    app.answers("one").json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    app.app_toml(volume);
    let error = app.answers("two").fails(3, &["deploy"]);
    assert!(error.to_string().contains("paas scale web=1"), "{error}");
    app.json(&["scale", "web=1"]);
    app.json(&["deploy"]);
    let error = app.fails(3, &["scale", "web=2"]);
    assert!(error.to_string().contains("would write at once"), "{error}");
}

#[test]
fn processes_run_beside_each_other_and_scale() {
    let app = Deployed::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    app.json(&["scale", "web=3", "worker=2"]);
    let names = app.containers();
    assert_eq!(names.len(), 5, "{names:?}");
    // The counts stay for the releases that follow.
    app.answers("two").json(&["deploy"]);
    let running = app
        .containers()
        .into_iter()
        .filter(|line| line.contains(".2.") && line.ends_with("running"));
    assert_eq!(running.count(), 5);
    let status = app.json(&["status"]);
    assert_eq!(
        status["releases"][0]["processes"]["web"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        status["releases"][0]["processes"]["web"][0]["healthy"],
        true
    );
    assert!(
        status["releases"][0]["processes"]["web"][0]["memory"]
            .as_u64()
            .unwrap()
            > 1_000_000
    );
    app.json(&["scale", "worker=0", "web=1"]);
    let running = app
        .containers()
        .into_iter()
        .filter(|line| line.contains(".2.") && line.ends_with("running"));
    assert_eq!(running.count(), 1);
}

#[test]
fn visitors_see_a_page_under_maintenance() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.paas(&["maintenance", "on", "--message", "back <soon>"])
        .assert()
        .success();
    let (status, page) = app.get("/");
    assert_eq!(status, 503);
    assert!(
        page.contains("back &lt;soon&gt;") || page.contains("back <soon>"),
        "{page}"
    );
    // A deployment goes on behind the page.
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.get("/").0, 503);
    app.paas(&["maintenance", "off"]).assert().success();
    assert_eq!(app.answer(), "two");
}

#[test]
fn logs_exec_and_run_reach_the_instances() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.get("/hello-log");
    let logs = app.paas(&["logs"]).output().unwrap();
    let logs = String::from_utf8(logs.stdout).unwrap();
    assert!(logs.contains("#1 web.1 ready"), "{logs}");
    assert!(logs.contains("/hello-log"), "{logs}");

    let exec = app
        .paas(&[
            "exec",
            "web.1",
            "--",
            "sh",
            "-c",
            "cat answer; echo no >&2; exit 7",
        ])
        .output()
        .unwrap();
    assert_eq!(exec.status.code(), Some(7));
    assert_eq!(String::from_utf8(exec.stdout).unwrap().trim(), "one");
    assert!(String::from_utf8(exec.stderr).unwrap().starts_with("no\n"));

    let piped = app
        .paas(&["run", "--", "tr", "a-z", "A-Z"])
        .write_stdin("hello")
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(0), "{piped:?}");
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), "HELLO");
    assert_eq!(app.containers().len(), 1, "the one-off container is gone");
}

#[test]
fn the_hook_runs_once_and_stops_a_deployment_that_it_fails() {
    let app = Deployed::new(
        "[hooks]\nbefore_deploy = \"echo migrating $COLOR; test $COLOR = green\"\n[env]\nCOLOR = \"green\"\n",
    );
    app.json(&["deploy"]);
    assert_eq!(app.answer(), "one");
    app.app_toml("[hooks]\nbefore_deploy = \"echo migrating $COLOR; test $COLOR = green\"\n[env]\nCOLOR = \"red\"\n");
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(error.to_string().contains("migrating red"), "{error}");
    assert_eq!(app.answer(), "one");
    assert_eq!(app.containers().len(), 1);
}

#[test]
fn an_app_with_a_volume_keeps_its_files_and_never_runs_twice() {
    let app = Deployed::new("[[volumes]]\nname = \"data\"\npath = \"/data\"\n");
    app.json(&["deploy"]);
    app.paas(&["exec", "web.1", "--", "sh", "-c", "echo kept > /data/file"])
        .assert()
        .success();
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.answer(), "two");
    let file = app
        .paas(&["exec", "web.1", "--", "cat", "/data/file"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(file.stdout).unwrap(), "kept\n");
    let states = app.containers();
    assert_eq!(
        states
            .iter()
            .filter(|line| line.ends_with("running"))
            .count(),
        1,
        "{states:?}"
    );
}
