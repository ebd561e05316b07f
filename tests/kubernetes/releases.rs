//! Deployments, and the ways back.

use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt as _;

use crate::app::App;
use crate::support::app::events;

#[test]
fn versions_follow_each_other_and_the_way_back_needs_no_build() {
    let app = App::new("");
    let first = app.json(&["deploy"]);
    assert_eq!(
        (&first["release"], &first["status"]),
        (&1.into(), &"live".into())
    );
    assert_eq!(first["url"], format!("http://{}", app.address()));
    app.comes_to_answer("one");
    let second = app.answers("two").json(&["deploy"]);
    assert_eq!(second["previous"], 1);
    app.comes_to_answer("two");
    app.cluster.settles_to(&["2.web"]);
    let back = app.json(&["rollback"]);
    assert_eq!((&back["release"], &back["from"]), (&3.into(), &1.into()));
    app.comes_to_answer("one");
    app.cluster.settles_to(&["1.web"]);
    let forth = app.json(&["rollback"]);
    assert_eq!(forth["from"], 2);
    app.comes_to_answer("two");
    let rows = app.json(&["releases"]);
    let statuses: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["status"].as_str())
        .collect();
    assert_eq!(
        statuses,
        [
            Some("live"),
            Some("previous"),
            Some("superseded"),
            Some("superseded")
        ],
        "{rows}"
    );
    let changes = app.json(&["diff", "1", "2"]);
    assert!(changes.to_string().contains("version"), "{changes}");
}

#[test]
fn the_same_again_changes_nothing() {
    let app = App::new("");
    app.json(&["deploy"]);
    let again = app.json(&["deploy"]);
    assert_eq!(
        (&again["release"], &again["status"]),
        (&1.into(), &"unchanged".into())
    );
    let plan = app.json(&["deploy", "--plan"]);
    assert_eq!(plan["changes"], serde_json::json!([]));
}

#[test]
fn two_machines_without_common_state_see_the_same() {
    let app = App::new("");
    app.json(&["deploy"]);
    let state = app.home().join(".local");
    std::fs::remove_dir_all(&state).expect("there was state");
    let second = app.answers("two").json(&["deploy"]);
    assert_eq!(second["release"], 2);
    std::fs::remove_dir_all(&state).expect("there was state");
    let rows = app.json(&["releases"]);
    assert_eq!(rows.as_array().unwrap().len(), 2, "{rows}");
    assert_eq!(app.json(&["rollback"])["from"], 1);
}

#[test]
fn a_failed_deployment_leaves_the_old_release_serving() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.app_toml("[health]\npath = \"/healthz\"\ngrace = \"3s\"\n");
    app.write("sick", "no database");
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(error["hints"].to_string().contains("#1 serves"), "{error}");
    assert_eq!(app.answer(), "one");
    app.cluster.settles_to(&["1.web"]);
    let rows = app.json(&["releases"]);
    assert_eq!(rows[0]["status"], "failed", "{rows}");
    assert_eq!(rows[1]["status"], "live", "{rows}");
    app.git(&["rm", "--quiet", "sick"]);
    app.answers("three").json(&["deploy"]);
    app.comes_to_answer("three");
}

#[test]
fn a_canary_is_one_instance_that_goes_on_or_goes() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.json(&["scale", "web=3"]);
    app.cluster.settles_to(&["1.web", "1.web", "1.web"]);
    let trial = app.answers("two").json(&["deploy", "--canary", "web.2"]);
    assert_eq!(trial["status"], "canary");
    app.cluster.settles_to(&["1.web", "1.web", "2.web"]);
    let answers: Vec<String> = (0..60).map(|_| app.answer()).collect();
    let new = answers.iter().filter(|answer| *answer == "two").count();
    assert!((4..45).contains(&new), "{new} of 60 reached the canary");
    let error = app.answers("three").fails(3, &["deploy"]);
    assert!(error["message"].to_string().contains("on trial"), "{error}");
    app.json(&["abort"]);
    app.comes_to_answer("one");
    app.cluster.settles_to(&["1.web", "1.web", "1.web"]);
    app.json(&["deploy", "--canary", "web.1"]);
    app.json(&["continue"]);
    app.cluster.settles_to(&["3.web", "3.web", "3.web"]);
    app.comes_to_answer("three");
    app.json(&["rollback"]);
    app.cluster.settles_to(&["1.web", "1.web", "1.web"]);
}

