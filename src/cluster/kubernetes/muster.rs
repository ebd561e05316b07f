//! Which instances run and which are kept: every change to a Deployment.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, Secret};
use kube::ResourceExt as _;
use tokio::time::sleep;

use super::api::Change;
use super::fleet::{Fleet, Roll};
use super::manifest::Blueprint;
use super::{Kubernetes, names};
use crate::cluster::Work;
use crate::release::{InstanceName, Release, Target};
use crate::{Error, Kind, Result};

/// Between two looks at what is on its way out.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(200);
/// On top of what a pod may take to end: for the node to tell.
const ENDING: Duration = Duration::from_secs(60);
/// Kubernetes writes the status of a Deployment now and then, which makes what we read outdated.
const TRIES: usize = 50;

impl Kubernetes {
    /// Has the instance run.
    pub(super) async fn start(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        self.prepare(work, release).await?;
        let change = |roll: &mut Roll| {
            roll.running.insert(instance.number);
            roll.kept.remove(&instance.number);
        };
        self.change(work, release, &instance.process, change).await
    }

    /// Takes the instance's pod away, and keeps the way back.
    pub(super) async fn put_away(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        let change = |roll: &mut Roll| {
            roll.running.remove(&instance.number);
            roll.kept.insert(instance.number);
        };
        self.change(work, release, &instance.process, change)
            .await?;
        self.wait_alone(release, &instance.process).await
    }

    /// Takes the instance away; the last one with its Deployment.
    pub(super) async fn remove(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        let change = |roll: &mut Roll| {
            roll.running.remove(&instance.number);
            roll.kept.remove(&instance.number);
        };
        self.change(work, release, &instance.process, change)
            .await?;
        self.wait_alone(release, &instance.process).await
    }

    /// Takes away all instances of a process of a release that nobody knows any more.
    pub(super) async fn remove_unknown(
        &self,
        target: &Target,
        release: u64,
        process: &str,
    ) -> Result<()> {
        let name = names::deployment(target, release, process);
        self.delete(&self.api::<Deployment>(), &name).await
    }

    async fn change(
        &self,
        work: &Work<'_>,
        release: &Release,
        process: &str,
        change: impl Fn(&mut Roll),
    ) -> Result<()> {
        let api = self.api::<Deployment>();
        let name = names::deployment(work.target, release.number, process);
        let owner = self.root(work.target).await?;
        // Steps of one stage change the same object.
        let _turn = self.turns.lock().await;
        for _ in 0..TRIES {
            work.lease.check().await?;
            let there = self.get(&api, &name).await?;
            let fleet = there.as_ref().and_then(Fleet::of);
            let before = fleet.as_ref().map(Fleet::actual).unwrap_or_default();
            let mut roll = before.clone();
            change(&mut roll);
            if roll.running.is_empty() && roll.kept.is_empty() {
                return match fleet {
                    Some(_) => self.delete(&api, &name).await,
                    None => Ok(()),
                };
            }
            let is_told = fleet.as_ref().is_some_and(|fleet| fleet.roll == roll);
            if is_told && roll == before {
                return Ok(());
            }
            let blueprint = self.blueprint(release, &owner);
            let version = fleet.as_ref().map(|fleet| &*fleet.version);
            let wanted = blueprint.deployment(process, &roll, version)?;
            if let Change::Made(_) = self.apply(&api, &wanted).await? {
                return Ok(());
            }
        }
        Err(Error::new(
            Kind::Busy,
            format!("somebody else changes {name} all the time"),
        ))
    }

