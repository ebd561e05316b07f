use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// After the first failure. With [`GROWTH`], no host fails more than five times in its first hour:
/// Let's Encrypt allows that many failed proofs.
const FIRST_WAIT: Duration = Duration::from_mins(1);
const GROWTH: u32 = 3;
/// A host whose name was pointed here meanwhile is served within this time.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// When which host is next.
#[derive(Default)]
pub(super) struct Schedule {
    hosts: HashMap<String, Failures>,
    /// Of the server itself: no host is tried before it is.
    server: Option<Failures>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    next: Instant,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Order for this host.
    Now(String),
    /// Nothing before this time is over.
    After(Duration),
    /// No host needs a certificate.
    Never,
}

impl Schedule {
    /// `due` says in what time a host needs its next certificate.
    pub(super) fn next(
        &self,
        hosts: &BTreeSet<String>,
        due: impl Fn(&str) -> Duration,
        now: Instant,
    ) -> Next {
        let waits = hosts.iter().map(|host| {
            let failures = self.hosts.get(host).into_iter().chain(&self.server);
            let wait = failures.map(|failures| failures.next.saturating_duration_since(now));
            (wait.fold(due(host), Duration::max), host)
        });
        match waits.min() {
            Some((Duration::ZERO, host)) => Next::Now(host.clone()),
            Some((wait, _)) => Next::After(wait),
            None => Next::Never,
        }
    }

    /// The host has its certificate.
    pub(super) fn succeeded(&mut self, host: &str) {
        self.server = None;
        self.hosts.remove(host);
    }

    /// How long the host is left alone now. The server is well: it was the one that said no.
    pub(super) fn failed(&mut self, host: &str, patience: bool, now: Instant) -> Duration {
        self.server = None;
        let before = self.hosts.get(host).copied();
        let (failures, wait) = Failures::after(before, patience, now);
        self.hosts.insert(host.to_owned(), failures);
        wait
    }

    /// How long the server is left alone now.
    pub(super) fn server_failed(&mut self, now: Instant) -> Duration {
        let (failures, wait) = Failures::after(self.server, false, now);
        self.server = Some(failures);
        wait
    }
}

impl Failures {
    fn after(before: Option<Self>, patience: bool, now: Instant) -> (Self, Duration) {
        let count = before.map_or(0, |before| before.count);
        let wait = if patience {
            LONGEST_WAIT
        } else {
            FIRST_WAIT
                .saturating_mul(GROWTH.saturating_pow(count))
                .min(LONGEST_WAIT)
        };
        // Ingresses that failed together don't come back together.
        let wait = wait.mul_f64(1.0 + fastrand::f64() / 4.0);
        let failures = Self {
            count: count.saturating_add(1),
            next: now + wait,
        };
        (failures, wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn hosts(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_host_that_fails_keeps_no_other_waiting() {
        let mut schedule = Schedule::default();
        let (both, now) = (hosts(&["a", "b"]), Instant::now());
        let missing = |_: &str| Duration::ZERO;
        assert_eq!(
            schedule.next(&both, missing, now),
            Next::Now("a".to_owned())
        );
        let wait = schedule.failed("a", false, now);
        assert!((MINUTE..MINUTE * 5 / 4).contains(&wait), "{wait:?}");
        assert_eq!(
            schedule.next(&both, missing, now),
            Next::Now("b".to_owned())
        );
        schedule.succeeded("b");
        let due = |host: &str| {
            if host == "b" {
                MINUTE * 90
            } else {
                Duration::ZERO
            }
        };
        assert_eq!(schedule.next(&both, due, now), Next::After(wait));
        assert_eq!(
            schedule.next(&both, due, now + wait),
            Next::Now("a".to_owned())
        );
        schedule.succeeded("a");
        assert_eq!(
            schedule.next(&hosts(&["b"]), due, now),
            Next::After(MINUTE * 90)
        );
        assert_eq!(schedule.next(&hosts(&[]), due, now), Next::Never);
    }

    #[test]
    fn tries_become_rare_and_go_on() {
        let mut schedule = Schedule::default();
        let begun = Instant::now();
        let mut now = begun;
        let mut tries = 0;
        while now < begun + MINUTE * 60 {
            now += schedule.failed("a", false, now);
            tries += 1;
        }
        assert!((4..=5).contains(&tries), "{tries}");
        for _ in 0..100 {
            let wait = schedule.failed("a", false, now);
            assert!((MINUTE * 60..=MINUTE * 75).contains(&wait), "{wait:?}");
        }
        assert!(schedule.failed("new", true, now) >= MINUTE * 60);
    }

    #[test]
    fn a_server_that_fails_is_asked_for_no_host() {
        let mut schedule = Schedule::default();
        let (both, now) = (hosts(&["a", "b"]), Instant::now());
        let wait = schedule.server_failed(now);
        let missing = |_: &str| Duration::ZERO;
        assert_eq!(schedule.next(&both, missing, now), Next::After(wait));
        assert!(schedule.server_failed(now) >= MINUTE * 3);
        schedule.succeeded("b");
        assert_eq!(
            schedule.next(&both, missing, now),
            Next::Now("a".to_owned())
        );
    }
}
