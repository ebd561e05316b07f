//! One step of a plan.

use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt as _;

use super::{Kubernetes, names};
use crate::cluster::Work;
use crate::release::{Release, Step};
use crate::{Error, Kind, Result};

impl Kubernetes {
    pub(super) async fn step(&self, work: &Work<'_>, step: &Step) -> Result<()> {
        let target = work.target;
        match step {
            Step::Fetch(release) => self.check_image(release),
            Step::Record(release) => {
                work.lease.check().await?;
                self.check_claims(release).await?;
                self.record(release).await
            }
            Step::RunHook { release } => {
                let release = self.release(target, *release).await?;
                self.run_hook(work, &release).await
            }
            Step::Start { release, instance } => {
                let release = self.release(target, *release).await?;
                self.start(work, &release, instance).await
            }
            Step::AwaitHealthy { release, instance } => {
                let release = self.release(target, *release).await?;
                self.await_healthy(work, &release, instance).await
            }
            Step::Hold => self.hold(work).await,
            Step::Switch(live) => self.switch(work, live).await,
            Step::Watch { release } => self.watch(work, *release).await,
            Step::Drain { release, instance } => self.drain(work, *release, instance).await,
            Step::Pause { release, instance } | Step::Stop { release, instance } => {
                let release = self.release(target, *release).await?;
                self.put_away(work, &release, instance).await
            }
            Step::Remove { release, instance } => match self.release(target, *release).await {
                Ok(parameters) => self.remove(work, &parameters, instance).await,
                Err(error) if error.kind() == Kind::Refused => {
                    self.remove_unknown(target, *release, &instance.process)
                        .await
                }
                Err(error) => Err(error),
            },
            Step::Conclude { release, outcome } => {
                work.lease.check().await?;
                self.remove_hooks(target).await?;
                self.conclude(target, *release, outcome).await
            }
        }
    }

    /// Nodes pull images themselves: what no registry holds they can't have.
    fn check_image(&self, release: &Release) -> Result<()> {
        let reference = &release.image.reference;
        if self.options.local_images || reference.digest().is_some() {
            return Ok(());
        }
        Err(Error::refused(format!(
            "{} was never pushed, so the cluster {} can't have it",
            release.image.version, self.cluster
        ))
        .hint("publish it: `paas push`, with a registry that the cluster reaches"))
    }

    /// Refuses a release whose host names another app has, before anything of it runs.
    async fn check_claims(&self, release: &Release) -> Result<()> {
        if release.domains.is_empty() {
            return Ok(());
        }
        let own = names::root(&release.target);
        for ingress in self.list(&self.api::<Ingress>(), "").await? {
            if ingress.name_any() == own {
                continue;
            }
            let rules = ingress
                .spec
                .iter()
                .flat_map(|spec| spec.rules.iter().flatten());
            let mut hosts = rules.filter_map(|rule| rule.host.as_ref());
            if let Some(host) = hosts.find(|host| release.domains.contains(host)) {
                return Err(Error::refused(format!(
                    "{host} belongs to the Ingress {}",
                    ingress.name_any()
                ))
                .hint("give the app another host in `domains` of its environment"));
            }
        }
        Ok(())
    }
}
