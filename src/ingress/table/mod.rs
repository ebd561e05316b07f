//! Where requests go, and what was counted of them. Requests read a snapshot without a lock; changes
//! make another one. Counts and running requests outlive the snapshots that named them.

mod conflict;
mod meter;
mod snapshot;
mod upstream;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use tokio_util::sync::CancellationToken;

use crate::ingress::handover::Sockets;
use crate::ingress::ports::Ports;
use crate::ingress::protocol::{Backend, Drained, Route, Traffic};

pub use conflict::{Conflict, PortHolder};
pub(in crate::ingress) use meter::{Measured, Meter};
pub(in crate::ingress) use snapshot::{Entry, Fleet, Snapshot};
pub(in crate::ingress) use upstream::{Tunnel, Upstream, Visit};

/// Counts are kept of so many releases of a route.
const RELEASES_COUNTED: usize = 32;

/// All routes of an ingress.
#[derive(Debug, Default)]
pub struct Table {
    current: ArcSwap<Snapshot>,
    /// Grows with each change, after `current`: see [`Table::enter`].
    generation: AtomicU64,
    records: Mutex<Records>,
}

/// What outlives snapshots. Its lock is also the one of writers.
#[derive(Debug, Default)]
struct Records {
    meters: HashMap<Arc<str>, BTreeMap<u64, Arc<Meter>>>,
    upstreams: HashMap<SocketAddr, Arc<Upstream>>,
    ports: Ports,
}

impl Table {
    /// A table without routes, whose raw ports are opened on one address of this machine instead of
    /// all.
    pub fn with_ports_on(host: IpAddr) -> Self {
        let records = Records {
            ports: Ports::on(host),
            ..Records::default()
        };
        Self {
            records: Mutex::new(records),
            ..Self::default()
        }
    }

    /// A table that takes ports which listen already instead of opening them.
    pub(in crate::ingress) fn inheriting(sockets: Sockets) -> Self {
        let table = Self::default();
        table.records().ports.inherit(sockets);
        table
    }

    /// The sockets of an earlier process on this address.
    pub(in crate::ingress) fn inherited(&self, address: SocketAddr) -> Vec<TcpListener> {
        self.records().ports.inherited(address)
    }

    /// Closes what was inherited and no route has asked for.
    pub(in crate::ingress) fn disinherit(&self) {
        self.records().ports.inherit(Sockets::default());
    }

    /// The raw ports, for a process that comes after this one.
    pub(in crate::ingress) fn sockets(&self) -> io::Result<Vec<OwnedFd>> {
        self.records().ports.sockets()
    }

    /// Takes a route, in place of the one that `key` had. When it returns, no request goes to an
    /// upstream that the new route does not name, and all its raw ports are open. Must be called
    /// within a tokio runtime when the route has raw ports.
    pub fn put(&self, key: &str, route: Route) -> Result<(), Conflict> {
        let mut records = self.records();
        let snapshot = self.current.load_full();
        for host in &route.hosts {
            if let Some(holder) = snapshot.host(host).filter(|entry| &*entry.key != key) {
                return Err(Conflict::Host {
                    host: host.clone(),
                    holder: holder.key.to_string(),
                });
            }
        }
        let key: Arc<str> = key.into();
        let mut fleet = |backend: &Backend| records.fleet(&key, backend);
        let live = route.live.as_ref().map(&mut fleet).transpose()?;
        let canary = route
            .canary
            .as_ref()
            .map(|canary| fleet(&canary.backend))
            .transpose()?;
        records.ports.open(&key, &route.ports)?;
        let entry = Arc::new(Entry {
            nobody: records.meter(&key, 0),
            key: Arc::clone(&key),
            route,
            live,
            canary,
            replaced: CancellationToken::new(),
        });
        records.ports.route(&entry);
        let mut entries = snapshot.entries.clone();
        let old = entries.insert(key, entry);
        self.replace(&mut records, entries, old);
        Ok(())
    }

    /// Forgets a route and its counts; whether there was one.
    pub fn remove(&self, key: &str) -> bool {
        let mut records = self.records();
        let mut entries = self.current.load().entries.clone();
        let old = entries.remove(key);
        let known = old.is_some();
        records.meters.remove(key);
        records.ports.close(key);
        self.replace(&mut records, entries, old);
        known
    }

    /// All routes by key.
    pub fn routes(&self) -> BTreeMap<String, Route> {
        let snapshot = self.current.load();
        let entries = snapshot.entries.iter();
        entries
            .map(|(key, entry)| (key.to_string(), entry.route.clone()))
            .collect()
    }

