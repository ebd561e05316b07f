//! Arguments that commands on what runs have in common.

use std::time::Duration;

use clap::Args;

use crate::ops::deploy::Patience;

/// `-e`.
#[derive(Args, Debug)]
pub struct EnvironmentArgument {
    /// The environment [default: the only one in app.toml, or `local`]
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environment: Option<String>,
}

/// How patient a change is.
#[derive(Args, Debug)]
pub struct PatienceArguments {
    /// Wait while another command works on the same environment
    #[arg(long)]
    wait: bool,
    /// How long requests that run may take to end, before their instances are taken away
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration)]
    drain: Duration,
}

impl PatienceArguments {
    /// With a new release watched for so long.
    pub fn watching(&self, watch: Duration) -> Patience {
        Patience {
            watch,
            drain: self.drain,
            wait: self.wait,
        }
    }
}

/// `500ms`, `30s`, `2m`, `1h`, or `0`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| "write 500ms, 30s or 2m")?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" if number == 0 => 0,
        _ => return Err("write 500ms, 30s or 2m".to_owned()),
    };
    number
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        for wrong in [
            "",
            "5",
            "s",
            "5 s",
            "-1s",
            "99999999999999999999s",
            "9999999999999999h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
