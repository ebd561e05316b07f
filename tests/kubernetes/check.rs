//! `paas cluster check`.

use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use serde_json::{Value, json};

use crate::app::App;

fn findings(app: &App, code: i32) -> Vec<Value> {
    let output = app
        .paas(&["cluster", "check", "kube", "--json"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    serde_json::from_slice(&output.stdout).expect("findings")
}

fn problem<'a>(findings: &'a [Value], what: &str) -> Option<&'a str> {
    let mut found = findings.iter();
    let found = found.find(|found| found["what"].as_str().unwrap().starts_with(what));
    found.unwrap_or_else(|| panic!("{what} in {findings:?}"))["problem"].as_str()
}

#[test]
fn all_is_well_for_who_may_do_everything() {
    let app = App::new("");
    let findings = findings(&app, 0);
    for what in [
        "API server (Kubernetes 1.",
        "namespace",
        "ingress",
        "metrics",
        "permissions",
    ] {
        assert_eq!(problem(&findings, what), None);
    }
}

#[test]
fn what_is_missing_is_named() {
    let app = App::new("");
    app.options("ingress_class = \"nginx\"");
    let text = format!("{:?}", app.cluster.namespace());
    let definition = app.home().join(".config/paas/clusters.toml");
    let known = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&definition, known.replace(&text, "\"no-such-namespace\"")).unwrap();
    let findings = findings(&app, 4);
    assert!(
        problem(&findings, "namespace")
            .unwrap()
            .contains("kubectl create namespace")
    );
    assert!(
        problem(&findings, "ingress class nginx")
            .unwrap()
            .contains("not there")
    );
}

/// The Role that is printed is enough for everything.
#[test]
fn whoever_may_nothing_gets_the_role_that_makes_a_deployer() {
    let app = App::new(
        "[environments.local]\ncluster = \"kube\"\ndomains = [\"shop.example.com\"]\n[hooks]\nbefore_deploy = \"true\"\n",
    );
    app.as_nobody();
    let missing = findings(&app, 4);
    let problem = problem(&missing, "permissions").expect("they are missing");
    assert!(problem.contains("list deployments.apps"), "{problem}");
    let yaml = problem.split_once("\n\n").expect("a Role").1;
    let role: Value = serde_saphyr::from_str(yaml).expect("YAML");
    assert_eq!(role["kind"], "Role");
    app.cluster.create::<Role>(role);
    app.cluster.create::<RoleBinding>(json!({
        "metadata": { "name": "paas" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "paas" },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "nobody" }],
    }));
    findings(&app, 0);
    app.json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    app.answers("two").json(&["deploy", "--canary", "web.2"]);
    app.json(&["continue"]);
    app.json(&["rollback"]);
    app.json(&["status"]);
    app.json(&["events"]);
    app.paas(&["secret", "set", "TOKEN"])
        .write_stdin("x")
        .assert()
        .success();
    app.paas(&["logs"]).assert().success();
    app.paas(&["exec", "web.1", "--", "true"])
        .assert()
        .success();
    app.paas(&["run", "--", "true"]).assert().success();
    app.json(&["remove", "--confirm", app.name()]);
}
