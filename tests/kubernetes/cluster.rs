//! The cluster, seen with other eyes than ours.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{Namespace, PersistentVolume, Pod};
use kube::api::{
    ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams,
};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config, Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::engine::unique;

/// A namespace of its own; everything in it goes when it is dropped.
pub struct Cluster {
    runtime: Runtime,
    client: Client,
    namespace: String,
}

/// The kubeconfig that the tests run with.
pub fn kubeconfig() -> PathBuf {
    let file = std::env::var_os("KUBECONFIG").expect("KUBECONFIG names a cluster for tests");
    PathBuf::from(file)
}

impl Cluster {
    pub fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("a runtime");
        let client = runtime.block_on(async {
            let kubeconfig = Kubeconfig::read_from(kubeconfig()).expect("a kubeconfig");
            let options = KubeConfigOptions::default();
            let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
            Client::try_from(config.expect("a context")).expect("a client")
        });
        let cluster = Self {
            runtime,
            client,
            namespace: unique("paas-test"),
        };
        let namespace = json!({ "metadata": { "name": cluster.namespace } });
        let api: Api<Namespace> = Api::all(cluster.client.clone());
        let namespace = serde_json::from_value(namespace).unwrap();
        let parameters = PostParams::default();
        let made = api.create(&parameters, &namespace);
        cluster.runtime.block_on(made).expect("a cluster answers");
        cluster
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// With all rights.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// What is spawned there runs as long as this is there.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn list<K>(&self, selector: &str) -> Vec<K>
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
        K::DynamicType: Default,
    {
        let parameters = ListParams::default().labels(selector);
        let found = self.runtime.block_on(self.api::<K>().list(&parameters));
        found.expect("a list").items
    }

    pub fn create<K>(&self, object: Value)
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug + Serialize,
        K::DynamicType: Default,
    {
        let object = serde_json::from_value(object).expect("an object");
        let parameters = PostParams::default();
        let created = self.api::<K>();
        let created = created.create(&parameters, &object);
        self.runtime.block_on(created).expect("it is created");
    }

    /// Deletes all that a selector selects; returns how many.
    pub fn delete<K>(&self, selector: &str) -> usize
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
        K::DynamicType: Default,
    {
        let found = self.list::<K>(selector);
        for object in &found {
            let (name, parameters) = (object.name_any(), DeleteParams::background());
            let deleted = self.api::<K>();
            let deleted = deleted.delete(&name, &parameters);
            self.runtime.block_on(deleted).expect("it is deleted");
        }
        found.len()
    }

    /// Changes an object as somebody called `manager`.
    pub fn patch<K>(&self, name: &str, manager: &str, patch: &Value)
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
        K::DynamicType: Default,
    {
        let parameters = PatchParams {
            field_manager: Some(manager.to_owned()),
            ..PatchParams::default()
        };
        let patch = Patch::Merge(patch);
        let patched = self.api::<K>();
        let patched = patched.patch(name, &parameters, &patch);
        self.runtime.block_on(patched).expect("it is changed");
    }

    /// Waits until `holds`, for half a minute.
    pub fn waits_for(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "waited for {what}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// How many `PodDisruptionBudgets` there are, in the API version that every server of today has.
    pub fn budgets(&self) -> usize {
        let versions = ["v1", "v1beta1"].into_iter();
        let mut counts = versions.filter_map(|version| {
            let resource = ApiResource {
                group: "policy".to_owned(),
                version: version.to_owned(),
                api_version: format!("policy/{version}"),
                kind: "PodDisruptionBudget".to_owned(),
                plural: "poddisruptionbudgets".to_owned(),
            };
            let api: Api<DynamicObject> =
                Api::namespaced_with(self.client.clone(), &self.namespace, &resource);
            let found = self.runtime.block_on(api.list(&ListParams::default()));
            found.ok().map(|found| found.items.len())
        });
        counts.next().expect("one of the versions")
    }

    /// A volume in a folder of this machine, for claims of this class.
    pub fn create_volume(&self, class: &str, folder: &Path) {
        let volume = json!({
            "metadata": { "name": class },
            "spec": {
                "capacity": { "storage": "1Gi" },
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": class,
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": { "path": folder },
            },
        });
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let volume = serde_json::from_value(volume).unwrap();
        let parameters = PostParams::default();
        let made = api.create(&parameters, &volume);
        self.runtime.block_on(made).expect("a volume");
    }

    pub fn delete_volume(&self, class: &str) {
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let parameters = DeleteParams::default();
        let deleted = api.delete(class, &parameters);
        self.runtime.block_on(deleted).expect("it is deleted");
    }

    /// Waits until the namespace is gone.
    pub fn waits_for_its_end(&self) {
        let api: Api<Namespace> = Api::all(self.client.clone());
        let begun = Instant::now();
        while self
            .runtime
            .block_on(api.get_opt(&self.namespace))
            .expect("an answer")
            .is_some()
        {
            let waited = begun.elapsed();
            assert!(
                waited < Duration::from_secs(120),
                "the namespace is still there"
            );
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// Tells Kubernetes to delete the namespace.
    pub fn delete_namespace(&self) {
        let api: Api<Namespace> = Api::all(self.client.clone());
        let parameters = DeleteParams::default();
        let deleted = api.delete(&self.namespace, &parameters);
        drop(self.runtime.block_on(deleted));
    }

    /// Release and phase of each pod that is not on its way out.
    pub fn pods(&self) -> Vec<String> {
        let pods = self.list::<Pod>("io.paas.role=instance");
        let mut pods: Vec<String> = pods
            .into_iter()
            .filter(|pod| pod.metadata.deletion_timestamp.is_none())
            .map(|pod| {
                let label = |name: &str| pod.labels()[name].clone();
                format!("{}.{}", label("io.paas.release"), label("io.paas.process"))
            })
            .collect();
        pods.sort();
        pods
    }

    /// Waits until only these pods are left.
    pub fn settles_to(&self, pods: &[&str]) {
        let begun = Instant::now();
        loop {
            let there = self.pods();
            if there == pods {
                return;
            }
            let waited = begun.elapsed();
            assert!(
                waited < Duration::from_secs(30),
                "{there:?} and not {pods:?}"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.delete_namespace();
    }
}
