use serde::{Deserialize, Deserializer, Serialize};

/// How to make a root with mmdebstrap. Its values become arguments of a program that runs on this
/// machine, so none can be an option or hold a line end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// `bookworm`.
    #[serde(deserialize_with = "suite")]
    pub suite: String,
    /// Lines as in `sources.list`.
    #[serde(deserialize_with = "sources")]
    pub sources: Vec<String>,
    /// dpkg's `path-exclude`.
    #[serde(default, deserialize_with = "paths")]
    pub exclude: Vec<String>,
    /// dpkg's `path-include`.
    #[serde(default, deserialize_with = "paths")]
    pub keep: Vec<String>,
}

fn suite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let suite = String::deserialize(deserializer)?;
    let valid = suite.starts_with(|c: char| c.is_ascii_lowercase())
        && suite
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if valid {
        Ok(suite)
    } else {
        Err(refused(&suite, "a suite"))
    }
}

fn sources<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    checked(deserializer, "a line of sources.list", |line| {
        line.starts_with("deb ")
    })
}

fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    checked(deserializer, "an absolute path", |path| {
        path.starts_with('/')
    })
}

fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    what: &str,
    valid: fn(&str) -> bool,
) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    match texts
        .iter()
        .find(|text| !valid(text) || text.contains(char::is_control))
    {
        Some(text) => Err(refused(text, what)),
        None => Ok(texts),
    }
}

fn refused<E: serde::de::Error>(text: &str, what: &str) -> E {
    E::custom(format!("`{}` is not {what}", text.escape_debug()))
}