    /// Waits until no request runs at `upstreams` (`address:port`), then closes their upgraded
    /// connections, also when `timeout` is over. Does not stop new requests: [`Table::put`] does.
    pub async fn drain(&self, upstreams: &[String], timeout: Duration) -> Drained {
        let upstreams: Vec<Arc<Upstream>> = {
            let records = self.records();
            let addresses = upstreams.iter().filter_map(|text| text.parse().ok());
            addresses
                .filter_map(|address: SocketAddr| records.upstreams.get(&address).cloned())
                .collect()
        };
        let idle = async {
            for upstream in &upstreams {
                upstream.idle().await;
            }
        };
        // Whether time was up stands in the count.
        let _ = tokio::time::timeout(timeout, idle).await;
        Drained {
            in_flight: upstreams.iter().map(|upstream| upstream.in_flight()).sum(),
            closed: upstreams
                .iter()
                .map(|upstream| upstream.close_upgraded())
                .sum(),
        }
    }

    /// What was counted of a route, by release; 0 are requests that no release could be asked for.
    /// `mark` starts the longest gaps anew.
    pub fn traffic(&self, key: &str, mark: bool) -> BTreeMap<u64, Traffic> {
        let records = self.records();
        let meters = records.meters.get(key).into_iter().flatten();
        meters
            .map(|(release, meter)| (*release, meter.traffic(mark)))
            .filter(|(release, traffic)| *release > 0 || traffic.lost > 0)
            .collect()
    }

    /// The routes as they are; holding it delays nobody.
    pub(in crate::ingress) fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.current.load()
    }

    /// Counts a request at the upstream that `choose` returns. `choose` is asked again when the
    /// routes were changed meanwhile: otherwise a request that chose from the old ones could begin
    /// after a [`Table::drain`] had found nothing running.
    pub(in crate::ingress) fn enter<T, E>(
        &self,
        mut choose: impl FnMut(&Snapshot) -> Result<(Arc<Upstream>, T), E>,
    ) -> Result<(Visit, T), E> {
        loop {
            let generation = self.generation.load(Ordering::SeqCst);
            let (upstream, chosen) = choose(&self.current.load())?;
            let visit = upstream.enter();
            if self.generation.load(Ordering::SeqCst) == generation {
                return Ok((visit, chosen));
            }
        }
    }

    /// The meters of all routes.
    pub(in crate::ingress) fn meters(&self) -> Vec<(Arc<str>, u64, Arc<Meter>)> {
        let records = self.records();
        let mut meters: Vec<_> = records
            .meters
            .iter()
            .flat_map(|(key, releases)| {
                let releases = releases.iter();
                releases.map(|(release, meter)| (Arc::clone(key), *release, Arc::clone(meter)))
            })
            .collect();
        meters.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        meters
    }

    /// Closes all raw ports, and the upgraded connections of all upstreams.
    pub(in crate::ingress) fn close(&self) {
        let mut records = self.records();
        records.ports.close_all();
        for upstream in records.upstreams.values() {
            upstream.close_upgraded();
        }
    }

    fn replace(
        &self,
        records: &mut Records,
        entries: BTreeMap<Arc<str>, Arc<Entry>>,
        old: Option<Arc<Entry>>,
    ) {
        self.current.store(Arc::new(Snapshot::new(entries)));
        self.generation.fetch_add(1, Ordering::SeqCst);
        if let Some(old) = old {
            old.replaced.cancel();
        }
        records.forget();
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    fn fleet(&mut self, key: &Arc<str>, backend: &Backend) -> Result<Fleet, Conflict> {
        let mut upstreams = Vec::with_capacity(backend.upstreams.len());
        for text in &backend.upstreams {
            let address = text.parse().map_err(|_| Conflict::Upstream {
                upstream: text.clone(),
            })?;
            let upstream = self.upstreams.entry(address);
            upstreams.push(Arc::clone(
                upstream.or_insert_with(|| Arc::new(Upstream::new(address))),
            ));
        }
        let meter = self.meter(key, backend.release);
        Ok(Fleet::new(key, backend.release, meter, upstreams))
    }

    fn meter(&mut self, key: &Arc<str>, release: u64) -> Arc<Meter> {
        let meters = self.meters.entry(Arc::clone(key)).or_default();
        Arc::clone(meters.entry(release).or_default())
    }

    /// Drops upstreams and counts that nothing refers to any more.
    fn forget(&mut self) {
        self.upstreams
            .retain(|_, upstream| Arc::strong_count(upstream) > 1);
        for meters in self.meters.values_mut() {
            let mut excess = meters.len().saturating_sub(RELEASES_COUNTED);
            meters.retain(|_, meter| {
                let drop = excess > 0 && Arc::strong_count(meter) == 1;
                excess -= usize::from(drop);
                !drop
            });
        }
    }
}
