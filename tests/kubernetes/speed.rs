//! How long a way back takes.

use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use serde_json::{Value, json};

use crate::app::App;

const ROUNDS: usize = 5;

/// What `kubectl rollout undo` does: the older template is the Deployment's again, and `kubectl rollout status`
/// waits until only its pods are there.
fn undo(app: &App, image: &Value) -> Duration {
    let begun = Instant::now();
    let template = json!({ "spec": { "containers": [{ "name": "web", "image": image }] } });
    app.cluster
        .strategic("plain", &json!({ "spec": { "template": template } }));
    loop {
        let deployments = app.cluster.list::<Deployment>("plain=yes");
        let deployment = &deployments[0];
        let status = deployment.status.clone().unwrap_or_default();
        let seen = status.observed_generation == deployment.metadata.generation;
        let counts = [
            status.updated_replicas,
            status.replicas,
            status.available_replicas,
        ];
        if seen && counts == [Some(1); 3] {
            return begun.elapsed();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
fn a_rollback_is_about_as_fast_as_kubernetes_own() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    let images: Vec<Value> = ["1", "2"]
        .map(|release| {
            let selector = format!("io.paas.release={release}");
            let mut deployments = app.cluster.list::<Deployment>(&selector);
            let deployment = serde_json::to_value(deployments.remove(0)).unwrap();
            deployment["spec"]["template"]["spec"]["containers"][0]["image"].clone()
        })
        .to_vec();
    let mut plain = app
        .cluster
        .list::<Deployment>("io.paas.release=2")
        .remove(0);
    let labels = json!({ "plain": "yes" });
    let mut spec = serde_json::to_value(plain.spec.take()).unwrap();
    spec["selector"] = json!({ "matchLabels": labels });
    spec["template"]["metadata"]["labels"] = labels.clone();
    app.cluster.create::<Deployment>(json!({
        "metadata": { "name": "plain", "labels": labels },
        "spec": spec,
    }));
    undo(&app, &images[1]);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        theirs.push(undo(&app, &images[round % 2]));
        let begun = Instant::now();
        app.json(&["rollback"]);
        ours.push(begun.elapsed());
        // What is on its way out is in nobody's way.
        std::thread::sleep(Duration::from_secs(9));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    assert!(
        ours.as_secs_f64() <= theirs.as_secs_f64() * 1.2,
        "{ours:?} beside {theirs:?}"
    );
}
