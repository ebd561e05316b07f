//! What is made in the cluster.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v1::HorizontalPodAutoscaler;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Pod, Secret, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt as _;

use serde_json::json;

use crate::app::App;
use crate::cluster::Cluster;

#[test]
fn an_app_brings_what_it_needs_and_takes_it_along() {
    let app = App::new(
        "[autoscale]\nmin = 2\nmax = 4\n\
         [[ports]]\nport = 5005\n\
         [environments.local]\ncluster = \"kube\"\ndomains = [\"shop.example.com\"]\n",
    );
    app.options("ingress_class = \"nginx\"\ningress_tls = true\n[kube.kubernetes.ingress_annotations]\n\"cert-manager.io/issuer\" = \"us\"");
    let done = app.json(&["deploy"]);
    assert_eq!(done["url"], "https://shop.example.com");
    app.cluster.settles_to(&["1.web", "1.web"]);
    let [ingress] = &app.cluster.list::<Ingress>("")[..] else {
        panic!("one Ingress");
    };
    assert_eq!(ingress.annotations()["cert-manager.io/issuer"], "us");
    let spec = ingress.spec.as_ref().unwrap();
    assert_eq!(spec.ingress_class_name.as_deref(), Some("nginx"));
    assert_eq!(
        spec.tls.as_ref().unwrap()[0].hosts.as_ref().unwrap(),
        &["shop.example.com"]
    );
    let services = app
        .cluster
        .list::<Service>("app.kubernetes.io/managed-by=paas");
    let ports = services[0].spec.as_ref().unwrap().ports.as_ref().unwrap();
    assert_eq!(
        ports.iter().map(|port| port.port).collect::<Vec<_>>(),
        [80, 5005]
    );
    let scalers = app.cluster.list::<HorizontalPodAutoscaler>("");
    assert_eq!(scalers[0].spec.as_ref().unwrap().max_replicas, 4);
    assert_eq!(app.cluster.budgets(), 1);

    app.answers("two").json(&["deploy"]);
    let scalers = app.cluster.list::<HorizontalPodAutoscaler>("");
    let scaled = &scalers[0].spec.as_ref().unwrap().scale_target_ref.name;
    let deployments = app.cluster.list::<Deployment>("io.paas.release=2");
    assert_eq!(*scaled, deployments[0].name_any());

    assert_eq!(app.cluster.delete::<ConfigMap>("io.paas.role=root"), 1);
    app.cluster.settles_to(&[]);
    app.cluster.waits_for("everything to go", |cluster| {
        cluster.list::<Secret>("io.paas.target").is_empty()
            && cluster.list::<Service>("").is_empty()
            && cluster.list::<Ingress>("").is_empty()
            && cluster.list::<Lease>("").is_empty()
            && cluster.list::<Deployment>("").is_empty()
            && cluster.budgets() == 0
    });
}

#[test]
fn values_of_secrets_stand_in_secrets_only() {
    let app = App::new(
        "[environments.local]\ncluster = \"kube\"\nsecrets = [\"TOKEN\"]\nenv = { COLOUR = \"green \\\"$(TOKEN)\\n\" }\n",
    );
    let error = app.fails(2, &["deploy"]);
    assert!(error["message"].to_string().contains("TOKEN"), "{error}");
    let canary = "canary-5f2b9c";
    let mut set = app.paas(&["secret", "set", "TOKEN"]);
    set.write_stdin(canary).assert().success();
    app.json(&["deploy"]);
    assert_eq!(app.get("/env/TOKEN").1.trim(), canary);
    assert_eq!(app.get("/env/COLOUR").1, "green \"$(TOKEN)\n\n");
    assert_eq!(app.get("/env/PAAS_RELEASE").1.trim(), "1");
    let texts = [
        serde_json::to_string(&app.cluster.list::<Deployment>("")).unwrap(),
        serde_json::to_string(&app.cluster.list::<Service>("")).unwrap(),
        serde_json::to_string(&app.cluster.list::<ConfigMap>("")).unwrap(),
        serde_json::to_string(&app.cluster.list::<k8s_openapi::api::core::v1::Pod>("")).unwrap(),
        serde_json::to_string(&app.cluster.list::<k8s_openapi::api::core::v1::Event>("")).unwrap(),
    ];
    for text in texts {
        assert!(!text.contains(canary), "{text}");
    }
    for secret in app.cluster.list::<Secret>("io.paas.target") {
        let metadata = serde_json::to_string(&secret.metadata).unwrap();
        assert!(!metadata.contains(canary), "{metadata}");
    }
}

