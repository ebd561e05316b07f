//! Where requests go: the route that makes a release the one that serves.

use std::collections::BTreeMap;

use super::containers::Found;
use super::keeper::Keeper;
use super::lease::fence;
use super::{DockerHost, names};
use crate::cluster::Work;
use crate::ingress::protocol::{Backend, Canary, Maintenance, RawPort, Route, Transport};
use crate::release::{Live, Observed, Protocol, Release, Slot, Target};
use crate::{Error, Kind, Result};

/// The environment that needs no name in a host.
const LOCAL: &str = "local";

impl DockerHost {
    /// Makes `live` what serves.
    pub(super) async fn switch(&self, work: &Work<'_>, live: &Live) -> Result<()> {
        let sight = self.sight(work.target).await?;
        let observed = sight.observed();
        let mut route = Route {
            note: serde_json::to_string(live).expect("plain data"),
            maintenance: sight.route.and_then(|before| before.maintenance),
            ..Route::default()
        };
        if let Some(number) = live.release {
            let release = observed
                .release(number)
                .ok_or_else(|| Error::unexpected(format!("release #{number} has no record")))?;
            let addresses = Addresses::of(&sight.found);
            route.hosts = hosts(release);
            route.https = self.settings.https_port.is_some() && !release.domains.is_empty();
            route.ports = ports(release);
            addresses.check(&observed, live)?;
            route.live = addresses.backend(&observed, live, number);
            route.canary = live.canary.as_ref().and_then(|canary| {
                let backend = addresses.backend(&observed, live, canary.release)?;
                let stable = route.live.as_ref().map_or(0, |live| live.upstreams.len());
                Some(Canary {
                    share: share(backend.upstreams.len(), stable),
                    backend,
                })
            });
        }
        self.put(work, &route).await?;
        self.restarts.settled().await
    }

    /// Refuses a release whose hosts or ports another app has, before anything of it runs.
    pub(super) async fn check_claims(&self, keeper: &Keeper, release: &Release) -> Result<()> {
        let (hosts, ports) = (hosts(release), ports(release));
        for (key, route) in keeper.routes().await? {
            if key == release.target.key() {
                continue;
            }
            let holder = names::target(&key).map_or(key, |target| target.to_string());
            if let Some(host) = route.hosts.iter().find(|host| hosts.contains(host)) {
                return Err(Error::refused(format!("{host} belongs to {holder}"))
                    .hint("give the app another host in `domains` of its environment"));
            }
            if let Some(port) = route.ports.iter().find(|port| ports.contains(port)) {
                let protocol = match port.protocol {
                    Transport::Tcp => "tcp",
                    Transport::Udp => "udp",
                };
                let held = format!("port {}/{protocol} is held by {holder}", port.port);
                return Err(Error::refused(held).hint("choose another port in [[ports]]"));
            }
        }
        Ok(())
    }

    /// Parks requests until the next switch.
    pub(super) async fn hold(&self, work: &Work<'_>) -> Result<()> {
        self.change_route(work, |route| route.hold = true).await
    }

    pub(super) async fn maintain(&self, work: &Work<'_>, message: Option<&str>) -> Result<()> {
        self.change_route(work, |route| {
            route.maintenance = message.map(|message| Maintenance {
                message: message.to_owned(),
            });
        })
        .await
    }

    async fn change_route(&self, work: &Work<'_>, change: impl FnOnce(&mut Route)) -> Result<()> {
        let mut routes = self.steering().await?.routes().await?;
        let mut route = routes.remove(&work.target.key()).ok_or_else(|| {
            Error::refused(format!("nothing serves of {}", work.target))
                .hint("`paas deploy` brings a version up")
        })?;
        change(&mut route);
        self.put(work, &route).await
    }

    async fn put(&self, work: &Work<'_>, route: &Route) -> Result<()> {
        let keeper = self.steering().await?;
        keeper
            .put_route(&work.target.key(), route, fence(work).as_ref())
            .await
    }

    /// Where people reach it.
    pub(super) async fn address(&self, target: &Target) -> Result<Option<String>> {
        let Some(keeper) = self.keeper().await? else {
            return Ok(None);
        };
        let (about, mut routes) = tokio::try_join!(keeper.about(), keeper.routes())?;
        let Some(route) = routes.remove(&target.key()) else {
            return Ok(None);
        };
        let Some(host) = route.hosts.first().filter(|_| route.live.is_some()) else {
            return Ok(None);
        };
        let (scheme, port, usual) = match about.https_port {
            Some(port) if route.https => ("https", port, 443),
            _ => ("http", about.http_port, 80),
        };
        Ok(Some(if port == usual {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{port}")
        }))
    }
}

impl Found {
    /// Where the ingress reaches a `web` instance.
    pub(super) fn upstream(&self) -> Option<String> {
        let release = self.release.as_ref()?;
        let address = self.address?;
        self.instance
            .name
            .is_web()
            .then(|| format!("{address}:{}", release.port))
    }
}

/// Addresses of instances.
struct Addresses(BTreeMap<Slot, String>);

impl Addresses {
    fn of(found: &[Found]) -> Self {
        let found = found.iter();
        Self(
            found
                .filter_map(|found| Some((found.instance.slot(), found.upstream()?)))
                .collect(),
        )
    }

    /// A route that leaves out instances that should serve is worse than none.
    fn check(&self, observed: &Observed, live: &Live) -> Result<()> {
        let serving = observed.serving(live);
        let mut missing = serving
            .iter()
            .filter(|slot| slot.instance.is_web() && !self.0.contains_key(slot));
        match missing.next() {
            None => Ok(()),
            Some(slot) => Err(Error::new(
                Kind::DeployFailed,
                format!(
                    "{} of #{} was removed meanwhile",
                    slot.instance, slot.release
                ),
            )),
        }
    }

    /// The instances by which release `number` serves as `live` says; `None` when no request can
    /// reach it.
    fn backend(&self, observed: &Observed, live: &Live, number: u64) -> Option<Backend> {
        let runs_as = observed.runs_as(number);
        let serving = observed.serving(live).into_iter();
        let upstreams: Vec<String> = serving
            .filter(|slot| slot.release == runs_as)
            .filter_map(|slot| self.0.get(&slot).cloned())
            .collect();
        (!upstreams.is_empty()).then_some(Backend {
            release: number,
            upstreams,
        })
    }
}

/// Its own domains, or the name that every machine resolves to itself.
fn hosts(release: &Release) -> Vec<String> {
    if !release.processes.contains_key("web") {
        return Vec::new();
    }
    if !release.domains.is_empty() {
        return release.domains.clone();
    }
    let Target {
        group,
        app,
        environment,
    } = &release.target;
    let name = if environment == LOCAL {
        app.clone()
    } else {
        format!("{app}-{environment}")
    };
    vec![match group {
        Some(group) => format!("{name}.{group}.localhost"),
        None => format!("{name}.localhost"),
    }]
}

fn ports(release: &Release) -> Vec<RawPort> {
    let ports = release.ports.iter();
    ports
        .map(|port| RawPort {
            port: port.port,
            protocol: match port.protocol {
                Protocol::Tcp => Transport::Tcp,
                Protocol::Udp => Transport::Udp,
            },
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "instances are few")]
fn share(canary: usize, stable: usize) -> f64 {
    canary as f64 / (canary + stable).max(1) as f64
}
