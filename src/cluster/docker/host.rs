//! The Docker host as a cluster: each question to the file that answers it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::keeper::{Keeper, Overwrite};
use super::{DockerHost, names};
use crate::cluster::{
    CertificateState, Cluster, Erased, Finding, Lease, LogOptions, LogStream, Measures, Process,
    TerminalSize, Traffic, Volumes, Work,
};
use crate::release::{InstanceName, Observed, Step, Target};
use crate::{Kind, Result};

#[async_trait]
impl Cluster for DockerHost {
    async fn check(&self) -> Result<Vec<Finding>> {
        self.findings().await
    }

    async fn upgrade(&self) -> Result<bool> {
        Box::pin(self.upgrade_ingress()).await
    }

    async fn targets(&self) -> Result<Vec<Target>> {
        let mut keys: BTreeSet<String> = self
            .list(self.names.labels())
            .await?
            .into_iter()
            .filter_map(|container| container.labels?.remove(names::TARGET))
            .collect();
        if let Some(keeper) = self.keeper().await? {
            keys.extend(keeper.routes().await?.into_keys());
        }
        Ok(keys.iter().filter_map(|key| names::target(key)).collect())
    }

    async fn observe(&self, target: &Target) -> Result<Observed> {
        self.look(target).await
    }

    async fn lease(&self, target: &Target, what: &str) -> Result<Box<dyn Lease>> {
        Box::pin(self.take_lease(target, what)).await
    }

    async fn is_blank(&self) -> Result<bool> {
        match self.keeper().await {
            Ok(None) => {
                let (containers, volumes) = tokio::try_join!(
                    self.list(self.names.labels()),
                    self.volumes_with(self.names.labels())
                )?;
                Ok(containers.is_empty() && volumes.is_empty())
            }
            // One that does not run has something to tell.
            Ok(Some(_)) | Err(_) => Ok(false),
        }
    }

    async fn carry_out(&self, work: &Work<'_>, step: &Step) -> Result<()> {
        self.step(work, step).await
    }

    async fn erase(&self, work: &Work<'_>, volumes: Volumes) -> Result<Erased> {
        self.take_off(work, volumes).await
    }

    async fn forget(&self, work: &Work<'_>, releases: &BTreeSet<u64>) -> Result<()> {
        self.forget_releases(work, releases).await
    }

    async fn set_maintenance(&self, work: &Work<'_>, message: Option<&str>) -> Result<()> {
        self.maintain(work, message).await
    }

    async fn measure(&self, target: &Target) -> Result<Measures> {
        self.measures(target).await
    }

    async fn traffic(&self, target: &Target, mark: bool) -> Result<BTreeMap<u64, Traffic>> {
        match self.keeper().await? {
            Some(keeper) => keeper.traffic(&target.key(), mark).await,
            None => Ok(BTreeMap::new()),
        }
    }

    async fn certificates(&self, target: &Target) -> Result<BTreeMap<String, CertificateState>> {
        if self.settings.https_port.is_none() {
            return Ok(BTreeMap::new());
        }
        let Some(keeper) = self.keeper().await? else {
            return Ok(BTreeMap::new());
        };
        let (mut routes, mut certificates) =
            tokio::try_join!(keeper.routes(), certificates(&keeper))?;
        let hosts = routes
            .remove(&target.key())
            .map_or_else(Vec::new, |route| route.hosts);
        certificates.retain(|host, _| hosts.contains(host));
        Ok(certificates)
    }

    async fn url(&self, target: &Target) -> Result<Option<String>> {
        self.address(target).await
    }

    async fn logs(&self, target: &Target, options: &LogOptions) -> Result<LogStream> {
        self.log_lines(target, options).await
    }

    async fn exec(
        &self,
        target: &Target,
        instance: Option<&InstanceName>,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        match instance {
            Some(instance) => self.run_in(target, instance, command, terminal).await,
            None => self.run_beside(target, command, terminal).await,
        }
    }

    async fn documents(&self, target: &Target, prefix: &str) -> Result<BTreeMap<String, String>> {
        let Some(keeper) = self.keeper().await? else {
            return Ok(BTreeMap::new());
        };
        let folder = names::documents(target);
        let documents = keeper.documents(&format!("{folder}{prefix}")).await?;
        Ok(documents
            .into_iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(&folder)?.to_owned(), text)))
            .collect())
    }

    async fn write_document(&self, target: &Target, name: &str, text: Option<&str>) -> Result<()> {
        let keeper = self.steering_or_made().await?;
        let name = format!("{}{name}", names::documents(target));
        match text {
            Some(text) => {
                keeper
                    .put_document(&name, text, Overwrite::Allowed, None)
                    .await
            }
            None => keeper.delete_document(&name, None).await,
        }
    }
}

pub(super) async fn certificates(keeper: &Keeper) -> Result<BTreeMap<String, CertificateState>> {
    match keeper.certificates().await {
        // An older ingress does not know the question.
        Err(error) if error.kind() == Kind::Unexpected => Ok(BTreeMap::new()),
        answer => answer,
    }
}
