//! The user's own configuration, for all apps.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::config::registry_host;
use crate::{Error, Result};

/// `~/.config/paas/config.toml`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// The registry of apps that don't name one.
    pub registry: Option<String>,
}

impl UserConfig {
    /// Reads `config.toml` in `folder`; without one everything has its default.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("config.toml");
        let failed = || Error::usage(format!("cannot read {}", path.display()));
        match fs::read_to_string(&path) {
            Ok(text) => {
                let config: Self =
                    toml::from_str(&text).map_err(|error| failed().detail(error.to_string()))?;
                let origin = format!("`registry` in {}", path.display());
                let registry = config.registry.map(|text| registry_host(&text, &origin));
                Ok(Self {
                    registry: registry.transpose()?,
                })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(failed().caused_by(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let folder = TempDir::new().unwrap();
        assert_eq!(
            UserConfig::read(folder.path()).unwrap(),
            UserConfig::default()
        );
        fs::write(
            folder.path().join("config.toml"),
            "registy = \"a.example\"\n",
        )
        .unwrap();
        let error = UserConfig::read(folder.path()).unwrap_err();
        insta::assert_snapshot!(error.detail_text().unwrap(), @r#"
        TOML parse error at line 1, column 1
          |
        1 | registy = "a.example"
          | ^^^^^^^
        unknown field `registy`, expected `registry`
        "#);
    }
}
