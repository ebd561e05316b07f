//! Where a request goes, or why nowhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use super::pages::Page;
use super::request::Wish;
use crate::ingress::protocol::Route;
use crate::ingress::table::{Entry, Fleet, Meter, Snapshot, Table, Upstream, Visit};

/// Requests that wait for a held route; more are refused, so that they cannot use up the memory.
const MOST_PARKED: usize = 4096;

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) visit: Visit,
    pub(super) entry: Arc<Entry>,
    pub(super) release: u64,
    pub(super) group: u64,
    pub(super) meter: Arc<Meter>,
}

/// Why a request goes nowhere.
#[derive(Debug)]
pub(super) enum Refusal {
    UnknownHost,
    Maintenance(Arc<Entry>),
    /// Until the entry is replaced.
    Held(Arc<Entry>),
    NoRelease(Arc<Entry>),
    /// It was held for too long, or too many are.
    NotReleased(Arc<Entry>),
    /// No instance took it.
    AllTried(Arc<Entry>),
}

impl Refusal {
    /// What the client is told.
    pub(super) fn page(&self) -> Page {
        match self {
            Self::UnknownHost => Page::new(404),
            Self::Maintenance(entry) => {
                let text = entry
                    .route
                    .maintenance
                    .as_ref()
                    .map(|page| page.message.as_str());
                Page::maintenance(text.unwrap_or_default())
            }
            Self::Held(_) | Self::NoRelease(_) | Self::NotReleased(_) => Page::new(503),
            Self::AllTried(_) => Page::new(502),
        }
    }

    /// Counts the request as lost where it is the ingress's doing.
    pub(super) fn count(&self) {
        let entry = match self {
            Self::UnknownHost | Self::Maintenance(_) => return,
            Self::Held(entry)
            | Self::NoRelease(entry)
            | Self::NotReleased(entry)
            | Self::AllTried(entry) => entry,
        };
        let live = entry.live.as_ref().map(|fleet| &fleet.meter);
        live.unwrap_or(&entry.nobody).lose();
    }

    pub(super) fn entry(&self) -> Option<&Arc<Entry>> {
        match self {
            Self::UnknownHost => None,
            Self::Maintenance(entry)
            | Self::Held(entry)
            | Self::NoRelease(entry)
            | Self::NotReleased(entry)
            | Self::AllTried(entry) => Some(entry),
        }
    }
}

/// Lets requests in.
#[derive(Debug)]
pub(super) struct Gate {
    table: Arc<Table>,
    parked: AtomicUsize,
}

impl Gate {
    pub(super) fn new(table: Arc<Table>) -> Self {
        Self {
            table,
            parked: AtomicUsize::new(0),
        }
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Finds an instance for a request to `host` (in lower case, without port) that is none of
    /// `tried`; waits while the route is held.
    pub(super) async fn admit(
        &self,
        host: &str,
        wish: Wish,
        tried: &[Arc<Upstream>],
    ) -> Result<Admitted, Refusal> {
        match self.try_admit(host, wish, tried) {
            Err(Refusal::Held(entry)) => self.park(entry, host, wish, tried).await,
            decided => decided,
        }
    }

    async fn park(
        &self,
        mut held: Arc<Entry>,
        host: &str,
        wish: Wish,
        tried: &[Arc<Upstream>],
    ) -> Result<Admitted, Refusal> {
        let deadline = Instant::now() + Route::HOLD_LIMIT;
        let Some(_place) = Place::take(&self.parked) else {
            return Err(Refusal::NotReleased(held));
        };
        loop {
            if tokio::time::timeout_at(deadline, held.replaced.cancelled())
                .await
                .is_err()
            {
                return Err(Refusal::NotReleased(held));
            }
            match self.try_admit(host, wish, tried) {
                Err(Refusal::Held(entry)) => held = entry,
                decided => return decided,
            }
        }
    }

    fn try_admit(
        &self,
        host: &str,
        wish: Wish,
        tried: &[Arc<Upstream>],
    ) -> Result<Admitted, Refusal> {
        let (visit, (entry, release, group, meter)) = self.table.enter(|snapshot| {
            let (entry, fleet, upstream) = choose(snapshot, host, wish, tried)?;
            let meter = Arc::clone(&fleet.meter);
            Ok((
                Arc::clone(upstream),
                (Arc::clone(entry), fleet.release, fleet.group, meter),
            ))
        })?;
        Ok(Admitted {
            visit,
            entry,
            release,
            group,
            meter,
        })
    }
}

fn choose<'a>(
    snapshot: &'a Snapshot,
    host: &str,
    wish: Wish,
    tried: &[Arc<Upstream>],
) -> Result<(&'a Arc<Entry>, &'a Fleet, &'a Arc<Upstream>), Refusal> {
    let entry = snapshot.host(host).ok_or(Refusal::UnknownHost)?;
    if entry.route.maintenance.is_some() {
        return Err(Refusal::Maintenance(Arc::clone(entry)));
    }
    if entry.route.hold {
        return Err(Refusal::Held(Arc::clone(entry)));
    }
    let canary = entry.canary.as_ref().filter(|_| {
        let share = entry
            .route
            .canary
            .as_ref()
            .map_or(0.0, |canary| canary.share);
        match wish {
            Wish::Canary => true,
            Wish::Stable => false,
            Wish::None => fastrand::f64() < share,
        }
    });
    // One that was drawn for the canary, which then refuses, is not lost for that.
    let live = entry
        .live
        .as_ref()
        .filter(|_| canary.is_none() || wish != Wish::Canary);
    let mut fleets = canary.into_iter().chain(live);
    if let Some((fleet, upstream)) = fleets.find_map(|fleet| Some((fleet, fleet.pick(tried)?))) {
        return Ok((entry, fleet, upstream));
    }
    Err(if tried.is_empty() {
        Refusal::NoRelease(Arc::clone(entry))
    } else {
        Refusal::AllTried(Arc::clone(entry))
    })
}

/// A parked request's place.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(parked: &'a AtomicUsize) -> Option<Self> {
        let place = Self(parked);
        let before = parked.fetch_add(1, Ordering::Relaxed);
        (before < MOST_PARKED).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
