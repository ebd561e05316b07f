//! What the machine and the user's configuration say, resolved once by the CLI (or the server)
//! and passed down as plain values.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the Docker Engine listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineAddress {
    /// A Unix socket.
    Unix(PathBuf),
    /// `host:port`, plain HTTP.
    Tcp(String),
}

/// As `--docker-host` takes it.
impl fmt::Display for EngineAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp(host) => write!(f, "tcp://{host}"),
        }
    }
}

/// Settings of one invocation. Built by `cli::environment`; nothing else reads the environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Docker Engine.
    pub engine: EngineAddress,
    /// Registry host, with port where needed, of this invocation: it wins over the one in
    /// `app.toml`. See [`Settings::registry_for`].
    pub registry: Option<String>,
    /// Registry host of apps that name none.
    pub default_registry: Option<String>,
    /// The machine's bundle of certificate authorities (PEM), given to every build step.
    pub ca_bundle: Option<PathBuf>,
    /// `http_proxy` and its relatives, in the spelling found.
    pub proxies: BTreeMap<String, String>,
    /// Docker's client configuration folder (`config.json`): registry credentials.
    pub docker_config: PathBuf,
    /// State that is kept: file times, the secrets' fingerprint key.
    pub state_dir: PathBuf,
    /// What can be computed again: descriptions of long histories.
    pub cache_dir: PathBuf,
    /// `$XDG_CONFIG_HOME`, for the user's own `git/ignore`.
    pub config_home: Option<PathBuf>,
    /// The files that say how Kubernetes clusters are reached: those of `KUBECONFIG`, or the usual one.
    pub kubeconfig: Vec<PathBuf>,
    /// The clusters that the user has added.
    pub clusters_file: PathBuf,
    /// This program, which the ingress's container runs too.
    pub program: PathBuf,
    /// Who works: `user@host`.
    pub user: String,
    /// Where `CI` is set, `app.lock` is not rewritten.
    pub ci: bool,
}

impl Settings {
    /// Where the images of an app go whose `app.toml` names `app_registry`; `None`: they stay on
    /// this machine.
    pub fn registry_for<'a>(&'a self, app_registry: Option<&'a str>) -> Option<&'a str> {
        self.registry
            .as_deref()
            .or(app_registry)
            .or(self.default_registry.as_deref())
    }
}
