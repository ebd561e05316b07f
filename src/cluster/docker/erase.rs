//! The end of a target, and of releases that nobody goes back to.

use std::collections::{BTreeSet, HashMap};

use bollard::models::ContainerSummary;
use bollard::query_parameters::{ListVolumesOptionsBuilder, RemoveVolumeOptions};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::containers::Found;
use super::keeper::Keeper;
use super::lease::fence;
use super::{DockerHost, STARTS_AT_ONCE, names, releases};
use crate::Result;
use crate::builder::is_status;
use crate::cluster::{Erased, Volumes, Work};
use crate::ingress::protocol::Drain;
use crate::release::{Instance, Release, Target};

impl DockerHost {
    pub(super) async fn take_off(&self, work: &Work<'_>, volumes: Volumes) -> Result<Erased> {
        let keeper = self.steering().await?;
        let target = work.target;
        let found = self.instances(target).await?;
        keeper
            .delete_route(&target.key(), fence(work).as_ref())
            .await?;
        self.drain_all(&keeper, work, &found).await?;
        // Hooks and one-off commands as well.
        let containers = self.list(self.names.labels_of(target)).await?;
        let removals = containers
            .into_iter()
            .map(|container| self.end_of(container));
        stream::iter(removals)
            .buffer_unordered(STARTS_AT_ONCE)
            .try_collect::<()>()
            .await?;
        let mut erased = Erased {
            instances: found.len(),
            ..Erased::default()
        };
        let there = self.volumes_of(target).await?;
        match volumes {
            Volumes::Keep => erased.kept_volumes = there,
            Volumes::Remove => {
                for volume in &there {
                    self.remove_volume(&self.names.volume(target, volume))
                        .await?;
                }
                erased.volumes = there;
            }
        }
        let prefix = names::documents(target);
        let documents = keeper.documents(&prefix).await?;
        for name in in_order_of_removal(documents.keys(), &prefix) {
            keeper.delete_document(name, fence(work).as_ref()).await?;
        }
        Ok(erased)
    }

    async fn drain_all(&self, keeper: &Keeper, work: &Work<'_>, found: &[Found]) -> Result<()> {
        let running = found
            .iter()
            .filter(|found| Instance::is_running(&found.instance));
        let upstreams: Vec<String> = running.filter_map(Found::upstream).collect();
        if upstreams.is_empty() {
            return Ok(());
        }
        let drain = Drain {
            upstreams,
            timeout_ms: u64::try_from(work.drain.as_millis()).unwrap_or(u64::MAX),
        };
        keeper.drain(&work.target.key(), &drain).await.map(drop)
    }

    /// Gives an instance the time that its release allows.
    async fn end_of(&self, container: ContainerSummary) -> Result<()> {
        let Some(id) = container.id else {
            return Ok(());
        };
        let labels = container.labels.unwrap_or_default();
        let release: Option<Release> = labels
            .get(names::RELEASE)
            .and_then(|text| serde_json::from_str(text).ok());
        match release {
            Some(release) => self.remove(&release, &id).await,
            None => self.remove_container(&id).await,
        }
    }

    /// As `app.toml` calls them.
    async fn volumes_of(&self, target: &Target) -> Result<Vec<String>> {
        let prefix = self.names.volume(target, "");
        let there = self.volumes_with(self.names.labels_of(target)).await?;
        let mut names: Vec<String> = there
            .iter()
            .filter_map(|name| Some(name.strip_prefix(&prefix)?.to_owned()))
            .collect();
        names.sort();
        Ok(names)
    }

    /// Names of the volumes with these labels.
    pub(super) async fn volumes_with(
        &self,
        labels: HashMap<String, String>,
    ) -> Result<Vec<String>> {
        let filter = names::Names::filter(labels);
        let options = ListVolumesOptionsBuilder::new().filters(&filter).build();
        let list = self.engine.client().list_volumes(Some(options)).await;
        let list = list.map_err(|error| self.engine.fault(error))?.volumes;
        let names = list.unwrap_or_default().into_iter();
        Ok(names.map(|volume| volume.name).collect())
    }

    async fn remove_volume(&self, name: &str) -> Result<()> {
        let client = self.engine.client();
        match client
            .remove_volume(name, None::<RemoveVolumeOptions>)
            .await
        {
            Err(error) if !is_status(&error, 404) => Err(self.engine.fault(error)),
            _ => Ok(()),
        }
    }

    /// The outcome goes last: a record without one would look like an interrupted deployment.
    pub(super) async fn forget_releases(
        &self,
        work: &Work<'_>,
        numbers: &BTreeSet<u64>,
    ) -> Result<()> {
        let keeper = self.steering().await?;
        for number in numbers {
            for name in [
                releases::document(work.target, *number),
                releases::outcome_document(work.target, *number),
            ] {
                keeper.delete_document(&name, fence(work).as_ref()).await?;
            }
        }
        Ok(())
    }
}

/// Secrets first, then records before their outcomes, so that whatever interrupts it leaves no value in the
/// clear, and no record that looks like an interrupted deployment. Events stay: they say who removed what.
fn in_order_of_removal<'a>(
    names: impl Iterator<Item = &'a String>,
    prefix: &str,
) -> Vec<&'a String> {
    let folder = |name: &str| {
        let rest = name.strip_prefix(prefix).unwrap_or(name);
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    let mut going: Vec<_> = names.filter(|name| folder(name) != "events").collect();
    going.sort_by_key(|name| match folder(name).as_str() {
        "secrets" => 0,
        "releases" => 1,
        "outcomes" => 2,
        _ => 3,
    });
    going
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_first_and_outcomes_after_their_records() {
        let names = [
            "a/current-secrets/TOKEN",
            "a/env/LEVEL",
            "a/events/1",
            "a/outcomes/1",
            "a/releases/1",
            "a/secrets/TOKEN/x",
        ]
        .map(str::to_owned);
        let order = in_order_of_removal(names.iter(), "a/");
        assert_eq!(
            order,
            [
                "a/secrets/TOKEN/x",
                "a/releases/1",
                "a/outcomes/1",
                "a/current-secrets/TOKEN",
                "a/env/LEVEL",
            ]
        );
    }
}
