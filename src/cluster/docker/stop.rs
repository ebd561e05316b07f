//! The way out: frozen for a fast way back, stopped, or removed.

use std::time::Duration;

use bollard::models::RestartPolicyNameEnum;
use bollard::query_parameters::StopContainerOptionsBuilder;

use super::DockerHost;
use super::diagnosis::Life;
use super::start::{policy, says};
use crate::Result;
use crate::builder::is_status;
use crate::release::Release;

/// What the engine takes on top of the app's own time.
const SLACK: Duration = Duration::from_secs(60);

impl DockerHost {
    /// Freezes a container that runs. An engine that is started again leaves it alone from then on.
    pub(super) async fn pause(&self, name: &str) -> Result<()> {
        let Some(found) = self.retired(name).await? else {
            return Ok(());
        };
        match found {
            Life::Runs { .. } => {}
            // Or the engine would start it once more.
            Life::Ended {
                comes_back: true, ..
            } => return self.end(name, 0).await,
            Life::Ended { .. } | Life::Paused => return Ok(()),
        }
        match self.engine.client().pause_container(name).await {
            Err(error)
                if !is_status(&error, 404)
                    && !says(&error, "already paused")
                    && !says(&error, "is not running") =>
            {
                Err(self.engine.fault(error))
            }
            _ => Ok(()),
        }
    }

    /// SIGTERM, and SIGKILL after the release's time. The container is kept.
    pub(super) async fn stop(&self, release: &Release, name: &str) -> Result<()> {
        match self.retired(name).await? {
            None
            | Some(Life::Ended {
                comes_back: false, ..
            }) => Ok(()),
            Some(_) => self.end(name, release.stop_timeout).await,
        }
    }

    /// Stops it where it runs, and removes it.
    pub(super) async fn remove(&self, release: &Release, name: &str) -> Result<()> {
        self.stop(release, name).await?;
        self.remove_container(name).await
    }

    /// Asks the engine to stop it, or waits with whoever did.
    pub(super) async fn end(&self, name: &str, seconds: u64) -> Result<()> {
        let options = StopContainerOptionsBuilder::new()
            .t(i32::try_from(seconds).unwrap_or(i32::MAX))
            .build();
        let patience = Duration::from_secs(seconds).saturating_add(SLACK);
        let client = self.engine.client().clone().with_timeout(patience);
        match client.stop_container(name, Some(options)).await {
            Err(error) if !is_status(&error, 304) && !is_status(&error, 404) => {
                Err(self.engine.fault(error))
            }
            _ => Ok(()),
        }
    }

    /// What it does, after the engine was told not to start it again; `None`: it is gone.
    async fn retired(&self, name: &str) -> Result<Option<Life>> {
        let Some(found) = self.inspect(name).await? else {
            return Ok(None);
        };
        if policy(&found) != Some(RestartPolicyNameEnum::NO) {
            self.set_restart(name, RestartPolicyNameEnum::NO).await?;
        }
        Ok(Some(Life::of(&found)))
    }
}
