//! What is: three requests, whatever the number of instances.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt as _;

use super::fleet::Fleet;
use super::manifest::Route;
use super::{Kubernetes, names};
use crate::Result;
use crate::release::{Live, Observed, Outcome, Process, Record, Target};

/// What the last look at a target saw.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    pub(super) fleets: Vec<Fleet>,
    pub(super) service: Option<Service>,
}

impl Kubernetes {
    pub(super) async fn look(&self, target: &Target) -> Result<Observed> {
        let _turn = self.looking.lock().await;
        self.look_now(target).await
    }

    async fn look_now(&self, target: &Target) -> Result<Observed> {
        let services = self.api::<Service>();
        let name = names::root(target);
        let (fleets, records, service) = tokio::try_join!(
            self.fleets(target),
            self.records(target),
            self.get(&services, &name)
        )?;
        let observed = observed(&fleets, records, service.as_ref());
        for record in observed.releases.values() {
            self.remember(&Arc::new(record.release.clone()));
        }
        let mut sights = self.sights.lock().expect("no panic while it is held");
        sights.insert(target.key(), Sight { fleets, service });
        Ok(observed)
    }

    /// What the last look saw, also one that is under way; looks where there was none.
    pub(super) async fn sight(&self, target: &Target) -> Result<Sight> {
        let seen = |sights: &std::sync::Mutex<std::collections::HashMap<String, Sight>>| {
            let sights = sights.lock().expect("no panic while it is held");
            sights.get(&target.key()).cloned()
        };
        let _turn = self.looking.lock().await;
        if let Some(sight) = seen(&self.sights) {
            return Ok(sight);
        }
        self.look_now(target).await?;
        Ok(seen(&self.sights).unwrap_or_default())
    }

    /// Keeps what a change made of the Service.
    pub(super) fn saw_service(&self, target: &Target, service: &Service) {
        let mut sights = self.sights.lock().expect("no panic while it is held");
        sights.entry(target.key()).or_default().service = Some(service.clone());
    }
}

impl Route {
    /// What a Service says.
    pub(super) fn of(service: &Service) -> Self {
        let annotations = service.annotations();
        let live = annotations.get(names::LIVE);
        let selector = service
            .spec
            .as_ref()
            .and_then(|spec| spec.selector.as_ref());
        Self {
            live: live
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
            pods: selector
                .and_then(|selector| selector.get(names::RELEASE))
                .and_then(|number| number.parse().ok()),
            held: annotations.contains_key(names::HELD),
            unfinished: annotations.contains_key(names::UNFINISHED),
            maintenance: annotations.get(names::MAINTENANCE).cloned(),
        }
    }

    /// Whether instances of `web` with this number get requests, or would without a maintenance page.
    pub(super) fn reaches(&self, release: u64) -> bool {
        self.pods.is_none_or(|pods| pods == release)
    }
}

fn observed(
    fleets: &[Fleet],
    mut releases: BTreeMap<u64, Record>,
    service: Option<&Service>,
) -> Observed {
    let route = service.map(Route::of);
    // A record that somebody deleted stands on its Deployments as well. What runs beside an older release
    // that serves was not accepted yet.
    let served = route.as_ref().and_then(|route| route.live.release);
    for fleet in fleets {
        if let Some(release) = &fleet.record {
            let is_candidate = served.is_some_and(|served| served < release.number);
            releases.entry(release.number).or_insert_with(|| Record {
                release: release.clone(),
                outcome: (!is_candidate).then_some(Outcome::Accepted),
            });
        }
    }
    let mut live = match &route {
        Some(route) => route.live.clone(),
        None => live_of(fleets, &releases),
    };
    follow_autoscaler(&mut live, fleets, &releases);
    let mut instances: Vec<_> = fleets.iter().flat_map(Fleet::instances).collect();
    for instance in &mut instances {
        instance.routed = instance.is_running()
            && instance.name.is_web()
            && route
                .as_ref()
                .is_some_and(|route| route.reaches(instance.release));
    }
    Observed {
        releases,
        live,
        instances,
        held: route.as_ref().is_some_and(|route| route.held),
        stale_route: route.as_ref().is_some_and(|route| route.unfinished),
        maintenance: route.is_some_and(|route| route.maintenance.is_some()),
    }
}

/// Without a Service: the newest release that was accepted and runs.
fn live_of(fleets: &[Fleet], releases: &BTreeMap<u64, Record>) -> Live {
    let runs = |record: &Record| {
        let number = record.release.runs_as(releases);
        let mut fleets = fleets.iter();
        fleets.any(|fleet| fleet.release == number && fleet.replicas > 0)
    };
    let mut accepted = releases
        .values()
        .rev()
        .filter(|record| record.outcome == Some(Outcome::Accepted));
    Live {
        release: accepted
            .find(|record| runs(record))
            .map(|record| record.release.number),
        ..Live::default()
    }
}

/// The number of instances that an autoscaler chose is the one that is wanted.
fn follow_autoscaler(live: &mut Live, fleets: &[Fleet], releases: &BTreeMap<u64, Record>) {
    let Some(record) = live.release.and_then(|number| releases.get(&number)) else {
        return;
    };
    let release = &record.release;
    let (Some(scale), None) = (release.autoscale, &live.canary) else {
        return;
    };
    let number = release.runs_as(releases);
    let mut web = fleets
        .iter()
        .filter(|fleet| fleet.release == number && fleet.process == Process::WEB);
    let known = release.processes.get(Process::WEB).map(|web| web.replicas);
    if let Some(fleet) = web.next()
        && fleet.replicas != 0
        && Some(fleet.replicas) != known
        && (scale.min..=scale.max).contains(&fleet.replicas)
    {
        live.replicas
            .insert(Process::WEB.to_owned(), fleet.replicas);
    }
}
