//! Changes of restart policies that nobody has to wait for before requests are answered again: the
//! engine takes longer for one than a thawed instance needs to serve.

use std::sync::Mutex;

use tokio::task::JoinSet;

use crate::Result;

/// Those that are under way.
#[derive(Default)]
pub(super) struct Restarts(Mutex<JoinSet<Result<()>>>);

impl Restarts {
    /// Begins a change.
    pub(super) fn begin(&self, change: impl Future<Output = Result<()>> + Send + 'static) {
        let mut running = self.0.lock().expect("no panic while it is held");
        running.spawn(change);
    }

    /// Waits until all have ended: the first error.
    pub(super) async fn settled(&self) -> Result<()> {
        let running = std::mem::take(&mut *self.0.lock().expect("no panic while it is held"));
        running.join_all().await.into_iter().collect::<Result<()>>()
    }
}
