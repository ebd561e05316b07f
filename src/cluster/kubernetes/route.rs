//! What serves: the Service, and what goes with it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Endpoints, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt;
use kube::api::DynamicObject;
use kube::{Api, core::ApiResource};
use serde_json::Value;
use tokio::time::sleep;

use super::api::Change;
use super::manifest::{self, Route};
use super::muster::LOOK_EVERY;
use super::{Kubernetes, names};
use crate::cluster::Work;
use crate::release::{InstanceName, Live, Observed, Process, Release, Target};
use crate::{Error, Kind, Result};

const TRIES: usize = 50;
/// Until the addresses of a Service follow its selector.
const PROPAGATION: std::time::Duration = std::time::Duration::from_secs(20);

impl Kubernetes {
    /// Makes `live` what serves.
    pub(super) async fn switch(&self, work: &Work<'_>, live: &Live) -> Result<()> {
        let observed = self.look(work.target).await?;
        let release =
            match live.release {
                Some(number) => Some(observed.release(number).ok_or_else(|| {
                    Error::unexpected(format!("release #{number} has no record"))
                })?),
                None => None,
            };
        let pods = match (live.release, &live.canary) {
            (Some(_), Some(_)) => None,
            (Some(number), None) => Some(observed.runs_as(number)),
            (None, _) => Some(0),
        };
        self.change_route(work, release, |route| {
            route.live = live.clone();
            route.pods = pods;
            route.held = false;
            route.unfinished = true;
        })
        .await?;
        self.surround(work, &observed, live, release).await?;
        self.change_route(work, release, |route| route.unfinished = false)
            .await
    }

    /// Marks that requests can't be served, which only a switch ends.
    pub(super) async fn hold(&self, work: &Work<'_>) -> Result<()> {
        let observed = self.look(work.target).await?;
        let live = observed.live.release;
        let release = live.and_then(|number| observed.release(number));
        self.change_route(work, release, |route| route.held = true)
            .await
    }

    pub(super) async fn maintain(&self, work: &Work<'_>, message: Option<&str>) -> Result<()> {
        let observed = self.look(work.target).await?;
        let live = observed.live.release;
        let release = live.and_then(|number| observed.release(number));
        if release.is_none() {
            return Err(Error::refused(format!("nothing serves of {}", work.target))
                .hint("`paas deploy` brings a version up"));
        }
        self.change_route(work, release, |route| {
            route.maintenance = message.map(str::to_owned);
        })
        .await
    }

    async fn change_route(
        &self,
        work: &Work<'_>,
        release: Option<&Release>,
        change: impl Fn(&mut Route),
    ) -> Result<()> {
        let target = work.target;
        let owner = self.root(target).await?;
        let api = self.api::<Service>();
        let mut seen = self.sight(target).await?.service;
        for _ in 0..TRIES {
            work.lease.check().await?;
            let mut route = seen.as_ref().map(Route::of).unwrap_or_default();
            change(&mut route);
            let version = seen.as_ref().and_then(ResourceExt::resource_version);
            let identity = (&owner, version.as_deref());
            let wanted = route.service(target, release, &self.options, identity);
            match self.apply(&api, &wanted).await? {
                Change::Made(service) => {
                    self.saw_service(target, &service);
                    return Ok(());
                }
                Change::Outdated => seen = self.get(&api, &names::root(target)).await?,
            }
        }
        Err(Error::new(
            Kind::Busy,
            format!("somebody else changes the Service of {target} all the time"),
        ))
    }

    /// Everything besides the Service that depends on what serves.
    async fn surround(
        &self,
        work: &Work<'_>,
        observed: &Observed,
        live: &Live,
        release: Option<&Release>,
    ) -> Result<()> {
        let owner = self.root(work.target).await?;
        tokio::try_join!(
            self.ingress(work.target, release, &owner),
            self.budgets(work.target, observed, live, &owner),
            self.autoscaler(work.target, observed, live, &owner),
        )
        .map(drop)
    }

    async fn ingress(
        &self,
        target: &Target,
        release: Option<&Release>,
        owner: &Value,
    ) -> Result<()> {
        let api = self.api::<Ingress>();
        match release.filter(|release| !release.domains.is_empty()) {
            Some(release) => {
                let wanted = manifest::ingress(release, &self.options, owner);
                self.put(&api, &wanted).await.map(drop)
            }
            None => self.delete(&api, &names::root(target)).await,
        }
    }

    async fn budgets(
        &self,
        target: &Target,
        observed: &Observed,
        live: &Live,
        owner: &Value,
    ) -> Result<()> {
        let version = self.offers("policy", &["v1", "v1beta1"]).await?;
        let Some(version) = version else {
            return Ok(());
        };
        let api = self.dynamic("policy", version, "PodDisruptionBudget");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for slot in observed.serving(live) {
            *counts.entry(slot.instance.process).or_default() += 1;
        }
        for record in observed.releases.values() {
            for process in record.release.processes.keys() {
                counts.entry(process.clone()).or_default();
            }
        }
        for (process, count) in counts {
            if count > 1 {
                let api_version = format!("policy/{version}");
                let wanted = manifest::budget(target, &process, &api_version, owner);
                self.put(&api, &wanted).await?;
            } else {
                self.delete(&api, &names::of_process(target, &process))
                    .await?;
            }
        }
        Ok(())
    }

