//! What runs: app, environment, release, process, instance.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::clusters;
use super::deploy::Selected;
use crate::Result;
use crate::cluster::{CertificateState, Cluster, InstanceMeasure};
use crate::release::{self, InstanceState, Observed, Status};
use crate::report::Reporter;
use crate::settings::Settings;

/// A target and what runs of it.
#[derive(Clone, Debug, Serialize)]
pub struct StatusDocument {
    /// `[group/]name`.
    pub app: String,
    /// The environment's name.
    pub environment: String,
    /// The cluster's name.
    pub cluster: String,
    /// Where it answers.
    pub url: Option<String>,
    /// Whether the maintenance page is shown.
    pub maintenance: bool,
    /// Of the hosts that are to be served by HTTPS, by host.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<String, CertificateState>,
    /// Releases of which instances are there, the newest first.
    pub releases: Vec<ReleaseStatus>,
}

/// A release of which instances are there.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseStatus {
    /// Its number.
    pub release: u64,
    /// What it runs.
    pub version: String,
    /// What became of it.
    pub status: Status,
    /// What the ingress counted; `None`: it never had requests.
    pub traffic: Option<TrafficStatus>,
    /// Instances that should serve and are not there; the next `paas deploy` makes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Its instances by process.
    pub processes: BTreeMap<String, Vec<InstanceStatus>>,
}

/// Requests of a release since it was first routed.
#[derive(Clone, Debug, Serialize)]
pub struct TrafficStatus {
    /// Answered.
    pub requests: u64,
    /// Of these, failed.
    pub failed: u64,
    /// That run.
    pub in_flight: u64,
    /// Half were faster.
    pub p50_ms: Option<f64>,
    /// 99 of 100 were faster.
    pub p99_ms: Option<f64>,
}

/// One instance.
#[derive(Clone, Debug, Serialize)]
pub struct InstanceStatus {
    /// `web.2`.
    pub instance: String,
    /// What it does.
    pub state: InstanceState,
    /// Whether it answers as it should; `null`: it can't be told.
    pub healthy: Option<bool>,
    /// How often the engine started it again.
    pub restarts: u64,
    /// Cores in use.
    pub cpu: Option<f64>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Seconds since its start.
    pub uptime: Option<u64>,
}

/// What runs of an app's environment.
pub async fn status(
    folder: &Path,
    environment: Option<&str>,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<StatusDocument> {
    let selected = Selected::load(folder, environment)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    of(&selected, &*cluster).await
}

/// What runs of a target whose cluster is open already.
pub async fn of(selected: &Selected, cluster: &dyn Cluster) -> Result<StatusDocument> {
    let target = &selected.target;
    let (observed, measures, traffic, url, certificates) = tokio::try_join!(
        cluster.observe(target),
        cluster.measure(target),
        cluster.traffic(target, false),
        cluster.url(target),
        cluster.certificates(target)
    )?;
    let statuses: BTreeMap<u64, Status> = release::history(&observed, |_| true)
        .into_iter()
        .map(|entry| (entry.number, entry.status))
        .collect();
    let empty = |number: u64| ReleaseStatus {
        release: number,
        version: observed
            .releases
            .get(&number)
            .map(|record| record.release.image.version.clone())
            .unwrap_or_default(),
        status: statuses
            .get(&number)
            .copied()
            .unwrap_or(Status::Interrupted),
        traffic: traffic.get(&number).map(|counted| TrafficStatus {
            requests: counted.requests,
            failed: counted.errors + counted.lost,
            in_flight: counted.in_flight,
            p50_ms: counted.latency.quantile_ms(0.5),
            p99_ms: counted.latency.quantile_ms(0.99),
        }),
        missing: Vec::new(),
        processes: BTreeMap::new(),
    };
    let mut releases: BTreeMap<u64, ReleaseStatus> = BTreeMap::new();
    let mut instances: Vec<_> = observed.instances.iter().collect();
    instances.sort_by_key(|instance| (&instance.name, instance.release));
    for instance in instances {
        let number = shown_as(&observed, instance.release);
        let release = releases.entry(number).or_insert_with(|| empty(number));
        let none = InstanceMeasure::default();
        let measure = measures
            .instances
            .get(&(instance.release, instance.name.clone()))
            .unwrap_or(&none);
        release
            .processes
            .entry(instance.name.process.clone())
            .or_default()
            .push(InstanceStatus {
                instance: instance.name.to_string(),
                state: instance.state,
                healthy: measure.healthy,
                restarts: measure.restarts,
                cpu: measure.cpu,
                memory: measure.memory,
                uptime: measure.uptime,
            });
    }
    // What should serve and has no instance is shown all the more.
    if let Some(live) = observed.live.release {
        for slot in observed.serving(&observed.live) {
            if observed.instance(&slot).is_none() {
                let release = releases
                    .entry(shown_as(&observed, slot.release))
                    .or_insert_with(|| empty(slot.release));
                release.missing.push(slot.instance.to_string());
            }
        }
        releases.entry(live).or_insert_with(|| empty(live));
    }
    Ok(StatusDocument {
        app: super::project::id(&selected.app),
        environment: target.environment.clone(),
        cluster: selected.cluster.clone(),
        url,
        maintenance: observed.maintenance,
        certificates,
        releases: releases.into_values().rev().collect(),
    })
}

/// The release that instances with this number are there for: after a rollback they serve a newer one.
fn shown_as(observed: &Observed, number: u64) -> u64 {
    let canary = observed.live.canary.as_ref().map(|canary| canary.release);
    let there = [observed.live.release, canary, observed.previous()];
    there
        .into_iter()
        .flatten()
        .find(|release| observed.runs_as(*release) == number)
        .unwrap_or(number)
}
