//! Containers as the engine lists and describes them.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use bollard::models::{
    ContainerInspectResponse, ContainerSummary, ContainerSummaryStateEnum as Summary,
};
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::{DockerHost, names};
use crate::Result;
use crate::builder::is_status;
use crate::release::{Instance, InstanceName, InstanceState, Release, Target};

/// A container that is an instance.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The engine's ID.
    pub(super) id: String,
    pub(super) instance: Instance,
    /// What it was made for, from its label; `None` where a label of another version can't be read.
    pub(super) release: Option<Arc<Release>>,
    /// On the cluster's network; the same for the container's whole life.
    pub(super) address: Option<Ipv4Addr>,
}

impl DockerHost {
    /// All instances of `target`, with one request.
    pub(super) async fn instances(&self, target: &Target) -> Result<Vec<Found>> {
        let list = self.list(self.names.labels_of(target)).await?;
        Ok(self.found(list))
    }

    /// The containers that have all of `labels`, running or not.
    pub(super) async fn list(
        &self,
        labels: HashMap<String, String>,
    ) -> Result<Vec<ContainerSummary>> {
        self.list_filtered(names::Names::filter(labels)).await
    }

    /// The containers that the engine's filters let through.
    pub(super) async fn list_filtered(
        &self,
        filters: HashMap<String, Vec<String>>,
    ) -> Result<Vec<ContainerSummary>> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters)
            .build();
        let list = self.engine.client().list_containers(Some(options)).await;
        list.map_err(|error| self.engine.fault(error))
    }

    fn found(&self, list: Vec<ContainerSummary>) -> Vec<Found> {
        let network = self.names.network();
        // Hundreds of instances have few releases between them.
        let mut releases: HashMap<String, Option<Arc<Release>>> = HashMap::new();
        let found = list.into_iter().filter_map(|container| {
            let mut labels = container.labels.unwrap_or_default();
            let name: InstanceName = labels.get(names::INSTANCE)?.parse().ok()?;
            let number = labels.get(names::NUMBER)?.parse().ok()?;
            let text = labels.remove(names::RELEASE).unwrap_or_default();
            let release = if let Some(release) = releases.get(&text) {
                release.clone()
            } else {
                let release = serde_json::from_str(&text).ok().map(Arc::new);
                releases.insert(text, release.clone());
                release
            };
            let endpoint = container
                .network_settings
                .and_then(|settings| settings.networks?.remove(&network));
            Some(Found {
                id: container.id?,
                instance: Instance {
                    name,
                    release: number,
                    state: state(container.state?)?,
                    // Only who knows the route can tell.
                    routed: false,
                },
                release,
                address: endpoint.and_then(|endpoint| {
                    let fixed = endpoint.ipam_config.and_then(|ipam| ipam.ipv4_address);
                    fixed.or(endpoint.ip_address)?.parse().ok()
                }),
            })
        });
        found.collect()
    }

    /// What the engine knows of a container; `None` when there is none.
    pub(super) async fn inspect(&self, name: &str) -> Result<Option<ContainerInspectResponse>> {
        match self.engine.client().inspect_container(name, None).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_status(&error, 404) => Ok(None),
            Err(error) => Err(self.engine.fault(error)),
        }
    }

    /// Removes a container, with SIGKILL where it runs. One that is gone is fine.
    pub(super) async fn remove_container(&self, name: &str) -> Result<()> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let removed = self
            .engine
            .client()
            .remove_container(name, Some(options))
            .await;
        match removed {
            // 409: somebody else is removing it.
            Err(error) if !is_status(&error, 404) && !is_status(&error, 409) => {
                Err(self.engine.fault(error))
            }
            _ => Ok(()),
        }
    }
}

/// `None`: it is as good as gone.
fn state(state: Summary) -> Option<InstanceState> {
    match state {
        Summary::CREATED => Some(InstanceState::Created),
        Summary::RUNNING | Summary::RESTARTING | Summary::STOPPING => Some(InstanceState::Running),
        Summary::PAUSED => Some(InstanceState::Paused),
        Summary::EXITED => Some(InstanceState::Stopped),
        Summary::EMPTY | Summary::REMOVING | Summary::DEAD => None,
    }
}
