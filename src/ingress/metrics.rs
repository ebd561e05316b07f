//! Counts as Prometheus reads them (text format 0.0.4).

use std::fmt::Write;

use super::protocol::{Histogram, Traffic};
use super::table::Table;

/// Every so many buckets of [`Histogram`] is shown: each is 1.4 times the one before.
const STEP: usize = 2;

/// The counts of all routes and releases.
pub fn metrics(table: &Table) -> String {
    let meters: Vec<_> = table
        .meters()
        .into_iter()
        .map(|(key, release, meter)| {
            let labels = format!("target=\"{}\",release=\"{release}\"", escape(&key));
            (labels, meter.traffic(false), meter.latency_sum())
        })
        .collect();
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, value: fn(&Traffic) -> u64| {
        head(&mut text, name, kind, help);
        for (labels, traffic, _) in &meters {
            line(&mut text, name, labels, value(traffic));
        }
    };
    family(
        "paas_requests_total",
        "counter",
        "Requests that were answered by an instance.",
        |traffic| traffic.requests,
    );
    family(
        "paas_request_errors_total",
        "counter",
        "Of these, answers with status 5xx.",
        |traffic| traffic.errors,
    );
    family(
        "paas_requests_lost_total",
        "counter",
        "Requests that could not be passed on, or were cut.",
        |traffic| traffic.lost,
    );
    family(
        "paas_requests_in_flight",
        "gauge",
        "Requests that run.",
        |traffic| traffic.in_flight,
    );
    let name = "paas_request_duration_seconds";
    head(
        &mut text,
        name,
        "histogram",
        "Time to the last byte of the answer.",
    );
    for (labels, traffic, sum) in &meters {
        histogram(&mut text, name, labels, &traffic.latency, *sum);
    }
    text
}

fn histogram(text: &mut String, name: &str, labels: &str, histogram: &Histogram, sum: f64) {
    let bucket = format!("{name}_bucket");
    let mut total = 0;
    for index in 0..Histogram::BUCKETS - 1 {
        total += histogram.buckets.get(index).copied().unwrap_or(0);
        if index % STEP == 0 {
            let edge = Histogram::upper_edge_ms(index) / 1e3;
            line(text, &bucket, &format!("{labels},le=\"{edge}\""), total);
        }
    }
    total += histogram
        .buckets
        .get(Histogram::BUCKETS - 1)
        .copied()
        .unwrap_or(0);
    line(text, &bucket, &format!("{labels},le=\"+Inf\""), total);
    line(text, &format!("{name}_sum"), labels, sum);
    line(text, &format!("{name}_count"), labels, total);
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

fn escape(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
