//! What objects are made: pure, from a release and the cluster's options.

mod pod;
mod route;
mod scaling;
#[cfg(test)]
mod tests;
mod volume;
mod workload;

pub(super) use route::{Route, http_port, ingress};
pub(super) use scaling::{autoscaler, budget};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::names::{self, Role};
use super::options::KubernetesOptions;
use crate::cluster::Secrets;
use crate::release::Release;
use crate::{Error, Result};

/// A release, and what has to be known to make objects of it.
pub(super) struct Blueprint<'a> {
    pub(super) options: &'a KubernetesOptions,
    pub(super) release: &'a Release,
    /// The reference to the target's root.
    pub(super) owner: &'a Value,
}

impl Blueprint<'_> {
    /// The name of the Secret with variables and secrets: a hash of what is in it, in which a secret's
    /// revision stands for its value.
    pub(super) fn environment_name(&self) -> String {
        let revisions = self.release.secrets.iter();
        let secrets = revisions.map(|(name, revision)| (name, &revision.0));
        let content = json!([self.release.env, secrets.collect::<Vec<_>>()]);
        names::part(&self.release.target, "env", &[&content.to_string()])
    }

    /// That Secret. A secret without a value is refused.
    pub(super) fn environment(&self, secrets: &Secrets) -> Result<Value> {
        let mut data = Map::new();
        for (name, value) in &self.release.env {
            data.insert(name.clone(), json!(STANDARD.encode(value)));
        }
        for (name, revision) in &self.release.secrets {
            let value = secrets.get(&(name.clone(), revision.0.clone()));
            let value = value.ok_or_else(|| {
                Error::refused(format!("the secret `{name}` has no value"))
                    .hint(format!("set it with `paas secret set {name}`"))
            })?;
            let is_text =
                std::str::from_utf8(value.expose()).is_ok_and(|text| !text.contains('\0'));
            if !is_text {
                return Err(Error::usage(format!(
                    "the secret `{name}` is no text, so no variable can hold it"
                )));
            }
            data.insert(name.clone(), json!(STANDARD.encode(value.expose())));
        }
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": self.environment_name(),
                "labels": names::labels(&self.release.target, Role::Environment),
                "ownerReferences": [self.owner],
            },
            "immutable": true,
            "data": data,
        }))
    }
}
