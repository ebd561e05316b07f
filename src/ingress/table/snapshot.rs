use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use super::meter::Meter;
use super::upstream::Upstream;
use crate::ingress::protocol::Route;

/// All routes at one moment. Never changed; a change makes another one.
#[derive(Debug, Default)]
pub(in crate::ingress) struct Snapshot {
    pub(super) entries: BTreeMap<Arc<str>, Arc<Entry>>,
    hosts: HashMap<String, Arc<Entry>>,
}

impl Snapshot {
    pub(super) fn new(entries: BTreeMap<Arc<str>, Arc<Entry>>) -> Self {
        let hosts = entries
            .values()
            .flat_map(|entry| {
                entry
                    .route
                    .hosts
                    .iter()
                    .map(|host| (host.clone(), Arc::clone(entry)))
            })
            .collect();
        Self { entries, hosts }
    }

    /// The route of a host name in lower case, without port.
    pub(in crate::ingress) fn host(&self, host: &str) -> Option<&Arc<Entry>> {
        self.hosts.get(host)
    }
}

/// A route, with what serves it looked up.
#[derive(Debug)]
pub(in crate::ingress) struct Entry {
    pub(in crate::ingress) key: Arc<str>,
    pub(in crate::ingress) route: Route,
    pub(in crate::ingress) live: Option<Fleet>,
    pub(in crate::ingress) canary: Option<Fleet>,
    /// Counts what is answered without any release.
    pub(in crate::ingress) nobody: Arc<Meter>,
    /// Cancelled when another entry took this one's place.
    pub(in crate::ingress) replaced: CancellationToken,
}

/// The instances of one release.
#[derive(Debug)]
pub(in crate::ingress) struct Fleet {
    pub(in crate::ingress) release: u64,
    pub(in crate::ingress) meter: Arc<Meter>,
    /// Keeps pooled connections apart: an address may be given to another container later.
    pub(in crate::ingress) group: u64,
    upstreams: Vec<Arc<Upstream>>,
    next: AtomicUsize,
}

impl Fleet {
    pub(super) fn new(
        key: &str,
        release: u64,
        meter: Arc<Meter>,
        upstreams: Vec<Arc<Upstream>>,
    ) -> Self {
        let mut hasher = DefaultHasher::new();
        (key, release).hash(&mut hasher);
        Self {
            release,
            meter,
            group: hasher.finish(),
            upstreams,
            next: AtomicUsize::new(0),
        }
    }

    /// The upstream with the fewest requests, in turn among equals, but none of `tried`; those that
    /// took no connection last.
    pub(in crate::ingress) fn pick(&self, tried: &[Arc<Upstream>]) -> Option<&Arc<Upstream>> {
        let count = self.upstreams.len();
        if count <= 1 {
            return self
                .upstreams
                .first()
                .filter(|only| !tried.iter().any(|one| Arc::ptr_eq(one, only)));
        }
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        (0..count)
            .map(|offset| &self.upstreams[first.wrapping_add(offset) % count])
            .filter(|upstream| !tried.iter().any(|one| Arc::ptr_eq(one, upstream)))
            .min_by_key(|upstream| (upstream.is_avoided(), upstream.in_flight()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(count: u16) -> Fleet {
        let upstream = |port: u16| Arc::new(Upstream::new(([127, 0, 0, 1], port).into()));
        Fleet::new("a", 1, Arc::default(), (1..=count).map(upstream).collect())
    }

    fn ports(fleet: &Fleet, picks: usize) -> Vec<u16> {
        let pick = |_| fleet.pick(&[]).unwrap().address.port();
        (0..picks).map(pick).collect()
    }

    #[test]
    fn equals_take_turns_and_the_busy_one_is_spared() {
        let fleet = fleet(3);
        assert_eq!(ports(&fleet, 4), [1, 2, 3, 1]);
        let _visit = fleet.upstreams[1].enter();
        assert!(!ports(&fleet, 6).contains(&2));
    }

    #[test]
    fn what_took_no_connection_is_picked_when_nothing_else_is_left() {
        let fleet = fleet(2);
        fleet.upstreams[0].avoid();
        let _visit = fleet.upstreams[1].enter();
        assert_eq!(ports(&fleet, 3), [2, 2, 2]);
        let tried = [Arc::clone(&fleet.upstreams[1])];
        assert_eq!(fleet.pick(&tried).unwrap().address.port(), 1);
    }

    #[test]
    fn what_was_tried_is_not_picked_again() {
        for count in [1, 2] {
            let fleet = fleet(count);
            let mut tried = Vec::new();
            for _ in 0..count {
                let next = Arc::clone(fleet.pick(&tried).unwrap());
                assert!(!tried.iter().any(|one| Arc::ptr_eq(one, &next)));
                tried.push(next);
            }
            assert!(fleet.pick(&tried).is_none());
        }
    }
}
