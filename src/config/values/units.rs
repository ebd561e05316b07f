use std::time::Duration;

use super::Converted;
use crate::config::problem::{Refusal, quoted};

const LONGEST: Duration = Duration::from_hours(1);
const SMALLEST_MEMORY: u64 = 4 * 1024 * 1024;

/// `30s`, from 1 ms to 1 h.
pub(in crate::config) fn duration(text: &str) -> Converted<Duration> {
    let (number, unit) = parts(text);
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        _ => 60 * 60 * 1000,
    };
    number
        .and_then(|number| number.checked_mul(millis))
        .map(Duration::from_millis)
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| Refusal::new(format!("{} is not between 1 ms and 1 h", quoted(text))))
}

/// `256MiB` in bytes, from 4 MiB, below which the engine starts nothing.
pub(in crate::config) fn bytes(text: &str) -> Converted<u64> {
    let (number, unit) = parts(text);
    let factor: u64 = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" => 1_000,
        "MB" => 1_000_000,
        _ => 1_000_000_000,
    };
    number
        .and_then(|number| number.checked_mul(factor))
        .filter(|bytes| (SMALLEST_MEMORY..=i64::MAX.cast_unsigned()).contains(bytes))
        .ok_or_else(|| Refusal::new(format!("{} is not between 4 MiB and 8 EiB", quoted(text))))
}

/// The number, unless it is too large, and the unit.
fn parts(text: &str) -> (Option<u64>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (text[..digits].parse().ok(), &text[digits..])
}
