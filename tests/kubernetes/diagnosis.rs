//! Why a roll-out failed.

use k8s_openapi::api::core::v1::ResourceQuota;
use serde_json::{Value, json};

use crate::app::App;
use crate::support::engine::docker;

fn causes(error: &Value) -> String {
    error["causes"].to_string()
}

#[test]
fn a_crash_is_told_with_its_last_lines_and_without_secrets() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.write(
        "server.py",
        "import os\nprint('no database at', os.environ['TOKEN'])\nexit(3)\n",
    );
    app.app_toml("[environments.local]\ncluster = \"kube\"\nsecrets = [\"TOKEN\"]\n");
    app.paas(&["secret", "set", "TOKEN"])
        .write_stdin("canary-value")
        .assert()
        .success();
    let error = app.answers("two").fails(6, &["deploy"]);
    assert!(
        causes(&error).contains("ended with exit status 3"),
        "{error}"
    );
    assert!(
        error["detail"].to_string().contains("no database at"),
        "{error}"
    );
    assert!(!error.to_string().contains("canary-value"), "{error}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn what_uses_too_much_memory_is_told() {
    let app = App::new("[resources]\nmemory = \"32MiB\"\n");
    app.write(
        "server.py",
        "hoard = bytearray(200_000_000)\nfor i in range(0, len(hoard), 4096): hoard[i] = 1\n",
    );
    let error = app.answers("one").fails(6, &["deploy"]);
    assert!(causes(&error).contains("more memory"), "{error}");
}

#[test]
fn the_health_checks_answer_is_told() {
    let app = App::new("[health]\npath = \"/healthz\"\ngrace = \"3s\"\n");
    app.write("sick", "no database");
    let error = app.answers("one").fails(6, &["deploy"]);
    assert!(causes(&error).contains("503"), "{error}");
    assert!(error["detail"].to_string().contains("/healthz"), "{error}");
}

#[test]
fn what_no_node_can_take_is_told_with_the_schedulers_reason() {
    let app = App::new("[resources]\ncpu = 900\n");
    let error = app.fails(6, &["deploy"]);
    assert!(causes(&error).contains("Insufficient cpu"), "{error}");
}

#[test]
fn a_quota_is_told() {
    let app = App::new("");
    app.cluster.create::<ResourceQuota>(json!({
        "metadata": { "name": "small" },
        "spec": { "hard": { "pods": "0" } },
    }));
    let error = app.fails(6, &["deploy"]);
    assert!(causes(&error).contains("exceeded quota: small"), "{error}");
}

#[test]
fn an_image_that_can_t_be_pulled_is_told_with_the_registrys_answer() {
    let app = App::new("");
    let first = app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    app.cluster.settles_to(&["2.web"]);
    let image = format!("{}:{}", app.name(), first["version"].as_str().unwrap());
    docker(&["rmi", "--force", &image]);
    let error = app.fails(6, &["rollback"]);
    let causes = causes(&error);
    assert!(
        causes.contains("can't be pulled") && causes.contains(&image),
        "{error}"
    );
    assert!(
        causes.contains("pull access denied")
            || causes.contains("dial tcp")
            || causes.contains("lookup"),
        "{error}"
    );
    app.comes_to_answer("two");
}
