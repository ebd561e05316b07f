use serde::{Deserialize, Serialize};

/// What the ingress measured of one release since it was first routed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Requests that were answered, by whatever status.
    pub requests: u64,
    /// Of these, 5xx from the instance.
    pub errors: u64,
    /// Requests that the ingress could not pass on or that were cut: 502, 503, 504 of its own.
    pub lost: u64,
    /// Requests that run.
    pub in_flight: u64,
    /// Time to the last byte of the answer.
    pub latency: Histogram,
    /// Milliseconds since the last answer began; `None`: none yet.
    pub last_answer_ms: Option<u64>,
    /// Longest time between two answers while at least one request waited, since the last mark, in
    /// milliseconds.
    pub longest_gap_ms: u64,
}

/// Counts by latency. Bucket `i` holds latencies below `2^(i/4)` times 50 µs, the last one all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// One count per bucket; empty when nothing was counted.
    pub buckets: Vec<u64>,
}

impl Histogram {
    /// As many as reach beyond two minutes.
    pub const BUCKETS: usize = 88;

    /// The upper edge of a bucket, in milliseconds.
    pub fn upper_edge_ms(bucket: usize) -> f64 {
        let bucket = u32::try_from(bucket).unwrap_or(u32::MAX);
        0.05 * 2_f64.powf(f64::from(bucket) / 4.0)
    }

    /// The latency in milliseconds that the share `q` (0 to 1) of all requests stayed below; `None`
    /// when nothing was counted.
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        let total: u64 = self.buckets.iter().sum();
        if total == 0 {
            return None;
        }
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            if seen as f64 >= q * total as f64 {
                return Some(Self::upper_edge_ms(bucket));
            }
        }
        None
    }

    /// Counts what `other` counted as well.
    pub fn add(&mut self, other: &Self) {
        let longest = self.buckets.len().max(other.buckets.len());
        self.buckets.resize(longest, 0);
        for (bucket, count) in self.buckets.iter_mut().zip(&other.buckets) {
            *bucket += count;
        }
    }

    /// What was counted since `earlier`, a state of the same histogram.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = |bucket: usize| earlier.buckets.get(bucket).copied().unwrap_or(0);
        let buckets = self.buckets.iter().enumerate();
        Self {
            buckets: buckets
                .map(|(bucket, count)| count.saturating_sub(before(bucket)))
                .collect(),
        }
    }
}
