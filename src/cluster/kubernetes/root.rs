//! The object that owns all others of a target, so that they go with it.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt as _;
use serde_json::{Value, json};

use super::{Kubernetes, names};
use crate::Result;
use crate::release::Target;

impl Kubernetes {
    /// Makes the root where it is missing. Returns the reference by which others name it as their owner.
    pub(super) async fn root(&self, target: &Target) -> Result<Value> {
        let key = target.key();
        if let Some(owner) = self
            .roots
            .lock()
            .expect("no panic while it is held")
            .get(&key)
        {
            return Ok(owner.clone());
        }
        let name = names::root(target);
        let wanted = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name,
                "labels": names::labels(target, names::Role::Root),
                "annotations": { names::KEY: key },
            },
        });
        let made: ConfigMap = self.put(&self.api(), &wanted).await?;
        let owner = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": name,
            "uid": made.uid().unwrap_or_default(),
        });
        let mut roots = self.roots.lock().expect("no panic while it is held");
        roots.insert(key, owner.clone());
        Ok(owner)
    }

    /// Targets that have a root.
    pub(super) async fn rooted(&self) -> Result<Vec<Target>> {
        let selector = format!("{}={}", names::ROLE, names::Role::Root.as_str());
        let roots = self.list(&self.api::<ConfigMap>(), &selector).await?;
        let keys = roots
            .iter()
            .filter_map(|root| root.annotations().get(names::KEY));
        Ok(keys.filter_map(|key| names::target(key)).collect())
    }
}