#[test]
fn pods_pass_the_restricted_standard() {
    let app = App::new("[resources]\nmemory = \"64MiB\"\ncpu = 0.2\n");
    app.options("overcommit = \"guaranteed\"\nimage_pull_secrets = [\"registry\"]");
    app.json(&["deploy"]);
    let deployments = app.cluster.list::<Deployment>("");
    let spec = deployments[0].spec.clone().unwrap().template.spec.unwrap();
    let pod = spec.security_context.as_ref().unwrap();
    assert_eq!(pod.run_as_non_root, Some(true));
    assert_eq!(
        pod.seccomp_profile.as_ref().unwrap().type_,
        "RuntimeDefault"
    );
    let container = &spec.containers[0];
    let security = container.security_context.as_ref().unwrap();
    assert_eq!(security.allow_privilege_escalation, Some(false));
    let dropped = security.capabilities.as_ref().unwrap().drop.clone();
    assert_eq!(dropped.unwrap(), ["ALL"]);
    assert_eq!(spec.automount_service_account_token, Some(false));
    assert_eq!(spec.image_pull_secrets.unwrap()[0].name, "registry");
    let resources = container.resources.as_ref().unwrap();
    assert_eq!(resources.requests, resources.limits);
    let pods = app
        .cluster
        .list::<k8s_openapi::api::core::v1::Pod>("io.paas.role=instance");
    let status = pods[0].status.as_ref().unwrap();
    assert_eq!(status.qos_class.as_deref(), Some("Guaranteed"));
}

#[test]
fn an_app_that_is_taken_off_leaves_nothing_but_its_volumes() {
    let app = App::new(
        "[autoscale]\nmin = 2\nmax = 3\n[processes.worker]\nscript = \"exec sleep 1000\"\n\
         [environments.local]\ncluster = \"kube\"\ndomains = [\"shop.example.com\"]\n",
    );
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    app.paas(&["env", "set", "A=1"]).assert().success();
    let mut labels = app.cluster.list::<ConfigMap>("io.paas.role=root")[0]
        .labels()
        .clone();
    labels.insert("io.paas.role".to_owned(), "volume".to_owned());
    app.cluster.create::<PersistentVolumeClaim>(json!({
        "metadata": {
            "name": "data",
            "labels": labels,
            "annotations": { "io.paas.volume": "data" },
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "1Mi" } },
        },
    }));
    let gone = app.paas(&["remove", "--json"]).assert().success();
    let gone = String::from_utf8_lossy(&gone.get_output().stdout).into_owned();
    assert!(gone.contains("\"data\""), "{gone}");
    let nothing_is_left = |cluster: &Cluster| {
        let selector = "io.paas.target";
        cluster.list::<Pod>(selector).is_empty()
            && cluster.list::<Deployment>(selector).is_empty()
            && cluster.list::<Secret>(selector).is_empty()
            && cluster.list::<Service>(selector).is_empty()
            && cluster.list::<Ingress>(selector).is_empty()
            && cluster.list::<ConfigMap>(selector).is_empty()
            && cluster.list::<HorizontalPodAutoscaler>(selector).is_empty()
            && cluster.budgets() == 0
    };
    assert!(nothing_is_left(&app.cluster));
    app.cluster.waits_for("the lease to go", |cluster| {
        cluster.list::<Lease>("").is_empty()
    });
    assert_eq!(app.cluster.list::<PersistentVolumeClaim>("").len(), 1);
    assert_eq!(app.json(&["deploy"])["release"], 1);
    app.paas(&["remove", "--volumes", "--confirm", app.name()])
        .assert()
        .success();
    app.cluster.waits_for("the volume to go", |cluster| {
        cluster.list::<PersistentVolumeClaim>("").is_empty()
    });
}
