use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::ingress::protocol::{Histogram, Traffic};

/// Counts of one release. Written by every request, so nothing here locks.
#[derive(Debug)]
pub(in crate::ingress) struct Meter {
    requests: AtomicU64,
    errors: AtomicU64,
    lost: AtomicU64,
    in_flight: AtomicU64,
    latency: [AtomicU64; Histogram::BUCKETS],
    /// All latencies together, for the metrics' `_sum`.
    latency_micros: AtomicU64,
    /// Requests without an answer yet.
    waiting: AtomicU64,
    /// Since when no answer came while somebody waited: microseconds on [`clock`].
    quiet_since: AtomicU64,
    /// Microseconds on [`clock`]; 0: never.
    last_answer: AtomicU64,
    longest_gap: AtomicU64,
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the program's first request, at least 1.
fn clock(at: Instant) -> u64 {
    micros(at.saturating_duration_since(*START)).max(1)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Default for Meter {
    fn default() -> Self {
        LazyLock::force(&START);
        Self {
            requests: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            latency: std::array::from_fn(|_| AtomicU64::new(0)),
            latency_micros: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            quiet_since: AtomicU64::new(0),
            last_answer: AtomicU64::new(0),
            longest_gap: AtomicU64::new(0),
        }
    }
}

impl Meter {
    /// Counts a request that came at `arrived`, until the guard is dropped.
    pub(in crate::ingress) fn begin(self: &Arc<Self>, arrived: Instant) -> Measured {
        self.in_flight.fetch_add(1, Relaxed);
        if self.waiting.fetch_add(1, Relaxed) == 0 {
            self.quiet_since.store(clock(arrived), Relaxed);
        }
        Measured {
            meter: Arc::clone(self),
            arrived,
            answered: false,
        }
    }

    /// A request that had no upstream to go to.
    pub(in crate::ingress) fn lose(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    /// What was counted; `mark` starts the longest gap anew.
    pub(in crate::ingress) fn traffic(&self, mark: bool) -> Traffic {
        let now = clock(Instant::now());
        let mut gap = if mark {
            self.longest_gap.swap(0, Relaxed)
        } else {
            self.longest_gap.load(Relaxed)
        };
        if self.waiting.load(Relaxed) > 0 {
            gap = gap.max(now.saturating_sub(self.quiet_since.load(Relaxed)));
            if mark {
                self.quiet_since.store(now, Relaxed);
            }
        }
        let mut buckets: Vec<u64> = self
            .latency
            .iter()
            .map(|count| count.load(Relaxed))
            .collect();
        if buckets.iter().all(|count| *count == 0) {
            buckets.clear();
        }
        let last = self.last_answer.load(Relaxed);
        Traffic {
            requests: self.requests.load(Relaxed),
            errors: self.errors.load(Relaxed),
            lost: self.lost.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
            latency: Histogram { buckets },
            last_answer_ms: (last > 0).then(|| now.saturating_sub(last) / 1000),
            longest_gap_ms: gap / 1000,
        }
    }

    /// All latencies together, in seconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds stay below 2^52 for a century"
    )]
    pub(in crate::ingress) fn latency_sum(&self) -> f64 {
        self.latency_micros.load(Relaxed) as f64 / 1e6
    }
}

/// A request that is counted.
#[derive(Debug)]
pub(in crate::ingress) struct Measured {
    meter: Arc<Meter>,
    arrived: Instant,
    answered: bool,
}

impl Measured {
    /// The instance's answer began. Only the first call counts.
    pub(in crate::ingress) fn answer(&mut self, server_error: bool) {
        if std::mem::replace(&mut self.answered, true) {
            return;
        }
        let meter = &self.meter;
        let now = clock(Instant::now());
        let gap = now.saturating_sub(meter.quiet_since.swap(now, Relaxed));
        meter.longest_gap.fetch_max(gap, Relaxed);
        meter.last_answer.store(now, Relaxed);
        meter.waiting.fetch_sub(1, Relaxed);
        meter.requests.fetch_add(1, Relaxed);
        if server_error {
            meter.errors.fetch_add(1, Relaxed);
        }
    }

    /// It failed because of the instance or of the ingress.
    pub(in crate::ingress) fn lose(&self) {
        self.meter.lose();
    }

    /// The answer's last byte was sent.
    pub(in crate::ingress) fn end(&self) {
        let latency = micros(self.arrived.elapsed());
        self.meter.latency_micros.fetch_add(latency, Relaxed);
        self.meter.latency[bucket(latency)].fetch_add(1, Relaxed);
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.meter.in_flight.fetch_sub(1, Relaxed);
        if !self.answered {
            self.meter.waiting.fetch_sub(1, Relaxed);
        }
    }
}

/// The bucket of a latency in microseconds: the first whose upper edge, `2^(i/4) * 50 µs`, is above.
fn bucket(micros: u64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a latency is far below 2^52")]
    let quarters = (micros as f64 / 50.0).log2() * 4.0;
    if quarters < 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, at most 4 * 64"
    )]
    let bucket = quarters as usize + 1;
    bucket.min(Histogram::BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_lies_below_its_edge() {
        for micros in [0, 1, 49, 50, 51, 59, 60, 100, 1_000, 5_000_000, 119_000_000] {
            let bucket = bucket(micros);
            #[expect(clippy::cast_precision_loss)]
            let ms = micros as f64 / 1000.0;
            assert!(
                ms < Histogram::upper_edge_ms(bucket),
                "{micros} in {bucket}"
            );
            assert!(
                bucket == 0 || ms >= Histogram::upper_edge_ms(bucket - 1) - 1e-9,
                "{micros} in {bucket}"
            );
        }
        assert_eq!(bucket(u64::MAX), Histogram::BUCKETS - 1);
    }

    #[test]
    fn a_gap_lasts_only_while_somebody_waits() {
        let meter = Arc::new(Meter::default());
        let mut quick = meter.begin(Instant::now());
        quick.answer(false);
        quick.end();
        drop(quick);
        std::thread::sleep(Duration::from_millis(50));
        assert!(meter.traffic(false).longest_gap_ms < 40, "nobody waited");

        let ago = Instant::now()
            .checked_sub(Duration::from_millis(30))
            .unwrap();
        let mut parked = meter.begin(ago);
        let gap = meter.traffic(false).longest_gap_ms;
        assert!((30..1000).contains(&gap), "it is still open: {gap}");
        parked.answer(true);
        assert!(meter.traffic(true).longest_gap_ms >= 30);
        let traffic = meter.traffic(false);
        assert_eq!(traffic.longest_gap_ms, 0, "marked");
        assert_eq!((traffic.requests, traffic.errors), (2, 1));
        assert_eq!(traffic.in_flight, 1);
        drop(parked);
        assert_eq!(meter.traffic(false).in_flight, 0);
    }
}
