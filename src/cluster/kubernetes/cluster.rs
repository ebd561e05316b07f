//! Kubernetes as a cluster: each question to the file that answers it.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::Kubernetes;
use crate::Result;
use crate::cluster::{
    Cluster, Finding, Lease, LogOptions, LogStream, Measures, Process, TerminalSize, Traffic, Work,
};
use crate::release::{InstanceName, Observed, Step, Target};

#[async_trait]
impl Cluster for Kubernetes {
    async fn check(&self) -> Result<Vec<Finding>> {
        self.findings().await
    }

    async fn targets(&self) -> Result<Vec<Target>> {
        Err(super::not_yet("targets"))
    }

    async fn observe(&self, _target: &Target) -> Result<Observed> {
        Err(super::not_yet("observe"))
    }

    async fn lease(&self, _target: &Target, _what: &str) -> Result<Box<dyn Lease>> {
        Err(super::not_yet("lease"))
    }

    async fn carry_out(&self, _work: &Work<'_>, _step: &Step) -> Result<()> {
        Err(super::not_yet("deploy"))
    }

    async fn set_maintenance(&self, _work: &Work<'_>, _message: Option<&str>) -> Result<()> {
        Err(super::not_yet("maintenance"))
    }

    async fn measure(&self, target: &Target) -> Result<Measures> {
        self.measures(target).await
    }

    async fn traffic(&self, _target: &Target, _mark: bool) -> Result<BTreeMap<u64, Traffic>> {
        // Kubernetes counts no requests.
        Ok(BTreeMap::new())
    }

    async fn url(&self, _target: &Target) -> Result<Option<String>> {
        Err(super::not_yet("url"))
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

    async fn documents(&self, _target: &Target, _prefix: &str) -> Result<BTreeMap<String, String>> {
        Err(super::not_yet("documents"))
    }

    async fn write_document(
        &self,
        _target: &Target,
        _name: &str,
        _text: Option<&str>,
    ) -> Result<()> {
        Err(super::not_yet("documents"))
    }
}
