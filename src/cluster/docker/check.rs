//! Whether a Docker host can be used.

use std::collections::BTreeMap;
use std::path::Path;

use super::DockerHost;
use super::host::certificates;
use super::ingress::{HTTP_VARIABLE, HTTPS_PORT, Ports, environment, runs};
use super::network::is_finished;
use crate::Result;
use crate::builder::EngineInfo;
use crate::cluster::{CertificateState, Finding};

const GB: u64 = 1_000_000_000;
const MB: u64 = 1_000_000;
/// With less, the next image may not fit.
const LEAST_DISK: u64 = 2 * GB;
/// With less, the kernel soon kills instances.
const LEAST_MEMORY: u64 = 200 * MB;

impl DockerHost {
    /// Changes nothing.
    pub(super) async fn findings(&self) -> Result<Vec<Finding>> {
        let info = self.engine.info().await?;
        let mut findings = vec![finding(
            format!("Docker Engine {}, API {}", info.version, info.api),
            None,
        )];
        findings.push(self.memory(&info));
        findings.extend(self.disk(&info));
        findings.push(self.network_finding().await?);
        findings.extend(self.ingress_findings().await?);
        Ok(findings)
    }

    fn memory(&self, info: &EngineInfo) -> Finding {
        let all = info.memory;
        let free = self.engine.is_local().then(available_memory).flatten();
        let problem = free.filter(|free| *free < LEAST_MEMORY).map(|free| {
            format!(
                "only {} MB are free: instances may be killed; give them less, or the machine more",
                free / MB
            )
        });
        finding(format!("memory, {} MB", all / MB), problem)
    }

    /// Nothing where it is another machine's.
    fn disk(&self, info: &EngineInfo) -> Option<Finding> {
        if !self.engine.is_local() {
            return None;
        }
        let space = rustix::fs::statvfs(&info.root_dir).ok()?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        let problem = (free < LEAST_DISK).then(|| {
            format!(
                "only {} MB are free: remove old images with `paas gc`",
                free / MB
            )
        });
        let what = format!("disk, {} GB free in {}", free / GB, info.root_dir.display());
        Some(finding(what, problem))
    }

    async fn network_finding(&self) -> Result<Finding> {
        let name = self.names.network();
        let (state, problem) = match self.network().await? {
            None => (", made by the first deployment", None),
            Some(network) if !self.is_ours(&network) => {
                let problem =
                    "it was not made by paas: remove it, or give the cluster another name";
                ("", Some(problem.to_owned()))
            }
            Some(network) if !is_finished(&network) => (", made anew by the next deployment", None),
            Some(_) => ("", None),
        };
        Ok(finding(format!("network {name}{state}"), problem))
    }

    async fn ingress_findings(&self) -> Result<Vec<Finding>> {
        let Some(found) = self.inspect(&self.names.ingress()).await? else {
            let what = "ingress, made by the first deployment".to_owned();
            let problem = Ports::free(&self.engine, &self.settings).err();
            return Ok(vec![finding(what, problem.map(|error| error.to_string()))]);
        };
        let environment = environment(&found);
        let ports: Vec<&str> = [HTTP_VARIABLE, HTTPS_PORT]
            .iter()
            .filter_map(|name| environment.get(name).copied())
            .collect();
        let what = format!("ingress, on {}", ports.join(" and "));
        let Some(keeper) = self.keeper_of(&found) else {
            let problem =
                "its container is no ingress of paas: remove it, or give the cluster another name";
            return Ok(vec![finding(what, Some(problem.to_owned()))]);
        };
        if !runs(&found) {
            let problem =
                "it does not run, so nobody reaches its apps: the next `paas deploy` starts it";
            return Ok(vec![finding(what, Some(problem.to_owned()))]);
        }
        let problem = match keeper.about().await {
            Ok(about) => self.ingress_differs(&about).await?,
            Err(error) => Some(error.to_string()),
        };
        if problem.is_some() {
            return Ok(vec![finding(what, problem)]);
        }
        let certificates = failed(certificates(&keeper).await?);
        Ok(vec![
            finding(what, None),
            finding("certificates".to_owned(), certificates),
        ])
    }
}

fn finding(what: String, problem: Option<String>) -> Finding {
    Finding { what, problem }
}

/// The hosts whose certificates could not be ordered, with the authority's reasons.
fn failed(certificates: BTreeMap<String, CertificateState>) -> Option<String> {
    let failed = certificates.into_iter().filter_map(|(host, state)| {
        let failure = state.failure?;
        Some(format!("none for {host}: {}", failure.reason))
    });
    let failed: Vec<String> = failed.collect();
    (!failed.is_empty()).then(|| failed.join("; "))
}

/// Of this machine, in bytes.
fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string(Path::new("/proc/meminfo")).ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}
