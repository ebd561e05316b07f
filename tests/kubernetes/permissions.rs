//! Who may do nothing, and who may do just enough.

use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use serde_json::{Value, json};

use crate::app::App;
use crate::cluster::kubeconfig;

/// From now on it is the user `nobody` who deploys.
fn as_nobody(app: &App) {
    let nobody = kubeconfig().with_file_name("kubeconfig-nobody");
    let definition = app.home().join(".config/paas/clusters.toml");
    let text = std::fs::read_to_string(&definition).unwrap();
    let text = text.replace(
        &kubeconfig().display().to_string(),
        &nobody.display().to_string(),
    );
    std::fs::write(&definition, text).unwrap();
}

#[test]
fn who_may_do_nothing_is_told_what_is_missing() {
    let app = App::new("");
    as_nobody(&app);
    for command in [&["deploy"][..], &["releases"], &["rollback"]] {
        let error = app.fails(3, command);
        let (message, hints) = (error["message"].to_string(), error["hints"].to_string());
        assert!(message.contains("not allowed"), "{error}");
        assert!(error.to_string().contains("cannot "), "{error}");
        assert!(hints.contains("paas cluster check kube"), "{error}");
    }
}

#[test]
fn the_role_that_check_prints_is_enough() {
    let app = App::new(
        "[hooks]\nbefore_deploy = \"true\"\n[autoscale]\nmin = 1\nmax = 2\n\
         [environments.local]\ncluster = \"kube\"\ndomains = [\"shop.example.com\"]\n",
    );
    as_nobody(&app);
    let checked = app.run(&["cluster", "check", "kube"]);
    let findings: Value = serde_json::from_slice(&checked.stdout).expect("findings");
    let problems = findings.as_array().unwrap().iter();
    let role = problems
        .filter_map(|finding| finding["problem"].as_str())
        .find_map(|problem| problem.find("apiVersion: rbac").map(|at| &problem[at..]))
        .expect("a Role");
    let role: Value = serde_saphyr::from_str(role).expect("YAML");
    app.cluster.create::<Role>(role.clone());
    app.cluster.create::<RoleBinding>(json!({
        "metadata": { "name": "deployer" },
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": role["metadata"]["name"],
        },
        "subjects": [
            { "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "nobody" },
        ],
    }));
    app.json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    app.paas(&["env", "set", "A=1"]).assert().success();
    app.answers("two").json(&["deploy"]);
    app.json(&["deploy", "--plan"]);
    app.json(&["rollback"]);
    app.json(&["status"]);
    app.paas(&["exec", "web.1", "--", "true"])
        .assert()
        .success();
    app.paas(&["logs"]).assert().success();
    app.paas(&["run", "--", "true"]).assert().success();
    app.paas(&["maintenance", "on"]).assert().success();
    app.paas(&["remove"]).assert().success();
    app.cluster.settles_to(&[]);
}
