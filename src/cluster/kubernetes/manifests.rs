//! What a deployment makes, without making it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use serde_json::{Value, json};

use super::api::{MANAGER, Object};
use super::compare;
use super::fleet::Roll;
use super::manifest::{self, Route};
use super::{Kubernetes, names};
use crate::Result;
use crate::cluster::{ObjectChange, Secrets};
use crate::release::{Live, Observed, Process, Release};

impl Kubernetes {
    /// All objects that run `release` alone, without the root that owns them.
    pub(super) async fn objects(&self, release: &Release, secrets: &Secrets) -> Result<Vec<Value>> {
        let target = &release.target;
        let owner = Value::Null;
        let blueprint = self.blueprint(release, &owner);
        let mut objects: Vec<Value> = release
            .volumes
            .iter()
            .map(|volume| blueprint.claim(&volume.name))
            .collect();
        objects.push(blueprint.environment(secrets)?);
        for (name, process) in &release.processes {
            let roll = Roll {
                running: (1..=process.replicas).filter_map(NonZeroU32::new).collect(),
                ..Roll::default()
            };
            objects.push(blueprint.deployment(name, &roll, None)?);
        }
        let route = Route {
            live: Live {
                release: Some(release.number),
                ..Live::default()
            },
            pods: Some(release.number),
            ..Route::default()
        };
        objects.push(route.service(target, Some(release), &self.options, (&owner, None)));
        if !release.domains.is_empty() {
            objects.push(manifest::ingress(release, &self.options, &owner));
        }
        if let Some(version) = self.offers("policy", &["v1", "v1beta1"]).await? {
            let api = format!("policy/{version}");
            let several = release.processes.iter();
            let several = several.filter(|(_, process)| process.replicas > 1);
            objects.extend(several.map(|(name, _)| manifest::budget(target, name, &api, &owner)));
        }
        if let Some(scale) = release.autoscale
            && let Some(version) = self.offers("autoscaling", &["v2", "v2beta2"]).await?
        {
            let deployment = names::deployment(target, release.number, Process::WEB);
            let api = format!("autoscaling/{version}");
            let identity = (&*api, &owner);
            objects.push(manifest::autoscaler(target, &deployment, scale, identity));
        }
        for object in &mut objects {
            object["metadata"]["namespace"] = json!(self.namespace);
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.remove("ownerReferences");
            }
        }
        Ok(objects)
    }

    /// What the API server makes of these objects, in a dry run, beside what serves now.
    pub(super) async fn compare(
        &self,
        observed: &Observed,
        release: &Release,
        secrets: &Secrets,
    ) -> Result<Vec<ObjectChange>> {
        let live = observed.live.release;
        let runs_as = live.and_then(|number| observed.release(observed.runs_as(number)));
        let mut stand_ins = BTreeMap::new();
        if let Some(old) = runs_as {
            let environment = |release| self.blueprint(release, &Value::Null).environment_name();
            stand_ins.insert(environment(release), environment(old));
            for process in release.processes.keys() {
                let name = |number| names::deployment(&release.target, number, process);
                stand_ins.insert(name(release.number), name(old.number));
            }
        }
        let mut changes = Vec::new();
        for object in self.objects(release, secrets).await? {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let live = stand_ins.get(name).map_or(name, String::as_str).to_owned();
            let change = match object["kind"].as_str().unwrap_or_default() {
                "PersistentVolumeClaim" => {
                    self.try_out::<PersistentVolumeClaim>(&object, &live)
                        .await?
                }
                "Secret" => self.try_out::<Secret>(&object, &live).await?,
                "Deployment" => self.try_out::<Deployment>(&object, &live).await?,
                "Service" => self.try_out::<Service>(&object, &live).await?,
                "Ingress" => self.try_out::<Ingress>(&object, &live).await?,
                kind => {
                    let version = object["apiVersion"].as_str().unwrap_or_default();
                    let (group, version) = version.split_once('/').unwrap_or_default();
                    let api = self.dynamic(group, version, kind);
                    self.try_out_in(&api, &object, &live).await?
                }
            };
            changes.extend(change);
        }
        Ok(changes)
    }

    async fn try_out<K>(&self, object: &Value, live: &str) -> Result<Option<ObjectChange>>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        self.try_out_in(&self.api::<K>(), object, live).await
    }

    async fn try_out_in<K: Object>(
        &self,
        api: &Api<K>,
        object: &Value,
        live: &str,
    ) -> Result<Option<ObjectChange>> {
        let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let (kind, name) = (text("kind"), object["metadata"]["name"].as_str());
        let name = name.unwrap_or_default();
        let there = self.get(api, live).await?;
        // These are made once, and never changed.
        let is_made_once = matches!(&*kind, "Secret" | "PersistentVolumeClaim");
        let made = if is_made_once {
            self.get(api, name).await?
        } else {
            None
        };
        let wanted = if let Some(made) = made {
            made
        } else {
            let parameters = PatchParams::apply(MANAGER).force().dry_run();
            let patch = Patch::Apply(object);
            let wanted = self.ask(|| api.patch(name, &parameters, &patch)).await;
            wanted.map_err(|error| self.fault(error))?
        };
        let value = |object: &K| {
            let mut value = serde_json::to_value(object).unwrap_or_default();
            value["kind"] = json!(kind);
            value
        };
        let fields = match &there {
            None => {
                return Ok(Some(ObjectChange {
                    kind,
                    name: name.to_owned(),
                    fields: None,
                }));
            }
            Some(there) => compare::changes(&value(there), &value(&wanted)),
        };
        Ok((!fields.is_empty()).then(|| ObjectChange {
            kind,
            name: live.to_owned(),
            fields: Some(fields),
        }))
    }
}
