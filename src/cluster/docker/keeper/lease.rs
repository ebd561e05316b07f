use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::wire::{Connection, Question, Wire, parsed};
use crate::ingress::protocol::{self, Fence, Holder};
use crate::{Error, Kind, Result};

/// A third of what a lease lasts.
const RENEWAL: Duration = Duration::from_secs(5);
/// A lease lasts far longer, so that it need not be asked about between two quick steps.
const FRESH: Duration = Duration::from_secs(1);
/// An answer that takes longer comes too late to be of use.
const RENEWAL_TIME: Duration = Duration::from_secs(8);

/// A lease on a connection of its own, renewed until this is dropped, which ends both.
pub struct KeeperLease {
    fence: Fence,
    held: Arc<Mutex<Held>>,
    _renewal: AbortOnDropHandle<()>,
}

struct Held {
    connection: Connection,
    renewed: Instant,
}

impl KeeperLease {
    pub(super) async fn take(wire: &Wire, key: &str, holder: &Holder) -> Result<Self> {
        let mut connection = wire.connect().await?;
        let asked = Instant::now();
        let take = Question::new(Method::POST, path(key)).json(holder);
        let lease: protocol::Lease = parsed(&connection.ask(take).await?)?;
        let held = Arc::new(Mutex::new(Held {
            connection,
            renewed: asked,
        }));
        let renewed = Arc::clone(&held);
        let renewal = tokio::spawn({
            let key = key.to_owned();
            // What was lost does not come back: `check` and the fence tell.
            async move {
                loop {
                    sleep(RENEWAL).await;
                    if renew(&renewed, &key).await.is_err() {
                        return;
                    }
                }
            }
        });
        Ok(Self {
            fence: Fence {
                key: key.to_owned(),
                fence: lease.fence,
            },
            held,
            _renewal: AbortOnDropHandle::new(renewal),
        })
    }

    /// What changes carry, to be refused once the lease is lost.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }
}

impl KeeperLease {
    /// `Kind::Busy` when it is lost. One that was renewed just now, on a connection that is open, is
    /// held.
    pub async fn check(&self) -> Result<()> {
        {
            let held = self.held.lock().await;
            if held.renewed.elapsed() < FRESH && !held.connection.is_closed() {
                return Ok(());
            }
        }
        self.renew().await
    }

    /// `Kind::Busy` when it is lost.
    pub async fn renew(&self) -> Result<()> {
        renew(&self.held, &self.fence.key)
            .await
            .map_err(|error| match error.kind() {
                Kind::Busy => error,
                // The lease ended with its connection.
                _ => Error::new(Kind::Busy, "the lease was lost with the ingress")
                    .caused_by(error)
                    .hint("try again; what was changed so far is seen by the next command"),
            })
    }

    /// Ends it before its connection does.
    pub async fn give_back(&self) -> Result<()> {
        let release = Question::new(Method::DELETE, path(&self.fence.key));
        let mut held = self.held.lock().await;
        held.connection.ask(release).await.map(drop)
    }
}

async fn renew(held: &Mutex<Held>, key: &str) -> Result<()> {
    let renew = Question::new(Method::PUT, path(key)).within(RENEWAL_TIME);
    let mut held = held.lock().await;
    let asked = Instant::now();
    held.connection.ask(renew).await?;
    held.renewed = asked;
    Ok(())
}

fn path(key: &str) -> String {
    format!("/v1/leases/{key}")
}