#[test]
fn counts_stay_for_the_releases_that_follow() {
    let app = App::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    app.cluster.settles_to(&["1.web", "1.worker"]);
    app.json(&["scale", "web=2", "worker=0"]);
    app.cluster.settles_to(&["1.web", "1.web"]);
    app.answers("two").json(&["deploy"]);
    app.cluster.settles_to(&["2.web", "2.web"]);
    app.json(&["scale", "web=1", "worker=1"]);
    app.cluster.settles_to(&["2.web", "2.worker"]);
}

#[test]
fn the_hook_runs_once_before_anything_starts() {
    let app = App::new("[hooks]\nbefore_deploy = \"echo migrating $PAAS_VERSION\"\n");
    let output = app.run(&["deploy"]);
    assert_eq!(output.status.code(), Some(0));
    let lines = events(&output);
    let said = |event: &&serde_json::Value| {
        event["event"] == "step_log" && event["line"].to_string().contains("migrating ")
    };
    assert_eq!(lines.iter().filter(said).count(), 1, "{lines:?}");
    app.app_toml("[hooks]\nbefore_deploy = \"echo no such table; exit 3\"\n");
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(error.to_string().contains("no such table"), "{error}");
    assert!(error.to_string().contains("exit status 3"), "{error}");
    app.cluster.settles_to(&["1.web"]);
    assert!(
        app.cluster
            .list::<k8s_openapi::api::batch::v1::Job>("")
            .is_empty()
    );
}

#[test]
fn a_release_that_dies_while_it_is_watched_goes_back() {
    let app = App::new("");
    app.json(&["deploy"]);
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    let dies = server.replace(
        "print(\"ready\"",
        "threading.Timer(4, lambda: os._exit(4)).start()\nprint(\"ready\"",
    );
    app.write("server.py", dies);
    let begun = Instant::now();
    let error = app.answers("two").fails(6, &["deploy", "--watch", "30s"]);
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "it did not notice"
    );
    assert!(error["hints"].to_string().contains("#1 serves"), "{error}");
    app.comes_to_answer("one");
}

#[test]
fn a_first_release_that_dies_while_it_is_watched_leaves_nothing_that_serves() {
    let app = App::new("");
    let well = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    let dies = well.replace(
        "print(\"ready\"",
        "threading.Timer(4, lambda: os._exit(4)).start()\nprint(\"ready\"",
    );
    app.write("server.py", dies);
    app.fails(6, &["deploy", "--watch", "30s"]);
    let rows = app.json(&["releases"]);
    assert_eq!(rows[0]["status"], "failed", "{rows}");
    assert!(app.cluster.list::<Deployment>("").is_empty());
    app.write("server.py", well);
    assert_eq!(app.json(&["deploy"])["release"], 2);
    app.comes_to_answer("one");
}

#[test]
fn what_a_killed_deployment_did_not_finish_is_finished_by_the_next() {
    let app = App::new("[environments.local]\ncluster = \"kube\"\ndomains = [\"shop.example\"]\n");
    app.json(&["deploy"]);
    let service = app.cluster.list::<Service>("").remove(0);
    let says = "io.paas.unfinished";
    assert!(!service.annotations().contains_key(says));
    // As it is when the command dies right after the switch.
    let unfinished = serde_json::json!({ "metadata": { "annotations": { says: "true" } } });
    app.cluster
        .patch::<Service>(&service.name_any(), "paas", &unfinished);
    assert_eq!(app.cluster.delete::<Ingress>(""), 1);
    assert_eq!(app.json(&["deploy"])["status"], "unchanged");
    assert_eq!(app.cluster.list::<Ingress>("").len(), 1);
}

#[test]
fn an_app_with_a_volume_never_runs_twice_and_keeps_its_files() {
    let app = App::new("[[volumes]]\nname = \"data\"\npath = \"/data\"\n");
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::set_permissions(
        folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .unwrap();
    let class = app.cluster.namespace().to_owned();
    app.cluster.create_volume(&class, folder.path());
    app.options(&format!("storage_class = {class:?}"));
    let alone = "
import fcntl, os
lock = open('/data/lock', 'w')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    open('/data/twice', 'w')
open('/data/answers', 'a').write(open('answer').read())
";
    let server = std::fs::read_to_string(app.repo().join("server.py")).unwrap();
    app.write("server.py", format!("{alone}{server}"));
    app.answers("one").json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    app.comes_to_answer("two");
    app.json(&["rollback"]);
    app.comes_to_answer("one");
    let written = std::fs::read_to_string(folder.path().join("answers")).unwrap();
    assert_eq!(written, "onetwoone");
    assert!(
        !folder.path().join("twice").exists(),
        "it ran twice at once"
    );
    app.cluster.delete_volume(&class);
}
