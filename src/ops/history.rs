//! What was done to a target, and by whom.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clusters;
use super::deploy::{DeployStatus, Selected};
use super::labels;
use crate::builder::Engine;
use crate::cluster::Cluster;
use crate::release::{self, Entry, Outcome, Release, Status, Target};
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result};

const EVENTS: &str = "events/";
/// Older ones are forgotten.
const EVENTS_KEPT: usize = 500;

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When.
    pub time: Timestamp,
    /// `user@host`.
    pub who: String,
    /// In one line: `deploy v1.2.3-g… as #4`.
    pub what: String,
    /// How it ended; `None`: well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Writes down what was done.
pub async fn write(cluster: &dyn Cluster, target: &Target, happening: &Happening) -> Result<()> {
    let before = cluster.documents(target, EVENTS).await?;
    let last = before.last_key_value().map(|(name, _)| name.as_str());
    let name = name_after(last, happening.time);
    let text = serde_json::to_string(happening)
        .map_err(|error| Error::unexpected("cannot write an event").caused_by(error))?;
    cluster.write_document(target, &name, Some(&text)).await?;
    let beyond = (before.len() + 1).saturating_sub(EVENTS_KEPT);
    for old in before.keys().take(beyond) {
        cluster.write_document(target, old, None).await?;
    }
    Ok(())
}

/// Names are in the order in which things were done, also where a clock was set back.
fn name_after(last: Option<&str>, time: Timestamp) -> String {
    let order = last.and_then(|last| last.strip_prefix(EVENTS)?.split('-').next()?.parse().ok());
    let order = order.map_or(0, |order: i128| order + 1);
    format!(
        "{EVENTS}{:020}-{:08x}",
        time.as_nanosecond().max(order),
        fastrand::u32(..)
    )
}

/// Writes down a change to what serves.
pub(super) async fn note(
    cluster: &dyn Cluster,
    release: &Release,
    status: DeployStatus,
    error: Option<&Error>,
) -> Result<()> {
    let verb = match (status, release.from) {
        (DeployStatus::Aborted, _) => "abort the trial of".to_owned(),
        (DeployStatus::Canary, _) => "try".to_owned(),
        (_, Some(from)) => format!("roll back to #{from},"),
        (_, None) => "deploy".to_owned(),
    };
    let happening = Happening {
        time: Timestamp::now(),
        who: release.by.clone(),
        what: format!("{verb} {} as #{}", release.image.version, release.number),
        error: error.map(ToString::to_string),
    };
    write(cluster, &release.target, &happening).await
}

/// What was done, the newest last.
pub async fn events(cluster: &dyn Cluster, target: &Target) -> Result<Vec<Happening>> {
    let documents = cluster.documents(target, EVENTS).await?;
    let events = documents.values();
    Ok(events
        .filter_map(|text| serde_json::from_str(text).ok())
        .collect())
}

/// A release as `paas releases` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseRow {
    /// Its number.
    pub release: u64,
    /// What it runs.
    pub version: String,
    /// 40 hex digits.
    pub commit: String,
    /// The release whose parameters it has, when it is a rollback.
    pub from: Option<u64>,
    /// Who made it.
    pub by: String,
    /// When.
    pub created: Timestamp,
    /// What became of it.
    pub status: Status,
    /// Why it failed.
    pub reason: Option<String>,
    /// Whether `paas rollback` to it would change something and can be done.
    pub can_roll_back: bool,
}

/// The releases of a target, the newest first.
pub async fn releases(
    folder: &Path,
    environment: Option<&str>,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Vec<ReleaseRow>> {
    let selected = Selected::load(folder, environment)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    let observed = cluster.observe(&selected.target).await?;
    // Where the cluster is another one, this machine may well have no engine.
    let images = async {
        let engine = Engine::connect(&settings.engine).await?;
        engine.images(&[labels::APP]).await
    };
    let images = images.await.unwrap_or_default();
    let here: BTreeSet<String> = images.iter().map(|image| image.id.to_string()).collect();
    let available =
        |image: &release::Image| here.contains(&image.id) || image.reference.digest().is_some();
    let entries = release::history(&observed, available);
    let rows = entries
        .iter()
        .filter_map(|entry| Some(row(entry, observed.releases.get(&entry.number)?)));
    Ok(rows.collect())
}

fn row(entry: &Entry, record: &release::Record) -> ReleaseRow {
    let release = &record.release;
    ReleaseRow {
        release: entry.number,
        version: release.image.version.clone(),
        commit: release.image.commit.clone(),
        from: release.from,
        by: release.by.clone(),
        created: Timestamp::from_second(release.created).unwrap_or_default(),
        status: entry.status,
        reason: match &record.outcome {
            Some(Outcome::Failed(reason)) => Some(reason.clone()),
            _ => None,
        },
        can_roll_back: entry.can_roll_back,
    }
}

/// What differs between two releases of a target.
pub async fn diff(
    folder: &Path,
    environment: Option<&str>,
    (from, to): (u64, u64),
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Vec<release::Change>> {
    let selected = Selected::load(folder, environment)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    let observed = cluster.observe(&selected.target).await?;
    let release = |number: u64| {
        let record = observed.releases.get(&number);
        record.map(|record| &record.release).ok_or_else(|| {
            Error::usage(format!("there is no release #{number}"))
                .hint("`paas releases` lists them")
        })
    };
    Ok(release::diff(release(from)?, release(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_does_not_change_the_order() {
        let first = name_after(None, "2026-05-01T12:00:00Z".parse().unwrap());
        let earlier = name_after(Some(&first), "2001-05-01T12:00:00Z".parse().unwrap());
        let later = name_after(Some(&earlier), "2026-05-01T12:00:01Z".parse().unwrap());
        assert!(
            first < earlier && earlier < later,
            "{first} {earlier} {later}"
        );
    }
}