    pub(super) fn blueprint<'a>(
        &'a self,
        release: &'a Release,
        owner: &'a serde_json::Value,
    ) -> Blueprint<'a> {
        Blueprint {
            options: &self.options,
            release,
            owner,
        }
    }

    /// What pods of the release need beforehand: environment and volumes.
    async fn prepare(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        let key = (work.target.key(), release.number);
        let mut prepared = self.prepared.lock().await;
        if prepared.contains(&key) {
            return Ok(());
        }
        work.lease.check().await?;
        self.environment(work, release).await?;
        for volume in &release.volumes {
            self.claim(release, &volume.name).await?;
        }
        prepared.insert(key);
        Ok(())
    }

    /// The Secret with variables and secrets.
    pub(super) async fn environment(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        let owner = self.root(work.target).await?;
        let secret = self.blueprint(release, &owner).environment(work.secrets)?;
        let secret: Secret = serde_json::from_value(secret).expect("a Secret");
        let api = self.api::<Secret>();
        let name = secret.metadata.name.clone().unwrap_or_default();
        loop {
            if let Change::Made(_) = self.create(&api, &secret).await? {
                return Ok(());
            }
            // One of its name has the same content, unless somebody applied a masked manifest.
            match self.get(&api, &name).await? {
                Some(there) if there.data == secret.data => return Ok(()),
                Some(_) => self.delete(&api, &name).await?,
                None => {}
            }
        }
    }

    async fn claim(&self, release: &Release, volume: &str) -> Result<()> {
        let api = self.api::<PersistentVolumeClaim>();
        let claim = self
            .blueprint(release, &serde_json::Value::Null)
            .claim(volume);
        let claim: PersistentVolumeClaim = serde_json::from_value(claim).expect("a claim");
        let name = claim.metadata.name.clone().unwrap_or_default();
        let begun = Instant::now();
        loop {
            match self.get(&api, &name).await? {
                None => {
                    if let Change::Made(_) = self.create(&api, &claim).await? {
                        return Ok(());
                    }
                }
                Some(there) if there.metadata.deletion_timestamp.is_none() => return Ok(()),
                // Somebody deleted it; it goes once no pod has it any more.
                Some(_) if begun.elapsed() < ENDING => sleep(LOOK_EVERY).await,
                Some(_) => {
                    return Err(Error::unavailable(format!(
                        "the claim {name} is being deleted, and something still uses it"
                    ))
                    .hint("see which pod that is: `kubectl describe pvc`"));
                }
            }
        }
    }

    /// Where two must never run at once: waits until no more pods are there than should be, those on
    /// their way out included.
    async fn wait_alone(&self, release: &Release, process: &str) -> Result<()> {
        if !release.is_single_writer() {
            return Ok(());
        }
        let target = &release.target;
        let name = names::deployment(target, release.number, process);
        let selector = format!(
            "{},{}={},{}={process}",
            names::selector(target),
            names::RELEASE,
            release.number,
            names::PROCESS
        );
        let begun = Instant::now();
        let patience = Duration::from_secs(release.stop_timeout).saturating_add(ENDING);
        loop {
            let (deployments, pods) = (self.api::<Deployment>(), self.api::<Pod>());
            let (deployment, pods) =
                tokio::try_join!(self.get(&deployments, &name), self.list(&pods, &selector))?;
            let wanted = deployment.as_ref().and_then(Fleet::of);
            let wanted = wanted.map_or(0, |fleet| fleet.running().len());
            let writing: Vec<&Pod> = pods.iter().filter(|pod| !has_ended(pod)).collect();
            if writing.len() <= wanted {
                return Ok(());
            }
            if begun.elapsed() >= patience {
                return Err(Error::unavailable(format!(
                    "the pod {} does not end, and has the volume",
                    writing[0].name_any()
                ))
                .hint("is its node well? run the command again once the pod is gone"));
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

/// Whether none of its processes runs any more.
fn has_ended(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

impl Fleet {
    /// The roll with what others changed: an autoscaler, somebody with kubectl.
    fn actual(&self) -> Roll {
        let running: BTreeSet<_> = self.running().into_iter().collect();
        let stopped = self.roll.running.difference(&running).copied();
        Roll {
            kept: self.roll.kept.iter().copied().chain(stopped).collect(),
            running,
        }
    }
}
