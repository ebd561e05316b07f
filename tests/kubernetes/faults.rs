//! What goes wrong in a cluster.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ResourceQuota, Secret, Service};
use kube::ResourceExt as _;
use serde_json::json;

use crate::app::App;
use crate::cluster::kubeconfig;
use crate::support::app::events;

#[test]
fn objects_that_somebody_deleted_come_back_with_the_next_command() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.cluster.delete::<Service>(""), 1);
    let done = app.json(&["deploy"]);
    assert_eq!(
        (&done["release"], &done["status"]),
        (&2.into(), &"unchanged".into())
    );
    app.comes_to_answer("two");
    app.cluster.delete::<Deployment>("io.paas.release=2");
    app.cluster.settles_to(&[]);
    assert_eq!(app.json(&["deploy"])["release"], 2);
    app.comes_to_answer("two");
    assert_eq!(app.cluster.delete::<Secret>("io.paas.role=release"), 2);
    let back = app.json(&["rollback"]);
    assert_eq!(back["from"], 1, "{back}");
    app.comes_to_answer("one");
}

#[test]
fn what_somebody_else_changed_is_taken_over_with_a_warning() {
    let app = App::new("");
    app.json(&["deploy"]);
    let deployments = app.cluster.list::<Deployment>("");
    let name = deployments[0].name_any();
    let scaled = json!({ "spec": { "replicas": 0 } });
    app.cluster
        .patch::<Deployment>(&name, "kubectl-edit", &scaled);
    app.cluster.settles_to(&[]);
    let output = app.run(&["deploy"]);
    assert_eq!(output.status.code(), Some(0));
    let warned = events(&output)
        .iter()
        .any(|event| event["event"] == "warning" && event.to_string().contains("kubectl-edit"));
    assert!(warned, "{}", String::from_utf8_lossy(&output.stderr));
    app.cluster.settles_to(&["1.web"]);
    app.comes_to_answer("one");
}

#[test]
fn a_quota_fails_the_deployment_and_leaves_the_old_release() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.cluster.create::<ResourceQuota>(json!({
        "metadata": { "name": "pods" },
        "spec": { "hard": { "pods": "1" } },
    }));
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(error["hints"].to_string().contains("#1 serves"), "{error}");
    assert_eq!(app.answer(), "one");
    app.cluster.settles_to(&["1.web"]);
}

#[test]
fn a_namespace_that_is_not_there_or_is_going_is_named() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.cluster.delete_namespace();
    let error = app.answers("two").fails(3, &["deploy"]);
    let message = error["message"].to_string();
    assert!(message.contains(app.cluster.namespace()), "{error}");
    app.cluster.waits_for_its_end();
    let error = app.fails(3, &["deploy"]);
    assert!(
        error["hints"]
            .to_string()
            .contains("kubectl create namespace"),
        "{error}"
    );
}

#[test]
fn a_cluster_that_is_away_is_said_to_be() {
    let app = App::new("");
    let definition = app.home().join(".config/paas/clusters.toml");
    let nowhere = app.home().join("kubeconfig");
    let text = std::fs::read_to_string(kubeconfig()).unwrap();
    let address = text
        .split("server: \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    std::fs::write(&nowhere, text.replace(address, "https://127.0.0.1:1")).unwrap();
    let text = std::fs::read_to_string(&definition).unwrap();
    let text = text.replace(&format!("{:?}", kubeconfig()), &format!("{nowhere:?}"));
    std::fs::write(&definition, text).unwrap();
    let error = app.fails(4, &["releases"]);
    assert!(
        error["message"].to_string().contains("does not answer"),
        "{error}"
    );
}

#[test]
fn without_a_health_check_an_answer_is_asked_for_and_not_only_a_connection() {
    let app = App::new("");
    let text = std::fs::read_to_string(app.repo().join("app.toml")).unwrap();
    let health = text.find("[health]").unwrap();
    app.write("app.toml", &text[..health]);
    app.answers("one").json(&["deploy"]);
    let silent = "
import os, socket, time
server = socket.create_server((\"\", int(os.environ[\"PORT\"])), backlog=64)
time.sleep(1000)
";
    app.write("server.py", silent);
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(
        error["message"].to_string().contains("within 30 s"),
        "{error}"
    );
    assert_eq!(app.answer(), "one");
}
