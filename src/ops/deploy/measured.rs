//! What a deployment did to requests, as the ingress measured it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cluster::Traffic;
use crate::ingress::protocol::Histogram;

/// Requests from the beginning of a deployment to its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
    /// Answered.
    pub requests: u64,
    /// Of these, with 5xx by an instance, or by the ingress because none answered.
    pub failed: u64,
    /// Longest time between two answers while a request waited.
    pub longest_gap_ms: u64,
    /// Of the releases that served before; `null` when nothing was asked.
    pub p99_before_ms: Option<f64>,
    /// Of all requests since.
    pub p99_after_ms: Option<f64>,
}

/// The difference of two readings.
pub(super) fn between(before: &BTreeMap<u64, Traffic>, after: &BTreeMap<u64, Traffic>) -> Measured {
    let none = Traffic::default();
    let mut measured = Measured {
        p99_before_ms: p99(before.values().map(|traffic| traffic.latency.clone())),
        ..Measured::default()
    };
    let mut since = Vec::new();
    for (release, now) in after {
        let then = before.get(release).unwrap_or(&none);
        measured.requests += now.requests.saturating_sub(then.requests);
        measured.failed += now.errors.saturating_sub(then.errors);
        measured.failed += now.lost.saturating_sub(then.lost);
        measured.longest_gap_ms = measured.longest_gap_ms.max(now.longest_gap_ms);
        since.push(now.latency.since(&then.latency));
    }
    measured.p99_after_ms = p99(since.into_iter());
    measured
}

fn p99(histograms: impl Iterator<Item = Histogram>) -> Option<f64> {
    let mut sum = Histogram::default();
    for histogram in histograms {
        sum.add(&histogram);
    }
    sum.quantile_ms(0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(requests: u64, errors: u64, bucket: usize) -> Traffic {
        let mut buckets = vec![0; Histogram::BUCKETS];
        buckets[bucket] = requests;
        Traffic {
            requests,
            errors,
            latency: Histogram { buckets },
            ..Traffic::default()
        }
    }

    #[test]
    fn only_what_came_since_counts() {
        let before = BTreeMap::from([(1, traffic(100, 1, 8))]);
        let after = BTreeMap::from([(1, traffic(110, 1, 8)), (2, traffic(5, 2, 20))]);
        let measured = between(&before, &after);
        assert_eq!((measured.requests, measured.failed), (15, 2));
        assert_eq!(measured.p99_before_ms, Some(Histogram::upper_edge_ms(8)));
        assert_eq!(measured.p99_after_ms, Some(Histogram::upper_edge_ms(20)));
        assert_eq!(between(&before, &before).p99_after_ms, None);
    }
}