    async fn autoscaler(
        &self,
        target: &Target,
        observed: &Observed,
        live: &Live,
        owner: &Value,
    ) -> Result<()> {
        let mut releases = observed.releases.values();
        if !releases.any(|record| record.release.autoscale.is_some()) {
            return Ok(());
        }
        let version = self.offers("autoscaling", &["v2", "v2beta2"]).await?;
        let Some(version) = version else {
            return Ok(());
        };
        let api = self.dynamic("autoscaling", version, "HorizontalPodAutoscaler");
        let number = live.release.filter(|_| live.canary.is_none());
        let release = number.and_then(|number| observed.release(number));
        let scale = release.and_then(|release| release.autoscale);
        match (release, scale) {
            (Some(release), Some(scale)) => {
                let runs_as = observed.runs_as(release.number);
                let deployment = names::deployment(target, runs_as, Process::WEB);
                let version = format!("autoscaling/{version}");
                let identity = (&*version, owner);
                let wanted = manifest::autoscaler(target, &deployment, scale, identity);
                self.put(&api, &wanted).await.map(drop)
            }
            _ => {
                self.delete(&api, &names::of_process(target, Process::WEB))
                    .await
            }
        }
    }

    /// The first of `versions` of an API group that the server offers.
    pub(super) async fn offers(
        &self,
        group: &str,
        versions: &'static [&'static str],
    ) -> Result<Option<&'static str>> {
        let groups = self.groups.get_or_try_init(|| async {
            let groups = self.ask(|| self.client.list_api_groups()).await;
            Ok::<_, Error>(groups.map_err(|error| self.fault(error))?.groups)
        });
        let groups = groups.await?;
        let found = groups.iter().find(|found| found.name == group);
        let offered = found.map(|found| &found.versions);
        let is_offered = |version: &&&str| {
            offered.is_some_and(|offered| offered.iter().any(|one| one.version == **version))
        };
        Ok(versions.iter().find(is_offered).copied())
    }

    pub(super) fn dynamic(&self, group: &str, version: &str, kind: &str) -> Api<DynamicObject> {
        let plural = format!("{}s", kind.to_lowercase());
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: format!("{group}/{version}"),
            kind: kind.to_owned(),
            plural,
        };
        Api::namespaced_with(self.client.clone(), &self.namespace, &resource)
    }

    /// Waits until no new requests come to an instance that the Service does not select any more. Those
    /// that run end after SIGTERM, within the release's `stop_timeout`.
    pub(super) async fn drain(
        &self,
        work: &Work<'_>,
        release: u64,
        instance: &InstanceName,
    ) -> Result<()> {
        let target = work.target;
        let sight = self.sight(target).await?;
        let is_selected = sight
            .service
            .as_ref()
            .is_none_or(|service| Route::of(service).reaches(release));
        // As the rest of what serves it is only unrouted once it is told to end.
        if is_selected || !instance.is_web() {
            return Ok(());
        }
        let begun = std::time::Instant::now();
        let api = self.api::<Endpoints>();
        while begun.elapsed() < PROPAGATION.min(work.drain) {
            let (pods, endpoints) = (self.instance_pods(target), names::root(target));
            let (pods, endpoints) = tokio::try_join!(pods, self.get(&api, &endpoints))?;
            let old: Vec<String> = pods
                .into_iter()
                .filter(|pod| pod.release == release)
                .filter_map(|pod| pod.pod.status?.pod_ip)
                .collect();
            let subsets = endpoints
                .iter()
                .flat_map(|found| found.subsets.iter().flatten());
            let mut addresses = subsets.flat_map(|subset| subset.addresses.iter().flatten());
            if !addresses.any(|address| old.contains(&address.ip)) {
                break;
            }
            sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Where people reach it: by name, by the provider's load balancer, or within the cluster.
    pub(super) async fn address(&self, target: &Target) -> Result<Option<String>> {
        let Some(service) = self.sight(target).await?.service else {
            return Ok(None);
        };
        let Some(number) = Route::of(&service).live.release else {
            return Ok(None);
        };
        let release = self.release(target, number).await?;
        let scheme = if self.options.ingress_tls {
            "https"
        } else {
            "http"
        };
        if let Some(domain) = release.domains.first() {
            return Ok(Some(format!("{scheme}://{domain}")));
        }
        let balancer = service
            .status
            .as_ref()
            .and_then(|status| status.load_balancer.as_ref()?.ingress.as_ref()?.first());
        let outside = balancer.and_then(|one| one.hostname.clone().or(one.ip.clone()));
        let within = || service.spec.as_ref()?.cluster_ip.clone();
        let port = manifest::http_port(&release);
        Ok(outside.or_else(within).map(|host| match port {
            80 => format!("http://{host}"),
            port => format!("http://{host}:{port}"),
        }))
    }
}
