//! What commands left that are gone, and that must have ended before another one looks at what is.

use std::time::Duration;

use bollard::models::RestartPolicyNameEnum;
use futures_util::future::try_join_all;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::diagnosis::Life;
use super::keeper::KeeperLease;
use super::lease::holder;
use super::start::policy;
use super::{DockerHost, names};
use crate::release::{Instance, Release, Slot, Target};
use crate::{Kind, Result};

/// Shorter than a lease lasts.
const LOOK_AFTER_LEASE: Duration = Duration::from_secs(1);

/// The role of containers of `paas run`.
pub(super) const RUN: &str = "run";

impl DockerHost {
    /// Waits for starts and stops that the engine is still busy with: until they are over, its list
    /// tells of what was before. Only whoever has the lease of `target` may.
    pub(super) async fn finish_stops(&self, target: &Target) -> Result<()> {
        let observed = self.look(target).await?;
        let serving = observed.serving(&observed.live);
        let uncertain = observed.instances.iter().filter(|instance| {
            let release = observed.release(instance.release);
            // While requests are parked, what serves may be on its way out as well.
            observed.held
                || release.is_some_and(Release::is_single_writer)
                || instance.is_running() && !serving.contains(&instance.slot())
        });
        let idle = uncertain.map(Instance::slot);
        let finished = idle.map(|slot| {
            let release = observed.release(slot.release);
            let seconds = release.map_or(0, |release| release.stop_timeout);
            self.finish_stop(target, slot, seconds)
        });
        try_join_all(finished).await.map(drop)
    }

    async fn finish_stop(&self, target: &Target, slot: Slot, seconds: u64) -> Result<()> {
        let name = self.names.instance(target, slot.release, &slot.instance);
        // Unlike the list, this waits while the engine starts the container.
        let Some(found) = self.inspect(&name).await? else {
            return Ok(());
        };
        let is_retired = policy(&found) == Some(RestartPolicyNameEnum::NO);
        if is_retired && matches!(Life::of(&found), Life::Runs { .. }) {
            self.end(&name, seconds).await?;
        }
        Ok(())
    }

    /// One-off containers with one of `roles` whose commands are gone. Of hooks, only whoever has the lease
    /// of `target` may remove any: two migrations at once are worse than none. A `paas run` that is still
    /// waited for has a lease of its own.
    pub(super) async fn remove_leftovers(&self, target: &Target, roles: &[&str]) -> Result<()> {
        let mut labels = names::Names::filter(self.names.labels_of(target));
        labels
            .entry("label".to_owned())
            .or_default()
            .push(names::ROLE.to_owned());
        for container in self.list_filtered(labels).await? {
            let role = container
                .labels
                .and_then(|mut labels| labels.remove(names::ROLE));
            let role = role.unwrap_or_default();
            let name = container.names.and_then(|names| names.into_iter().next());
            let (Some(name), true) = (name, roles.contains(&role.as_str())) else {
                continue;
            };
            let name = name.trim_start_matches('/');
            if role != RUN {
                self.remove_container(name).await?;
                continue;
            }
            match self.watch_over(name).await {
                Ok(lease) => {
                    self.remove_container(name).await?;
                    lease.give_back().await?;
                }
                Err(error) if error.kind() == Kind::Busy => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The lease of a one-off container: whoever has it waits for its command.
    async fn watch_over(&self, container: &str) -> Result<KeeperLease> {
        let keeper = self.steering().await?;
        let holder = holder(&self.settings.holder, RUN);
        keeper.lease(container, &holder).await
    }

    /// Shows that a one-off container is waited for.
    pub(super) async fn mark_waited_for(&self, container: &str) -> Result<WaitedFor> {
        let keeper = self.steering().await?;
        let holder = holder(&self.settings.holder, RUN);
        let mut lease = keeper.lease(container, &holder).await?;
        let container = container.to_owned();
        let watching = tokio::spawn(async move {
            loop {
                sleep(LOOK_AFTER_LEASE).await;
                if lease.check().await.is_err()
                    && let Ok(again) = keeper.lease(&container, &holder).await
                {
                    lease = again;
                }
            }
        });
        Ok(WaitedFor(AbortOnDropHandle::new(watching)))
    }
}

/// Ends when this is dropped, or with this process. An ingress that is restarted loses its leases, so it is
/// taken again.
pub(super) struct WaitedFor(
    #[expect(dead_code, reason = "held for its end")] AbortOnDropHandle<()>,
);
