//! Kubernetes as a cluster: each question to the file that answers it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::Value;

use super::Kubernetes;
use crate::Result;
use crate::cluster::{
    Cluster, Erased, Finding, Lease, LogOptions, LogStream, Measures, ObjectChange, Process,
    Secrets, TerminalSize, Traffic, Volumes, Work,
};
use crate::release::{InstanceName, Observed, Release, Step, Target};

#[async_trait]
impl Cluster for Kubernetes {
    async fn check(&self) -> Result<Vec<Finding>> {
        self.findings().await
    }

    async fn targets(&self) -> Result<Vec<Target>> {
        self.rooted().await
    }

    async fn observe(&self, target: &Target) -> Result<Observed> {
        self.look(target).await
    }

    async fn lease(&self, target: &Target, what: &str) -> Result<Box<dyn Lease>> {
        let lease = self.take_lease(target, what).await?;
        match self.remove_hooks(target).await {
            Ok(()) => Ok(lease),
            Err(error) => {
                // Nobody would know that it is held.
                let _ = lease.release().await;
                Err(error)
            }
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

    async fn traffic(&self, _target: &Target, _mark: bool) -> Result<BTreeMap<u64, Traffic>> {
        // Kubernetes counts no requests.
        Ok(BTreeMap::new())
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
        self.read_documents(target, prefix).await
    }

    async fn preview(
        &self,
        observed: &Observed,
        release: &Release,
        secrets: &Secrets,
    ) -> Result<Vec<ObjectChange>> {
        self.compare(observed, release, secrets).await
    }

    async fn manifests(&self, release: &Release, secrets: &Secrets) -> Result<Vec<Value>> {
        self.objects(release, secrets).await
    }

    async fn write_document(&self, target: &Target, name: &str, text: Option<&str>) -> Result<()> {
        self.put_document(target, name, text).await
    }
}
