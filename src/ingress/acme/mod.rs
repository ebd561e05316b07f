//! Certificates for the hosts of routes with `https`, ordered from an authority that speaks ACME
//! (RFC 8555) and proven over HTTP. One certificate per host, so that a host which can't be proven
//! takes no other with it; one order at a time.

mod account;
mod failure;
mod failures;
mod options;
mod order;
mod schedule;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use instant_acme::Account;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use self::account::Accounts;
use self::failure::Failure;
use self::schedule::{Next, Schedule};
use super::certificates::Certificates;
use super::challenges::Challenges;
use super::server::Handles;
use super::table::Table;
use super::validity::unix_now;
use crate::{Kind, Result};

pub(super) use self::failures::Failures;
pub use self::options::{AcmeOptions, LETS_ENCRYPT};

/// An order takes seconds; one that takes longer than this has failed.
const ORDER_LIMIT: Duration = Duration::from_mins(3);
/// So long at most nothing is looked at: the clock may have been set, or the machine have slept.
const LONGEST_SLEEP: Duration = Duration::from_hours(1);

/// Tells people what went wrong.
pub(super) type Warn = Arc<dyn Fn(&str) + Send + Sync>;

/// Keeps certificates for what the table asks for.
pub(super) struct Acme {
    accounts: Accounts,
    account: Option<Account>,
    directory: String,
    table: Arc<Table>,
    certificates: Arc<Certificates>,
    challenges: Arc<Challenges>,
    schedule: Schedule,
    failures: Arc<Failures>,
    /// Told when routes have changed.
    changed: Arc<Notify>,
    warn: Warn,
}

impl Acme {
    /// Contacts nobody yet. `state` is the ingress's folder.
    pub(super) fn new(
        options: AcmeOptions,
        state: &Path,
        handles: &Handles,
        changed: Arc<Notify>,
        failures: Arc<Failures>,
        warn: Warn,
    ) -> Result<Self> {
        options.check()?;
        let directory = options.directory().to_owned();
        Ok(Self {
            accounts: Accounts::new(options, state.join("acme")),
            account: None,
            directory,
            table: Arc::clone(&handles.table),
            certificates: Arc::clone(&handles.certificates),
            challenges: Arc::clone(&handles.challenges),
            schedule: Schedule::default(),
            failures,
            changed,
            warn,
        })
    }

    /// Orders what is missing or old, forever.
    pub(super) async fn run(mut self) {
        loop {
            let hosts = self.hosts();
            let next = self
                .schedule
                .next(&hosts, |host| self.due(host), Instant::now());
            match next {
                Next::Now(host) => self.order(host).await,
                Next::After(wait) => tokio::select! {
                    () = sleep(wait.min(LONGEST_SLEEP)) => {}
                    () = self.changed.notified() => {}
                },
                Next::Never => self.changed.notified().await,
            }
        }
    }

    fn hosts(&self) -> BTreeSet<String> {
        let routes = self.table.routes().into_values();
        let encrypted = routes.filter(|route| route.https);
        encrypted.flat_map(|route| route.hosts).collect()
    }

    /// In what time a host needs another certificate. One of another authority's counts as none: it
    /// may have been ordered for a try.
    fn due(&self, host: &str) -> Duration {
        let Some(certificate) = self.certificates.of(host) else {
            return Duration::ZERO;
        };
        let origin = certificate.origin.as_ref();
        if origin.is_some_and(|origin| *origin != self.directory) {
            return Duration::ZERO;
        }
        let seconds = certificate.validity.renewal() - unix_now();
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    async fn order(&mut self, host: String) {
        let result = match timeout(ORDER_LIMIT, self.certify(&host)).await {
            Ok(Ok(())) if self.due(&host).is_zero() => Err(Failure::Clock),
            Ok(result) => result,
            Err(_) => Err(Failure::Slow),
        };
        let Err(failure) = result else {
            self.failures.forget(&host);
            return self.schedule.succeeded(&host);
        };
        if failure.lost_account() {
            self.account = None;
            self.accounts.forget().await;
        }
        let now = Instant::now();
        let wait = if failure.is_servers() {
            self.schedule.server_failed(now)
        } else {
            self.schedule
                .failed(&host, failure.asks_for_patience(), now)
        };
        self.failures.note(&host, failure.to_string(), wait);
        let (directory, seconds) = (&self.directory, wait.as_secs());
        (self.warn)(&format!(
            "no certificate for {host} from {directory}: {failure}; next try in {seconds} s"
        ));
    }

    async fn certify(&mut self, host: &str) -> Result<(), Failure> {
        let account = if let Some(account) = &self.account {
            account
        } else {
            let opened = self.accounts.open().await.map_err(Failure::of_account)?;
            self.account.insert(opened)
        };
        let chain = order::order(account, host, &self.challenges).await?;
        let pem = chain.file(&self.directory);
        let (certificates, host) = (Arc::clone(&self.certificates), host.to_owned());
        let put = tokio::task::spawn_blocking(move || certificates.put(&host, &pem));
        put.await
            .map_err(|error| Failure::Kept(error.to_string()))?
            .map_err(|error| match error.kind() {
                Kind::Usage => Failure::Unusable(error.to_string()),
                _ => Failure::Kept(error.to_string()),
            })
    }
}
