//! What is old goes, and what is needed stays.

use serde_json::{Value, json};

use crate::support::deployed::Deployed;
use crate::support::engine::docker;

fn numbers(releases: &Value) -> Vec<u64> {
    let rows = releases.as_array().unwrap().iter();
    rows.map(|row| row["release"].as_u64().unwrap()).collect()
}

fn set_secret(app: &Deployed, value: &str) {
    app.paas(&["secret", "set", "TOKEN"])
        .write_stdin(value)
        .assert()
        .success();
}

#[test]
fn old_releases_and_their_secrets_are_forgotten() {
    let app = Deployed::new("keep_releases = 2\n");
    for number in 1..6 {
        set_secret(&app, &format!("canary-{number}-{}", app.name()));
        app.json(&["deploy"]);
    }
    assert_eq!(numbers(&app.json(&["releases"])), [5, 4]);
    app.fails(2, &["rollback", "1"]);
    assert_eq!(app.json(&["rollback"])["from"], 4);
    assert_eq!(numbers(&app.json(&["releases"])), [6, 5, 4]);
    let value = format!("canary-4-{}", app.name());
    assert_eq!(app.get("/env/TOKEN").1.trim(), value);
    let grep = format!(
        "grep -rhoE 'canary-[0-9]+-{}' /var/lib/paas/documents | sort",
        app.name()
    );
    let left = docker(&["exec", &app.ingress(), "sh", "-c", &grep]);
    let left: Vec<_> = left.lines().collect();
    assert_eq!(left, [value, format!("canary-5-{}", app.name())]);
}

#[test]
fn a_way_back_survives_a_clean_up() {
    let app = Deployed::new("");
    let first = app.json(&["deploy"]);
    for answer in ["two", "three"] {
        app.answers(answer).json(&["deploy"]);
    }
    app.answers("never deployed").json(&["build"]);
    let unused = app.answers("the newest").json(&["build"]);
    let done = app.json(&["gc", "--keep", "1"]);
    assert_eq!(done["removed"].as_array().unwrap().len(), 1, "{done}");
    let kept = done["deployed"].to_string();
    assert!(kept.contains(first["version"].as_str().unwrap()), "{done}");
    assert_ne!(done["removed"][0], unused["image"]);
    assert_eq!(app.json(&["rollback", "1"])["from"], 1);
    assert_eq!(app.answer(), "one");

    // Whose ingress is gone can't say which releases it had; that is no reason to fail.
    docker(&["rm", "--force", &app.ingress()]);
    let output = app.run(&["gc", "--keep", "1", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(app.cluster()), "{said}");
    app.json(&["remove"]);
    let done = app.json(&["gc", "--keep", "1"]);
    assert_eq!(done["deployed"], json!([]));
    assert_eq!(done["removed"].as_array().unwrap().len(), 3, "{done}");
}
