use std::collections::BTreeSet;

use bollard::query_parameters::ListContainersOptionsBuilder;

use super::Engine;
use crate::Result;
use crate::image::Digest;

impl Engine {
    /// IDs of the images of all containers, stopped ones too.
    pub async fn images_in_use(&self) -> Result<BTreeSet<Digest>> {
        let options = ListContainersOptionsBuilder::new().all(true).build();
        let containers = self.docker.list_containers(Some(options)).await;
        let containers = containers.map_err(|error| self.fault(error))?;
        let ids = containers
            .into_iter()
            .filter_map(|container| container.image_id);
        ids.map(|id| id.parse()).collect()
    }
}
