use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::builder::SecretBytes;
use crate::cluster::kubernetes::Overcommit;
use crate::cluster::kubernetes::fleet::Roll;
use crate::release::{Release, SecretRevision, User, Volume};

fn release() -> Release {
    let text = json!({
        "app": "shop", "environment": "production", "number": 7, "created": 0, "by": "ada@home",
        "image": {
            "version": "v1.0.0-gabcdef01-r1",
            "reference": "registry.example.com/shop:v1.0.0-gabcdef01-r1",
            "commit": "",
        },
        "processes": { "web": { "replicas": 2, "resources": { "memory": 268_435_456, "cpu": 1.0 } } },
        "port": 8080, "stop_timeout": 30, "env": { "A": "1" }, "secrets": {},
        "health": null, "volumes": [], "ports": [], "domains": [],
        "user": { "uid": 10001, "gid": 10001 },
    });
    serde_json::from_value(text).expect("a release")
}

/// The pod of `web`.
fn pod(release: &Release, options: &KubernetesOptions) -> Value {
    let blueprint = Blueprint {
        options,
        release,
        owner: &Value::Null,
    };
    let deployment = blueprint.deployment("web", &Roll::default(), None);
    deployment.expect("a Deployment")["spec"]["template"]["spec"].clone()
}

#[test]
fn what_is_set_aside_follows_the_overcommit_class() {
    let resources = |overcommit| {
        let options = KubernetesOptions {
            overcommit,
            ..KubernetesOptions::default()
        };
        pod(&release(), &options)["containers"][0]["resources"].clone()
    };
    let limits = json!({ "cpu": "1000m", "memory": "268435456" });
    assert_eq!(
        resources(Overcommit::Burstable),
        json!({ "requests": { "cpu": "250m", "memory": "268435456" }, "limits": limits })
    );
    assert_eq!(
        resources(Overcommit::Guaranteed),
        json!({ "requests": limits, "limits": limits })
    );
}

#[test]
fn nothing_is_ever_best_effort() {
    let mut release = release();
    release.processes.get_mut("web").unwrap().resources = crate::release::Resources::default();
    let pod = pod(&release, &KubernetesOptions::default());
    assert_eq!(
        pod["containers"][0]["resources"],
        json!({ "requests": { "cpu": "100m", "memory": "134217728" } })
    );
}

#[test]
fn only_an_app_that_asked_for_root_gets_it() {
    let mut release = release();
    let options = KubernetesOptions::default();
    let usual = pod(&release, &options);
    assert_eq!(usual["securityContext"]["runAsNonRoot"], true);
    release.user = Some(User { uid: 0, gid: 0 });
    let root = pod(&release, &options);
    assert_eq!(root["securityContext"]["runAsNonRoot"], false);
    let capabilities = &root["containers"][0]["securityContext"]["capabilities"];
    assert_eq!(*capabilities, json!({}));
}

#[test]
fn a_pod_goes_on_until_nodes_know_unless_it_shares_a_volume() {
    let mut release = release();
    let options = KubernetesOptions::default();
    let usual = pod(&release, &options);
    let wait = &usual["containers"][0]["lifecycle"]["preStop"]["exec"]["command"];
    assert_eq!(*wait, json!(["sleep", "5"]));
    assert_eq!(usual["terminationGracePeriodSeconds"], 35);
    release.volumes.push(Volume {
        name: "data".to_owned(),
        path: "/data".to_owned(),
    });
    let alone = pod(&release, &options);
    assert!(alone["containers"][0]["lifecycle"].is_null());
    assert_eq!(alone["terminationGracePeriodSeconds"], 30);
}

#[test]
fn an_environment_is_named_by_its_content_but_not_by_values_of_secrets() {
    let options = KubernetesOptions::default();
    let name = |release: &Release| {
        Blueprint {
            options: &options,
            release,
            owner: &Value::Null,
        }
        .environment_name()
    };
    let mut one = release();
    let other = Release {
        number: 8,
        ..one.clone()
    };
    assert_eq!(name(&one), name(&other), "the same content");
    let before = name(&one);
    one.env.insert("A".to_owned(), "2".to_owned());
    assert_ne!(name(&one), before);
    one.secrets
        .insert("TOKEN".to_owned(), SecretRevision("1".to_owned()));
    let blueprint = Blueprint {
        options: &options,
        release: &one,
        owner: &Value::Null,
    };
    let key = ("TOKEN".to_owned(), "1".to_owned());
    let secret = |value: &str| {
        let secrets = BTreeMap::from([(key.clone(), SecretBytes::new(value))]);
        blueprint.environment(&secrets).expect("a Secret")
    };
    let (first, second) = (secret("a"), secret("b"));
    assert_eq!(first["metadata"]["name"], second["metadata"]["name"]);
    assert_ne!(first["data"]["TOKEN"], second["data"]["TOKEN"]);
    assert!(blueprint.environment(&BTreeMap::new()).is_err());
}
