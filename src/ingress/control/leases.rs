use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::name::Key;
use crate::ingress::protocol::{Fence, Holder};

/// Which connection a lease was taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConnectionId(pub(super) u64);

/// Who holds what. Time is the monotonic clock's.
#[derive(Debug, Default)]
pub(super) struct Leases {
    held: HashMap<Key, Held>,
    /// A lease that is granted after its connection has ended would outlive it.
    open: HashSet<ConnectionId>,
}

#[derive(Debug)]
struct Held {
    holder: Holder,
    fence: u64,
    connection: ConnectionId,
    expires: Instant,
}

impl Leases {
    /// How long a lease lasts that is not renewed.
    pub(super) const TTL: Duration = Duration::from_secs(15);

    /// Who holds a lease now.
    pub(super) fn holder(&self, key: &Key) -> Option<&Holder> {
        self.held(key).map(|held| &held.holder)
    }

    /// Somebody who holds a lease now.
    pub(super) fn any(&self) -> Option<&Holder> {
        let held = self.held.values();
        let mut held = held.filter(|held| held.expires > Instant::now());
        held.next().map(|held| &held.holder)
    }

    /// A connection that leases may be taken on.
    pub(super) fn connected(&mut self, connection: ConnectionId) {
        self.open.insert(connection);
    }

    /// Only for a key that nobody holds. Does nothing when the connection has ended.
    pub(super) fn take(&mut self, key: Key, holder: Holder, fence: u64, connection: ConnectionId) {
        if !self.open.contains(&connection) {
            return;
        }
        let held = Held {
            holder,
            fence,
            connection,
            expires: Instant::now() + Self::TTL,
        };
        self.held.insert(key, held);
    }

    /// Whether the connection holds it; if so, it does for [`Leases::TTL`] from now.
    pub(super) fn renew(&mut self, key: &Key, connection: ConnectionId) -> bool {
        let now = Instant::now();
        let held = self.held.get_mut(key);
        let Some(held) = held.filter(|held| held.connection == connection && held.expires > now)
        else {
            return false;
        };
        held.expires = now + Self::TTL;
        true
    }

    /// Ends it; `false` when it is another connection's.
    pub(super) fn release(&mut self, key: &Key, connection: ConnectionId) -> bool {
        match self.held(key) {
            Some(held) if held.connection != connection => false,
            _ => {
                self.held.remove(key);
                true
            }
        }
    }

    /// The connection has ended, and all its leases with it.
    pub(super) fn disconnected(&mut self, connection: ConnectionId) {
        self.open.remove(&connection);
        self.held.retain(|_, held| held.connection != connection);
    }

    /// Whether the lease with this fence is held now.
    pub(super) fn honors(&self, fence: &Fence) -> bool {
        let key = Key::parse(&fence.key);
        let held = key.as_ref().and_then(|key| self.held(key));
        held.is_some_and(|held| held.fence == fence.fence)
    }

    fn held(&self, key: &Key) -> Option<&Held> {
        self.held
            .get(key)
            .filter(|held| held.expires > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const MINE: ConnectionId = ConnectionId(1);
    const OTHERS: ConnectionId = ConnectionId(2);

    fn key() -> Key {
        Key::parse("shop.production").unwrap()
    }

    fn taken() -> Leases {
        let mut leases = Leases::default();
        leases.connected(MINE);
        let holder = Holder {
            who: "ada@laptop".to_owned(),
            what: "deploy".to_owned(),
            since: 0,
        };
        leases.take(key(), holder, 7, MINE);
        leases
    }

    fn fence(fence: u64) -> Fence {
        Fence {
            key: "shop.production".to_owned(),
            fence,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_lasts_15_seconds_from_its_last_renewal() {
        let mut leases = taken();
        advance(Duration::from_millis(14_999)).await;
        assert!(leases.renew(&key(), MINE));
        advance(Duration::from_millis(14_999)).await;
        assert!(leases.honors(&fence(7)));
        advance(Duration::from_millis(1)).await;
        assert!(leases.holder(&key()).is_none());
        assert!(!leases.honors(&fence(7)));
        assert!(!leases.renew(&key(), MINE), "what ended does not come back");
    }

    #[tokio::test(start_paused = true)]
    async fn only_its_connection_may_touch_it() {
        let mut leases = taken();
        assert!(!leases.renew(&key(), OTHERS));
        assert!(!leases.release(&key(), OTHERS));
        leases.disconnected(OTHERS);
        assert!(leases.honors(&fence(7)));
        assert!(!leases.honors(&fence(6)));
        leases.disconnected(MINE);
        assert!(leases.holder(&key()).is_none());
        assert!(leases.release(&key(), MINE), "twice is no error");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_is_not_granted_to_a_connection_that_has_ended() {
        let mut leases = taken();
        leases.disconnected(MINE);
        let holder = Holder {
            who: "ada@laptop".to_owned(),
            what: "deploy".to_owned(),
            since: 0,
        };
        leases.take(key(), holder, 8, MINE);
        assert!(leases.holder(&key()).is_none());
    }
}
