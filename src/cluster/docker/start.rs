//! `Step::Start`: from whatever is there to an instance that runs.

use bollard::models::{ContainerInspectResponse, ContainerUpdateBody, RestartPolicyNameEnum};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::blueprint::{Blueprint, LocalImage, restart};
use super::diagnosis::Life;
use super::{DockerHost, names};
use crate::builder::is_status;
use crate::cluster::Work;
use crate::release::{InstanceName, Release};
use crate::{Error, Kind, Result};

/// Addresses that are drawn before we say that there are none.
const DRAWS: usize = 10;

impl DockerHost {
    pub(super) async fn start(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        let _turn = self.starts.acquire().await.expect("it is never closed");
        let name = self.names.instance(work.target, release.number, instance);
        if let Some(found) = self.inspect(&name).await? {
            if is_of(&found, release) && self.wake(release, instance, &name, &found).await? {
                return Ok(());
            }
            self.remove_container(&name).await?;
        }
        let image = self.local_image(release).await?;
        self.volumes(release, &image).await?;
        self.make_and_start(work, release, instance, &image).await
    }

    /// Brings an instance that is there to run, and to be started again by the engine. `false`: somebody has
    /// its address now, so that it has to be made anew.
    async fn wake(
        &self,
        release: &Release,
        instance: &InstanceName,
        name: &str,
        found: &ContainerInspectResponse,
    ) -> Result<bool> {
        let life = Life::of(found);
        match life {
            Life::Runs { .. } => {}
            Life::Paused => self.thaw(name).await?,
            Life::Ended { .. } => match self.start_container(name).await {
                Err(error) if is_taken_address(&error) => return Ok(false),
                started => started.map_err(|error| unstartable(release, instance, error))?,
            },
        }
        if policy(found) == Some(RestartPolicyNameEnum::UNLESS_STOPPED) {
            return Ok(true);
        }
        if !matches!(life, Life::Paused) {
            self.set_restart(name, RestartPolicyNameEnum::UNLESS_STOPPED)
                .await?;
            return Ok(true);
        }
        // One that was kept for a way back gets requests next: the switch waits for this as well.
        let (engine, name) = (self.engine.clone(), name.to_owned());
        let client = engine.client().clone();
        self.restarts.begin(async move {
            let update = restart_update(RestartPolicyNameEnum::UNLESS_STOPPED);
            let updated = client.update_container(&name, update).await;
            updated.map_err(|error| engine.fault(error))
        });
        Ok(true)
    }

    async fn make_and_start(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
        image: &LocalImage,
    ) -> Result<()> {
        let name = self.names.instance(work.target, release.number, instance);
        let addresses = self.addresses().await?;
        let blueprint = Blueprint {
            names: &self.names,
            release,
            image,
            secrets: work.secrets,
        };
        for _ in 0..DRAWS {
            let body = blueprint.instance(instance, addresses.draw())?;
            let options = CreateContainerOptionsBuilder::new().name(&name).build();
            let created = self.engine.client().create_container(Some(options), body);
            match created.await {
                // A command that is gone had asked the engine for it, which was busy then.
                Err(error) if is_status(&error, 409) => {
                    self.remove_container(&name).await?;
                    continue;
                }
                created => created
                    .map_err(|error| unstartable(release, instance, self.engine.fault(error)))?,
            };
            match self.start_container(&name).await {
                Err(error) if is_taken_address(&error) => self.remove_container(&name).await?,
                started => return started.map_err(|error| unstartable(release, instance, error)),
            }
        }
        Err(Error::unavailable(
            "the cluster's network has no free address",
        ))
    }

    /// Starts a container that is there; one that runs is fine.
    pub(super) async fn start_container(&self, name: &str) -> Result<()> {
        match self.engine.client().start_container(name, None).await {
            Err(error) if !is_status(&error, 304) => Err(self.engine.fault(error)),
            _ => Ok(()),
        }
    }

    /// Unfreezes it; one that is not frozen is fine.
    async fn thaw(&self, name: &str) -> Result<()> {
        match self.engine.client().unpause_container(name).await {
            Err(error) if !says(&error, "is not paused") => Err(self.engine.fault(error)),
            _ => Ok(()),
        }
    }

    /// What the engine does when the instance ends, and when itself starts.
    pub(super) async fn set_restart(
        &self,
        name: &str,
        policy: RestartPolicyNameEnum,
    ) -> Result<()> {
        let update = restart_update(policy);
        let updated = self.engine.client().update_container(name, update).await;
        updated.map_err(|error| self.engine.fault(error))
    }
}

fn restart_update(policy: RestartPolicyNameEnum) -> ContainerUpdateBody {
    ContainerUpdateBody {
        restart_policy: Some(restart(policy)),
        ..ContainerUpdateBody::default()
    }
}

/// The engine's restart policy of a container.
pub(super) fn policy(found: &ContainerInspectResponse) -> Option<RestartPolicyNameEnum> {
    found.host_config.as_ref()?.restart_policy.as_ref()?.name
}

/// Whether the engine's answer contains `text`; it has no codes for such things.
pub(super) fn says(error: &bollard::errors::Error, text: &str) -> bool {
    matches!(error, bollard::errors::Error::DockerResponseServerError { message, .. }
        if message.contains(text))
}

/// Whether a container was made for exactly this release.
fn is_of(found: &ContainerInspectResponse, release: &Release) -> bool {
    let labels = found.config.as_ref().and_then(|c| c.labels.as_ref());
    let text = labels.and_then(|labels| labels.get(names::RELEASE));
    let made_for = text.and_then(|text| serde_json::from_str::<Release>(text).ok());
    made_for.is_some_and(|made_for| made_for == *release)
}

fn is_taken_address(error: &Error) -> bool {
    error
        .message()
        .to_lowercase()
        .contains("address already in use")
}

/// What the engine refuses is the release's fault; that it can't be reached is not.
fn unstartable(release: &Release, instance: &InstanceName, error: Error) -> Error {
    let is_refusal = error.message().contains("answered");
    if !is_refusal {
        return error;
    }
    Error::new(
        Kind::DeployFailed,
        format!("{instance} of release #{} can't be started", release.number),
    )
    .caused_by(error)
}
