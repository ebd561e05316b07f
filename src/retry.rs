//! Trying again what failed for a passing reason: jittered, bounded in tries and in time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often and how long an operation is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Tries in all, the first included; at least one is made.
    pub tries: u32,
    /// The wait after the first failure; each further one is twice as long, before jitter.
    pub first_delay: Duration,
    /// No wait of our own choosing is longer.
    pub longest_delay: Duration,
    /// No try starts later than this after the first.
    pub total: Duration,
}

impl Policy {
    /// One try.
    pub const ONCE: Self = Self {
        tries: 1,
        first_delay: Duration::ZERO,
        longest_delay: Duration::ZERO,
        total: Duration::ZERO,
    };
}

impl Default for Policy {
    /// Five tries within 20 seconds.
    fn default() -> Self {
        Self {
            tries: 5,
            first_delay: Duration::from_millis(250),
            longest_delay: Duration::from_secs(5),
            total: Duration::from_secs(20),
        }
    }
}

/// What a failure says about the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would fail again.
    Stop,
    /// It may pass.
    Again,
    /// It may pass, but not before this time is over (`Retry-After`).
    AgainAfter(Duration),
}

/// A try that failed and is followed by another.
#[derive(Debug)]
pub struct Attempt<'a, E> {
    /// The failed try, from 1.
    pub number: u32,
    /// Tries in all.
    pub of: u32,
    /// The wait before the next one.
    pub delay: Duration,
    /// Why it failed.
    pub error: &'a E,
}

/// Runs `operation` until it succeeds, `judge` stops it, or the policy is used up; then the last
/// failure is returned. A wait that was asked for is never shortened: where it does not fit into
/// the policy's total, the failure is returned at once. `on_retry` is told before each wait.
pub async fn retry<T, E, Fut>(
    policy: &Policy,
    judge: impl Fn(&E) -> Verdict,
    on_retry: impl Fn(&Attempt<'_, E>),
    mut operation: impl FnMut() -> Fut,
) -> Result<T, E>
where
    Fut: Future<Output = Result<T, E>>,
{
    let start = Instant::now();
    let mut number = 1;
    loop {
        let error = match operation().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let delay = match judge(&error) {
            Verdict::Stop => return Err(error),
            Verdict::Again => jittered(backoff(policy, number)),
            Verdict::AgainAfter(asked) => asked.max(jittered(backoff(policy, number))),
        };
        if number >= policy.tries || start.elapsed().saturating_add(delay) > policy.total {
            return Err(error);
        }
        on_retry(&Attempt {
            number,
            of: policy.tries,
            delay,
            error: &error,
        });
        sleep(delay).await;
        number += 1;
    }
}

fn backoff(policy: &Policy, number: u32) -> Duration {
    let factor = 2_u32.saturating_pow(number - 1);
    policy
        .first_delay
        .saturating_mul(factor)
        .min(policy.longest_delay)
}

/// Between half of `delay` and all of it, so that clients that failed together come back apart.
fn jittered(delay: Duration) -> Duration {
    delay.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Fails every time with `verdict`; returns the tries made and the waits between them.
    async fn failing(policy: Policy, verdict: Verdict) -> (u32, Vec<Duration>) {
        let tries = Cell::new(0);
        let delays = RefCell::new(Vec::new());
        let result: Result<(), &str> = retry(
            &policy,
            |_| verdict,
            |attempt| {
                assert_eq!(attempt.number, tries.get());
                delays.borrow_mut().push(attempt.delay);
            },
            || {
                tries.set(tries.get() + 1);
                std::future::ready(Err("down"))
            },
        )
        .await;
        assert_eq!(result, Err("down"));
        (tries.get(), delays.into_inner())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_grow_and_stay_within_the_policy() {
        let start = Instant::now();
        let (tries, delays) = failing(Policy::default(), Verdict::Again).await;
        assert_eq!(tries, 5);
        for (delay, full) in delays.iter().zip([250, 500, 1000, 2000]) {
            let full = Duration::from_millis(full);
            assert!(
                *delay >= full / 2 && *delay <= full,
                "{delay:?} of {full:?}"
            );
        }
        let waited: Duration = delays.iter().sum();
        assert!(start.elapsed() >= waited, "it sleeps between tries");
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_starts_after_the_total() {
        let policy = Policy {
            tries: 100,
            ..Policy::default()
        };
        let start = Instant::now();
        let (tries, _) = failing(policy, Verdict::Again).await;
        assert!(tries > 4 && tries < 20, "{tries}");
        assert!(start.elapsed() <= policy.total);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_as_long_as_asked_or_not_at_all() {
        let asked = Duration::from_secs(6);
        let (tries, delays) = failing(Policy::default(), Verdict::AgainAfter(asked)).await;
        assert_eq!((tries, delays), (4, vec![asked; 3]));

        let start = Instant::now();
        let asked = Duration::from_mins(1);
        let (tries, _) = failing(Policy::default(), Verdict::AgainAfter(asked)).await;
        assert_eq!((tries, start.elapsed()), (1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn final_failures_end_it_at_once() {
        assert_eq!(failing(Policy::default(), Verdict::Stop).await.0, 1);
        assert_eq!(failing(Policy::ONCE, Verdict::Again).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_passing_fault_is_survived() {
        let left = Cell::new(2_u32);
        let result = retry(
            &Policy::default(),
            |()| Verdict::Again,
            |_| (),
            || {
                let failures = left.get();
                left.set(failures.saturating_sub(1));
                std::future::ready(if failures == 0 { Ok("up") } else { Err(()) })
            },
        )
        .await;
        assert_eq!(result, Ok("up"));
    }
}
