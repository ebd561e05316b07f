//! What commands left that are gone, and that must have ended before another one looks at what is.

use futures_util::future::try_join_all;

use bollard::models::RestartPolicyNameEnum;

use super::diagnosis::Life;
use super::start::policy;
use super::{DockerHost, names};
use crate::Result;
use crate::release::{Instance, Release, Slot, Target};

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

    /// Hooks of deployments that are gone: two migrations at once are worse than none. Only whoever
    /// has the lease of `target` may.
    pub(super) async fn remove_hooks(&self, target: &Target) -> Result<()> {
        let mut labels = self.names.labels_of(target);
        labels.insert(names::ROLE.to_owned(), super::hook::ROLE.to_owned());
        for container in self.list(labels).await? {
            if let Some(id) = container.id {
                self.remove_container(&id).await?;
            }
        }
        Ok(())
    }
}
