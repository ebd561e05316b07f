//! Leases of targets: the ingress keeps them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::keeper::KeeperLease;
use super::{DockerHost, hook, leftovers};
use crate::Result;
use crate::cluster::{Lease, Work};
use crate::ingress::protocol::{Fence, Holder};
use crate::release::Target;

#[async_trait]
impl Lease for KeeperLease {
    async fn check(&self) -> Result<()> {
        KeeperLease::check(self).await
    }

    fn fence(&self) -> Option<u64> {
        Some(self.fence().fence)
    }

    async fn release(self: Box<Self>) -> Result<()> {
        self.give_back().await
    }
}

/// Who asks, and for what.
pub(super) fn holder(who: &str, what: &str) -> Holder {
    Holder {
        who: who.to_owned(),
        what: what.to_owned(),
        since: Timestamp::now().as_second(),
    }
}

/// What the changes of some work carry.
pub(super) fn fence(work: &Work<'_>) -> Option<Fence> {
    let fence = work.lease.fence()?;
    Some(Fence {
        key: work.target.key(),
        fence,
    })
}

impl DockerHost {
    /// Makes the ingress and the network first where they are missing.
    pub(super) async fn take_lease(&self, target: &Target, what: &str) -> Result<Box<dyn Lease>> {
        let keeper = self.steering_or_made().await?;
        let holder = holder(&self.settings.holder, what);
        let lease = keeper.lease(&target.key(), &holder).await?;
        tokio::try_join!(
            self.addresses(),
            self.remove_leftovers(target, &[hook::ROLE, leftovers::RUN]),
            self.finish_stops(target)
        )?;
        Ok(Box::new(lease))
    }
}
