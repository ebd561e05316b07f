use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::image::Platform;

/// An image's configuration, as far as `paas` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// Labels; empty where it has none.
    pub labels: BTreeMap<String, String>,
    /// What it runs on; `None` where it doesn't say.
    pub platform: Option<Platform>,
    /// `None` where it is missing or no time.
    pub created: Option<Timestamp>,
    /// One entry for each instruction, oldest first; cut after [`HISTORY_LIMIT`].
    pub history: Vec<History>,
}

/// One instruction that made the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct History {
    /// The instruction, as the builder words it.
    pub created_by: String,
    /// Whether it made no layer.
    pub empty_layer: bool,
}

/// Images have at most 127 layers; a longer history is somebody's mistake.
pub const HISTORY_LIMIT: usize = 1000;

#[derive(Deserialize)]
struct Document {
    #[serde(default, deserialize_with = "null_is_default")]
    config: Container,
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
    created: Option<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    history: Vec<History>,
}

#[derive(Default, Deserialize)]
struct Container {
    #[serde(default, rename = "Labels", deserialize_with = "null_is_default")]
    labels: BTreeMap<String, String>,
}

impl ImageConfig {
    pub(super) fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        let Document {
            config,
            os,
            architecture,
            variant,
            created,
            mut history,
        } = serde_json::from_slice(bytes)?;
        history.truncate(HISTORY_LIMIT);
        Ok(Self {
            labels: config.labels,
            platform: os.zip(architecture).map(|(os, architecture)| {
                Platform::new(&os, &architecture, &variant.unwrap_or_default())
            }),
            created: created.and_then(|text| text.parse().ok()),
            history,
        })
    }
}

/// Go writes empty maps and lists as `null`.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_builders_write() {
        let config = ImageConfig::parse(
            br#"{"os":"linux","architecture":"arm64","variant":"v8","config":{"Labels":{"a":"b"},"Env":["X=1"]},"created":"2026-01-02T03:04:05.123456789Z",
                "history":[{"created_by":"RUN x"},{"created_by":"ENV","empty_layer":true,"author":"y"}]}"#,
        )
        .unwrap();
        assert_eq!(config.labels["a"], "b");
        assert_eq!(config.platform.unwrap().as_str(), "linux/arm64");
        assert_eq!(config.created.unwrap().as_second(), 1_767_323_045);
        assert_eq!(config.history[1].created_by, "ENV");
        assert!(config.history[1].empty_layer && !config.history[0].empty_layer);
    }

    #[test]
    fn nulls_and_gaps_are_empty_and_history_ends() {
        for json in [
            "{}",
            r#"{"config":null,"history":null}"#,
            r#"{"config":{"Labels":null},"created":"?"}"#,
        ] {
            assert_eq!(
                ImageConfig::parse(json.as_bytes()).unwrap(),
                ImageConfig::default(),
                "{json}"
            );
        }
        let long = format!(r#"{{"history":[{}{{}}]}}"#, "{},".repeat(5000));
        assert_eq!(
            ImageConfig::parse(long.as_bytes()).unwrap().history.len(),
            HISTORY_LIMIT
        );
    }
}
