use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long one that took no connection is only asked when no other is left. Where a container was
/// removed, nobody refuses a connection: each one waits for seconds.
const AVOIDED: Duration = Duration::from_secs(10);

/// Times are counted from here.
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// An instance's address and what runs there. One value per address, whichever routes name it, so
/// that a drain sees the requests of earlier tables too.
#[derive(Debug)]
pub(in crate::ingress) struct Upstream {
    pub(in crate::ingress) address: SocketAddr,
    in_flight: AtomicU64,
    /// Milliseconds since [`BEGUN`]; 0: not.
    avoided_until: AtomicU64,
    idle: Notify,
    upgraded: Mutex<Upgraded>,
}

#[derive(Debug, Default)]
struct Upgraded {
    next: u64,
    connections: HashMap<u64, CancellationToken>,
}

impl Upstream {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            in_flight: AtomicU64::new(0),
            avoided_until: AtomicU64::new(0),
            idle: Notify::new(),
            upgraded: Mutex::default(),
        }
    }

    pub(in crate::ingress) fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// It took no connection just now.
    pub(in crate::ingress) fn avoid(&self) {
        let until = milliseconds(BEGUN.elapsed() + AVOIDED);
        self.avoided_until.store(until, Ordering::Relaxed);
    }

    /// Whether others are to be asked before it.
    pub(super) fn is_avoided(&self) -> bool {
        let until = self.avoided_until.load(Ordering::Relaxed);
        until > 0 && milliseconds(BEGUN.elapsed()) < until
    }

    /// Counts a request until the guard is dropped.
    pub(in crate::ingress) fn enter(self: &Arc<Self>) -> Visit {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        Visit(Arc::clone(self))
    }

    /// Registers an upgraded connection, closed by cancelling `close`, until the guard is dropped.
    pub(in crate::ingress) fn upgrade(self: &Arc<Self>, close: CancellationToken) -> Tunnel {
        let mut upgraded = self.lock();
        let id = upgraded.next;
        upgraded.next += 1;
        upgraded.connections.insert(id, close);
        Tunnel {
            upstream: Arc::clone(self),
            id,
        }
    }

    /// Waits until no request runs.
    pub(super) async fn idle(&self) {
        loop {
            let mut idle = std::pin::pin!(self.idle.notified());
            idle.as_mut().enable();
            if self.in_flight() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Closes all upgraded connections; how many they were.
    pub(super) fn close_upgraded(&self) -> u64 {
        let connections = std::mem::take(&mut self.lock().connections);
        for close in connections.values() {
            close.cancel();
        }
        connections.len() as u64
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Upgraded> {
        self.upgraded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A request that runs at an upstream.
#[derive(Debug)]
pub(in crate::ingress) struct Visit(Arc<Upstream>);

impl Visit {
    pub(in crate::ingress) fn upstream(&self) -> &Arc<Upstream> {
        &self.0
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

/// An upgraded connection to an upstream.
#[derive(Debug)]
pub(in crate::ingress) struct Tunnel {
    upstream: Arc<Upstream>,
    id: u64,
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.upstream.lock().connections.remove(&self.id);
    }
}
