//! Quantities as people read them.

use std::time::Duration;

use jiff::Timestamp;

/// Bytes in powers of 1000, as registries and `docker images` show them: `12.3 MB`.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn bytes(count: u64) -> String {
    if count < 1000 {
        return format!("{count} B");
    }
    let mut amount = count as f64 / 1000.0;
    let mut units = ["kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().expect("a list of four");
    // 999.95 would be shown as 1000.0.
    while amount >= 999.95 {
        let Some(next) = units.next() else { break };
        unit = next;
        amount /= 1000.0;
    }
    format!("{amount:.1} {unit}")
}

/// A transfer so far: `12.3 MB of 45.6 MB`.
pub fn transfer(done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{} of {}", bytes(done), bytes(total)),
        None => bytes(done),
    }
}

/// A time that something took: `45 ms`, `1.2 s`, `2 min 5 s`, `1 h 2 min`.
pub fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let tenths = (milliseconds + 50) / 100;
    let seconds = (milliseconds + 500) / 1000;
    match milliseconds {
        0..100 => format!("{milliseconds} ms"),
        _ if tenths < 600 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ if seconds < 3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How long ago something was, in its largest unit: `3 days`.
pub fn age(age: Duration) -> String {
    const UNITS: [(u64, &str); 6] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = age.as_secs();
    UNITS
        .iter()
        .find(|(length, _)| seconds >= *length)
        .map_or_else(
            || "now".to_owned(),
            |(length, unit)| count(seconds / length, unit),
        )
}

/// How long ago `moment` was; one in the future is now.
pub fn age_of(moment: Timestamp) -> String {
    let elapsed = Timestamp::now().duration_since(moment);
    age(elapsed.try_into().unwrap_or_default())
}

/// `1 file`, `2 files`.
pub fn count(number: u64, singular: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {singular}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_decimal() {
        for (amount, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345_678, "12.3 MB"),
            (999_949, "999.9 kB"),
            (999_960, "1.0 MB"),
            (5_000_000_000_000_000, "5000.0 TB"),
        ] {
            assert_eq!(bytes(amount), text);
        }
    }

    #[test]
    fn durations_lose_detail_as_they_grow() {
        for (milliseconds, text) in [
            (0, "0 ms"),
            (45, "45 ms"),
            (100, "0.1 s"),
            (1_249, "1.2 s"),
            (59_949, "59.9 s"),
            (59_960, "1 min 0 s"),
            (125_000, "2 min 5 s"),
            (3_599_700, "1 h 0 min"),
            (3_720_000, "1 h 2 min"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn ages_show_the_largest_unit() {
        for (seconds, text) in [
            (0, "now"),
            (1, "1 second"),
            (119, "1 minute"),
            (7_200, "2 hours"),
            (3 * 86_400 + 5, "3 days"),
            (61 * 86_400, "2 months"),
            (800 * 86_400, "2 years"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), text);
        }
    }
}
