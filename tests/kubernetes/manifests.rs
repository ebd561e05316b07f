//! What would be made, without making it.

use k8s_openapi::api::apps::v1::Deployment;
use kube::ResourceExt as _;
use serde_json::json;

use crate::app::App;

const SECRET: &str = "[environments.local]\ncluster = \"kube\"\nsecrets = [\"TOKEN\"]\n";

fn set(app: &App, value: &str) {
    let mut set = app.paas(&["secret", "set", "TOKEN"]);
    set.write_stdin(value).assert().success();
}

#[test]
fn a_plan_is_what_the_cluster_itself_would_make_of_it() {
    let app = App::new(SECRET);
    set(&app, "first-value");
    app.json(&["deploy"]);
    let again = app.json(&["deploy", "--plan"]);
    assert_eq!(again["changes"], json!([]), "{again}");
    assert!(again["objects"].is_null(), "{again}");
    let deployments = app.cluster.list::<Deployment>("");
    let scaled = json!({ "spec": { "replicas": 2 } });
    let name = deployments[0].name_any();
    app.cluster
        .patch::<Deployment>(&name, "kubectl-edit", &scaled);
    let drifted = app.json(&["deploy", "--plan"])["objects"].to_string();
    assert!(drifted.contains("spec.replicas"), "{drifted}");
    set(&app, "other-value");
    app.app_toml(&format!("{SECRET}[resources]\nmemory = \"96MiB\"\n"));
    app.answers("two");
    let plan = app.json(&["deploy", "--plan"]);
    let text = plan["objects"].to_string();
    assert!(text.contains("containers[web].image"), "{text}");
    assert!(text.contains("data.TOKEN"), "{text}");
    assert!(
        text.contains("***") && !text.contains("value\\\""),
        "{text}"
    );
    // As the server writes it, not as we do.
    assert!(
        text.contains("96Mi") || text.contains("100663296"),
        "{text}"
    );
    assert_eq!(app.cluster.list::<Deployment>("").len(), 1);
    assert_eq!(app.json(&["releases"]).as_array().unwrap().len(), 1);
    let shown = app.paas(&["deploy", "--plan"]).assert().success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    assert!(shown.contains("  ~ Deployment "), "{shown}");
}

#[test]
fn manifests_can_be_applied_by_others() {
    let app = App::new(&format!(
        "{SECRET}domains = [\"shop.example.com\"]\nreplicas = {{ web = 2 }}\n"
    ));
    set(&app, "the-value");
    let manifests = app.json(&["manifests"]);
    let kinds: Vec<_> = manifests
        .as_array()
        .unwrap()
        .iter()
        .map(|manifest| manifest["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "Secret",
            "Deployment",
            "Service",
            "Ingress",
            "PodDisruptionBudget"
        ]
    );
    // `***` and `the-value`, in Base64.
    assert_eq!(manifests[0]["data"]["TOKEN"], "Kioq");
    let shown = app.json(&["manifests", "--show-secrets"]);
    assert_eq!(shown[0]["data"]["TOKEN"], "dGhlLXZhbHVl");
    let yaml = app.paas(&["manifests"]).assert().success();
    let yaml = String::from_utf8_lossy(&yaml.get_output().stdout).into_owned();
    assert!(
        yaml.contains("\n---\n") && yaml.contains("kind: Deployment"),
        "{yaml}"
    );
    assert!(app.cluster.list::<Deployment>("").is_empty());
    app.cluster.create::<Deployment>(manifests[1].clone());
}
