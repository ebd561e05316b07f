//! Taking an app off, and forgetting what is old.

use std::collections::BTreeSet;
use std::time::Instant;

use futures_util::future::try_join_all;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Pod, Secret, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::{Api, Resource, ResourceExt as _};
use tokio::time::sleep;

use super::api::Object;
use super::muster::LOOK_EVERY;
use super::names::Role;
use super::{Kubernetes, names};
use crate::cluster::{Erased, Volumes, Work};
use crate::release::Target;
use crate::{Error, Result};

/// On top of what pods may take to end.
const SLACK: std::time::Duration = std::time::Duration::from_secs(60);

impl Kubernetes {
    /// What takes requests goes first, what tells of the rest last: one that is interrupted is finished
    /// by the next.
    pub(super) async fn take_off(&self, work: &Work<'_>, volumes: Volumes) -> Result<Erased> {
        let target = work.target;
        let all = names::selector(target);
        let observed = self.look(target).await?;
        let running = observed.instances.iter();
        let instances = running.filter(|instance| instance.is_running()).count();
        work.lease.check().await?;
        self.delete_all(&self.api::<Ingress>(), &all).await?;
        self.delete_all(&self.api::<Service>(), &all).await?;
        for (group, versions, kind) in [
            ("autoscaling", &["v2", "v2beta2"], "HorizontalPodAutoscaler"),
            ("policy", &["v1", "v1beta1"], "PodDisruptionBudget"),
        ] {
            if let Some(version) = self.offers(group, versions).await? {
                let api = self.dynamic(group, version, kind);
                self.delete_all(&api, &all).await?;
            }
        }
        work.lease.check().await?;
        self.delete_all(&self.api::<Deployment>(), &all).await?;
        self.delete_all(&self.api::<Job>(), &all).await?;
        let releases = observed.releases.values();
        let patience = releases.map(|record| record.release.stop_timeout).max();
        self.wait_for_pods(target, patience.unwrap_or_default())
            .await?;
        let claims = names::role_selector(target, Role::Volume);
        let claims = self
            .list(&self.api::<PersistentVolumeClaim>(), &claims)
            .await?;
        let mut names: Vec<String> = claims
            .iter()
            .filter_map(|claim| claim.annotations().get(names::VOLUME).cloned())
            .collect();
        names.sort();
        work.lease.check().await?;
        if volumes == Volumes::Remove {
            self.delete_all(&self.api::<PersistentVolumeClaim>(), &all)
                .await?;
        }
        self.delete_all(&self.api::<Secret>(), &all).await?;
        // With it goes the lease.
        self.delete(&self.api::<ConfigMap>(), &names::root(target))
            .await?;
        self.unlearn(target).await;
        let (volumes, kept_volumes) = match volumes {
            Volumes::Remove => (names, Vec::new()),
            Volumes::Keep => (Vec::new(), names),
        };
        Ok(Erased {
            instances,
            volumes,
            kept_volumes,
        })
    }

    /// Removes records of releases, and environments that no release has any more.
    pub(super) async fn forget_releases(
        &self,
        work: &Work<'_>,
        releases: &BTreeSet<u64>,
    ) -> Result<()> {
        for number in releases {
            self.forget_release(work.target, *number).await?;
        }
        let owner = serde_json::Value::Null;
        let observed = self.look(work.target).await?;
        let kept: BTreeSet<String> = observed
            .releases
            .values()
            .map(|record| self.blueprint(&record.release, &owner).environment_name())
            .collect();
        let api = self.api::<Secret>();
        let selector = names::role_selector(work.target, Role::Environment);
        for environment in self.list(&api, &selector).await? {
            let name = environment.name_any();
            if !kept.contains(&name) {
                self.delete(&api, &name).await?;
            }
        }
        Ok(())
    }

    async fn delete_all<K>(&self, api: &Api<K>, selector: &str) -> Result<()>
    where
        K: Object + Resource,
    {
        let found = self.list(api, selector).await?;
        let names: Vec<String> = found.iter().map(kube::ResourceExt::name_any).collect();
        try_join_all(names.iter().map(|name| self.delete(api, name)))
            .await
            .map(drop)
    }

    /// Waits until none of its pods is there, those of commands that people run included.
    async fn wait_for_pods(&self, target: &Target, stop_timeout: u64) -> Result<()> {
        let begun = Instant::now();
        let patience = std::time::Duration::from_secs(stop_timeout).saturating_add(SLACK);
        let (api, selector) = (self.api::<Pod>(), names::selector(target));
        loop {
            let pods = self.list(&api, &selector).await?;
            let Some(first) = pods.first() else {
                return Ok(());
            };
            if begun.elapsed() > patience {
                return Err(Error::unavailable(format!(
                    "the pod {} does not end",
                    first.name_any()
                ))
                .hint("run the command again; is its node well?"));
            }
            for pod in &pods {
                let is_ours = pod
                    .labels()
                    .get(names::ROLE)
                    .is_some_and(|role| role == Role::Run.as_str());
                if is_ours && pod.metadata.deletion_timestamp.is_none() {
                    self.delete(&api, &pod.name_any()).await?;
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// What was remembered of it holds no longer.
    async fn unlearn(&self, target: &Target) {
        let key = target.key();
        let lock = "no panic while it is held";
        self.roots.lock().expect(lock).remove(&key);
        self.sights.lock().expect(lock).remove(&key);
        self.releases
            .lock()
            .expect(lock)
            .retain(|(of, _), _| *of != key);
        self.prepared.lock().await.retain(|(of, _)| *of != key);
    }
}
