use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ingress::protocol::CertificateFailure;
use crate::ingress::validity::unix_now;

/// Why hosts have no (newer) certificate, for whoever asks.
#[derive(Debug, Default)]
pub(in crate::ingress) struct Failures(Mutex<BTreeMap<String, CertificateFailure>>);

impl Failures {
    /// The last one of a host, unless an order has succeeded since.
    pub(in crate::ingress) fn of(&self, host: &str) -> Option<CertificateFailure> {
        self.hosts().get(host).cloned()
    }

    pub(super) fn note(&self, host: &str, reason: String, wait: Duration) {
        let wait = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        let failure = CertificateFailure {
            reason,
            next_try: unix_now().saturating_add(wait),
        };
        self.hosts().insert(host.to_owned(), failure);
    }

    pub(super) fn forget(&self, host: &str) {
        self.hosts().remove(host);
    }

    fn hosts(&self) -> MutexGuard<'_, BTreeMap<String, CertificateFailure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
