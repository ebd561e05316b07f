//! What is: three requests, whatever the number of instances.

use std::collections::{BTreeMap, HashSet};

use super::containers::Found;
use super::keeper::{Keeper, Overwrite};
use super::{DockerHost, names, releases};
use crate::Result;
use crate::cluster::Work;
use crate::ingress::protocol::Route;
use crate::release::{InstanceState, Live, Observed, Outcome, Record, Release, Target};

impl DockerHost {
    pub(super) async fn look(&self, target: &Target) -> Result<Observed> {
        Ok(self.sight(target).await?.observed())
    }

    /// What [`Self::look`] sees, as it was found.
    pub(super) async fn sight(&self, target: &Target) -> Result<Sight> {
        let Some(keeper) = self.keeper().await? else {
            let found = self.instances(target).await?;
            return Ok(Sight::of(found, BTreeMap::new(), None));
        };
        let prefix = names::documents(target);
        // Only these: settings and events of a target may be many.
        let (releases, outcomes) = (format!("{prefix}releases/"), format!("{prefix}outcomes/"));
        let (found, releases, outcomes, mut routes) = tokio::try_join!(
            self.instances(target),
            keeper.documents(&releases),
            keeper.documents(&outcomes),
            keeper.routes(),
        )?;
        let documents = releases
            .into_iter()
            .chain(outcomes)
            .filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?.to_owned(), text)))
            .collect();
        let route = routes.remove(&target.key());
        let sight = Sight::of(found, documents, route);
        self.remember_records(target, sight.records());
        Ok(sight)
    }

    /// Writes the records down again that only labels still tell of: an ingress that lost its volume
    /// knows no release.
    pub(super) async fn restore(&self, keeper: &Keeper, work: &Work<'_>) -> Result<()> {
        let target = work.target;
        if self.is_recorded(target) {
            return Ok(());
        }
        let kept = keeper
            .documents(&format!("{}releases/", names::documents(target)))
            .await?;
        if !kept.is_empty() {
            return Ok(());
        }
        for record in self.look(target).await?.releases.values() {
            let number = record.release.number;
            let fence = super::lease::fence(work);
            let text = releases::text(&record.release);
            let name = releases::document(target, number);
            keeper
                .put_document(&name, &text, Overwrite::Allowed, fence.as_ref())
                .await?;
            if let Some(outcome) = &record.outcome {
                self.conclude(work, number, outcome).await?;
            }
        }
        Ok(())
    }
}

/// What the engine and the ingress say.
pub(super) struct Sight {
    pub(super) found: Vec<Found>,
    documents: BTreeMap<String, String>,
    pub(super) route: Option<Route>,
}

impl Sight {
    fn of(found: Vec<Found>, documents: BTreeMap<String, String>, route: Option<Route>) -> Self {
        Self {
            found,
            documents,
            route,
        }
    }

    pub(super) fn observed(&self) -> Observed {
        let mut releases = self.records();
        let live = match &self.route {
            Some(route) => serde_json::from_str(&route.note).unwrap_or_default(),
            None if releases.is_empty() => self.live_of_labels(),
            None => Live::default(),
        };
        for (number, record) in self.records_of_labels(live.release) {
            releases.entry(number).or_insert(record);
        }
        let routed = self.routed();
        let running: HashSet<String> = self
            .found
            .iter()
            .filter(|found| found.instance.state == InstanceState::Running)
            .filter_map(Found::upstream)
            .collect();
        let stale_route = !routed.iter().all(|upstream| running.contains(upstream));
        let instances = self.found.iter().map(|found| {
            let mut instance = found.instance.clone();
            let upstream = found.upstream();
            instance.routed = upstream.is_some_and(|upstream| routed.contains(&upstream));
            instance
        });
        Observed {
            instances: instances.collect(),
            releases,
            live,
            held: self.route.as_ref().is_some_and(|route| route.hold),
            stale_route,
            maintenance: self
                .route
                .as_ref()
                .is_some_and(|route| route.maintenance.is_some()),
        }
    }

    /// Addresses that get requests.
    fn routed(&self) -> HashSet<String> {
        let Some(route) = &self.route else {
            return HashSet::new();
        };
        let canary = route.canary.as_ref().map(|canary| &canary.backend);
        let backends = route.live.iter().chain(canary);
        backends
            .flat_map(|backend| backend.upstreams.iter().cloned())
            .collect()
    }

    fn records(&self) -> BTreeMap<u64, Record> {
        let numbered = |prefix: &str, name: &str| name.strip_prefix(prefix)?.parse::<u64>().ok();
        let outcomes: BTreeMap<u64, Outcome> = self
            .documents
            .iter()
            .filter_map(|(name, text)| {
                Some((
                    numbered("outcomes/", name)?,
                    serde_json::from_str(text).ok()?,
                ))
            })
            .collect();
        self.documents
            .iter()
            .filter_map(|(name, text)| {
                let number = numbered("releases/", name)?;
                let release: Release = serde_json::from_str(text).ok()?;
                let outcome = outcomes.get(&number).cloned();
                Some((number, Record { release, outcome }))
            })
            .collect()
    }

    /// What has instances was accepted, as far as anybody can tell; not what runs beside an older release
    /// that serves.
    fn records_of_labels(&self, live: Option<u64>) -> BTreeMap<u64, Record> {
        let mut records = BTreeMap::new();
        for found in &self.found {
            let Some(release) = &found.release else {
                continue;
            };
            let runs = found.instance.state == InstanceState::Running;
            let is_candidate = runs && live.is_some_and(|live| live < release.number);
            let record = Record {
                release: Release::clone(release),
                outcome: (!is_candidate).then_some(Outcome::Accepted),
            };
            records.insert(release.number, record);
        }
        records
    }

    /// Instances kept for a way back are paused or stopped. Where two releases run, somebody was
    /// interrupted, and the older one has proved itself.
    fn live_of_labels(&self) -> Live {
        let running = self.found.iter().filter(|found| {
            found.instance.state == InstanceState::Running && found.release.is_some()
        });
        Live {
            release: running.map(|found| found.instance.release).min(),
            ..Live::default()
        }
    }
}
