use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

use super::endpoint::credentials_key;
use super::helper::Helper;
use crate::credentials::Credentials;
use crate::{Error, Result};

/// A configuration file larger than this is not one.
const CONFIG_LIMIT: u64 = 1024 * 1024;

/// The credentials that `docker login` left behind.
#[derive(Clone, Debug)]
pub(super) struct Keychain {
    pub config: PathBuf,
    /// Where helper programs are; `None`: wherever the process finds programs.
    pub helpers: Option<PathBuf>,
}

/// As much of Docker's `config.json` as concerns registries.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    /// Base64 of `username:password`.
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
}

impl Keychain {
    /// In Docker's order: the host's own helper, the store for all, the file itself.
    pub async fn get(&self, host: &str) -> Result<Option<Credentials>> {
        let path = self.config.join("config.json");
        let read = tokio::task::spawn_blocking(move || read(&path));
        let Some(config) = read.await.map_err(|error| {
            Error::unexpected("reading Docker's configuration ended").caused_by(error)
        })??
        else {
            return Ok(None);
        };
        let key = credentials_key(host);
        let helper = config.cred_helpers.get(key).or(config.creds_store.as_ref());
        if let Some(name) = helper.filter(|name| !name.is_empty()) {
            let found = Helper::new(name, self.helpers.as_deref())?.get(key).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        config
            .entry(key)
            .map_or(Ok(None), |entry| entry.credentials(host))
    }
}

impl Config {
    /// Keys may carry a scheme and a path: `https://registry.example/v1/`.
    fn entry(&self, key: &str) -> Option<&Entry> {
        self.auths.get(key).or_else(|| {
            let wanted = hostname(key);
            let mut entries = self.auths.iter();
            entries
                .find(|(key, _)| hostname(key) == wanted)
                .map(|(_, entry)| entry)
        })
    }
}

impl Entry {
    fn credentials(&self, host: &str) -> Result<Option<Credentials>> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Credentials::IdentityToken(self.identitytoken.clone())));
        }
        let (username, password) = if self.auth.is_empty() {
            (self.username.clone(), self.password.clone())
        } else {
            decoded(&self.auth).ok_or_else(|| {
                Error::usage(format!("Docker's credentials for {host} are damaged"))
                    .hint(format!("run `docker login {host}`"))
            })?
        };
        let there = !username.is_empty() && !password.is_empty();
        Ok(there.then_some(Credentials::Password { username, password }))
    }
}

fn decoded(auth: &str) -> Option<(String, String)> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, lenient)
        .decode(auth.trim())
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((
        username.to_owned(),
        password.trim_end_matches('\0').to_owned(),
    ))
}

fn hostname(key: &str) -> &str {
    let key = key
        .strip_prefix("https://")
        .or_else(|| key.strip_prefix("http://"))
        .unwrap_or(key);
    key.split('/').next().unwrap_or_default()
}

/// The parser's own message may quote a secret, so only its place is passed on.
fn read(path: &Path) -> Result<Option<Config>> {
    let unusable = || {
        Error::usage(format!(
            "Docker's configuration {} is not usable",
            path.display()
        ))
    };
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable().caused_by(error)),
    };
    if size > CONFIG_LIMIT {
        return Err(unusable().hint("it is larger than 1 MiB"));
    }
    let bytes = fs::read(path).map_err(|error| unusable().caused_by(error))?;
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        unusable().hint(format!(
            "look at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(config: &str, host: &str) -> Result<Option<Credentials>> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.json"), config).unwrap();
        let keychain = Keychain {
            config: folder.path().to_owned(),
            helpers: None,
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(keychain.get(host))
    }

    fn ada(password: &str) -> Credentials {
        Credentials::Password {
            username: "ada".into(),
            password: password.into(),
        }
    }

    #[test]
    fn reads_what_docker_login_writes() {
        // YWRhOnA6dw== is `ada:p:w`.
        for (config, host, expected) in [
            (
                r#"{"auths":{"r.example":{"auth":"YWRhOnA6dw=="}}}"#,
                "r.example",
                Some(ada("p:w")),
            ),
            (
                r#"{"auths":{"r.example":{"auth":"YWRhOnA6dw"}}}"#,
                "r.example",
                Some(ada("p:w")),
            ),
            (
                r#"{"auths":{"https://r.example/v1/":{"auth":"YWRhOnA6dw=="}}}"#,
                "r.example",
                Some(ada("p:w")),
            ),
            (
                r#"{"auths":{"r.example":{"username":"ada","password":"x"}}}"#,
                "r.example",
                Some(ada("x")),
            ),
            (
                r#"{"auths":{"https://index.docker.io/v1/":{"auth":"YWRhOnA6dw=="}}}"#,
                "docker.io",
                Some(ada("p:w")),
            ),
            (
                r#"{"auths":{"r.example":{"auth":"YWRhOg==","identitytoken":"t"}}}"#,
                "r.example",
                Some(Credentials::IdentityToken("t".into())),
            ),
            (
                r#"{"auths":{"r.example":{"auth":"YWRhOnA6dw=="}}}"#,
                "r.example:5000",
                None,
            ),
            (r#"{"auths":{"r.example":{}}}"#, "r.example", None),
            (r#"{"HttpHeaders":{"a":"b"}}"#, "r.example", None),
        ] {
            assert_eq!(lookup(config, host).unwrap(), expected, "{config}");
        }
    }

    #[test]
    fn damage_is_an_error_without_the_secret() {
        for config in [
            r#"{"auths":{"r.example":{"auth":"hunter2!"}}}"#,
            r#"{"auths":"hunter2!"}"#,
            r#"{"auths":{"r.example":{"auth":["hunter2!"]}}"#,
        ] {
            let error = lookup(config, "r.example").unwrap_err();
            assert_eq!(error.kind(), crate::Kind::Usage);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn debug_hides_secrets() {
        let shown = format!(
            "{:?} {:?}",
            ada("hunter2"),
            Credentials::IdentityToken("hunter2".into())
        );
        assert!(
            shown.contains("ada") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
