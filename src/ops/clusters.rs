//! The clusters that this machine knows: a file of the user's, and the one that is always there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::Tools;
use super::base::{self, Forced};
use crate::base::Definition;
use crate::builder::Engine;
use crate::cluster::Cluster;
use crate::cluster::docker::{DockerHost, HostSettings};
use crate::cluster::kubernetes::{Kubernetes, KubernetesOptions, KubernetesSettings};
use crate::image::Reference;
use crate::ingress::AcmeOptions;
use crate::registry::Client;
use crate::report::Reporter;
use crate::settings::{EngineAddress, Settings};
use crate::{Error, Result};

/// What the ingress's image is built on.
const INGRESS_BASE: &str = "debian";

/// The cluster that needs no definition: the Docker Engine that images are built on.
pub const LOCAL: &str = "local";

/// `clusters.toml`: how each cluster is reached, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clusters(BTreeMap<String, ClusterDefinition>);

/// How a cluster is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterDefinition {
    /// What it is made of.
    pub engine: EngineKind,
    /// The Docker Engine's `unix://` or `tcp://` address; `None`: the one that images are built on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker_host: Option<EngineAddress>,
    /// Where HTTP is served; `None`: 8080, or the next port that is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_port: Option<u16>,
    /// Where HTTPS is served; `None`: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub https_port: Option<u16>,
    /// The URL of the ACME directory that certificates are ordered from; `None`: Let's Encrypt's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_directory: Option<String>,
    /// A mail address that the authority may write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_contact: Option<String>,
    /// Who vouches for the directory's own HTTPS, as PEM; `None`: whom the ingress's system trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_ca: Option<String>,
    /// What a Kubernetes cluster is told; the rest is a Docker host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesOptions>,
}

impl ClusterDefinition {
    /// Whether what runs there has to be in a registry first.
    pub fn needs_registry(&self) -> bool {
        let options = self.kubernetes.as_ref();
        self.engine == EngineKind::Kubernetes && options.is_none_or(|options| !options.local_images)
    }

    /// Where its certificates are ordered.
    pub fn acme(&self) -> AcmeOptions {
        AcmeOptions {
            directory: self.acme_directory.clone(),
            contact: self.acme_contact.clone(),
            ca: self.acme_ca.clone(),
        }
    }
}

/// What a cluster is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// One Docker Engine.
    #[default]
    Docker,
    /// A namespace of a Kubernetes cluster.
    Kubernetes,
}

impl Clusters {
    /// Reads the file; without one there is only [`LOCAL`].
    pub fn load(settings: &Settings) -> Result<Self> {
        let path = &settings.clusters_file;
        let failed = || Error::usage(format!("cannot read {}", path.display()));
        let mut clusters: Self = match fs::read_to_string(path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|error| failed().detail(error.to_string()))?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(failed().caused_by(error)),
        };
        clusters.0.entry(LOCAL.to_owned()).or_default();
        Ok(clusters)
    }

    /// By name.
    pub fn get(&self, name: &str) -> Result<&ClusterDefinition> {
        self.0.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            Error::usage(format!("there is no cluster `{}`", name.escape_debug())).hint(format!(
                "add it with `paas cluster add {name}`; there are: {}",
                known.join(", ")
            ))
        })
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ClusterDefinition)> {
        self.0
            .iter()
            .map(|(name, cluster)| (name.as_str(), cluster))
    }

    /// Adds one and saves the file.
    pub fn add(
        &mut self,
        name: &str,
        definition: ClusterDefinition,
        settings: &Settings,
    ) -> Result<()> {
        definition.acme().check()?;
        let is_default = name == LOCAL && self.0.get(name) == Some(&ClusterDefinition::default());
        if self.0.contains_key(name) && !is_default {
            return Err(Error::refused(format!("there is a cluster {name} already"))
                .hint(format!(
                    "to change it: `paas cluster remove {name}`, add it again, and `paas cluster upgrade {name}` \
                     for the ingress that runs"
                )));
        }
        self.0.insert(name.to_owned(), definition);
        self.save(&settings.clusters_file)
    }

    /// Forgets one and saves the file. What runs on it goes on.
    pub fn remove(&mut self, name: &str, settings: &Settings) -> Result<()> {
        self.get(name)?;
        self.0.remove(name);
        self.save(&settings.clusters_file)
    }

    fn save(&self, path: &Path) -> Result<()> {
        let failed = || Error::unexpected(format!("cannot write {}", path.display()));
        let text = toml::to_string(self).map_err(|error| failed().caused_by(error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| failed().caused_by(error))?;
        let mut file =
            tempfile::NamedTempFile::new_in(folder).map_err(|error| failed().caused_by(error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| failed().caused_by(error))?;
        file.persist(path)
            .map_err(|error| failed().caused_by(error.error))?;
        Ok(())
    }
}

/// Opens a cluster by name. Nothing is made there before somebody takes a lease.
pub async fn open(
    name: &str,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Box<dyn Cluster>> {
    let clusters = Clusters::load(settings)?;
    let definition = clusters.get(name)?;
    match definition.engine {
        EngineKind::Docker => docker_host(name, definition, settings, reporter).await,
        EngineKind::Kubernetes => {
            let settings = KubernetesSettings {
                cluster: name.to_owned(),
                holder: settings.user.clone(),
                kubeconfig: settings.kubeconfig.clone(),
                options: definition.kubernetes.clone().unwrap_or_default(),
                reporter: Arc::clone(reporter),
            };
            Ok(Box::new(Kubernetes::connect(settings).await?))
        }
    }
}

async fn docker_host(
    name: &str,
    definition: &ClusterDefinition,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Box<dyn Cluster>> {
    let address = definition.docker_host.as_ref().unwrap_or(&settings.engine);
    let engine = Engine::connect(address).await?;
    let ingress_base = {
        let (engine, settings, reporter) = (engine.clone(), settings.clone(), Arc::clone(reporter));
        move || {
            let (engine, settings) = (engine.clone(), settings.clone());
            let reporter = Arc::clone(&reporter);
            async move { ingress_base(&engine, &settings, &reporter).await }.boxed()
        }
    };
    let client = Client::new(settings);
    let runtime = tokio::runtime::Handle::current();
    let host = HostSettings {
        cluster: name.to_owned(),
        holder: settings.user.clone(),
        program: settings.program.clone(),
        ingress_base: Arc::new(ingress_base),
        http_port: definition.http_port,
        https_port: definition.https_port,
        acme: definition.acme(),
        reporter: Arc::clone(reporter),
        credentials: Arc::new(move |host| {
            runtime
                .block_on(client.credentials_for(host))
                .ok()
                .flatten()
        }),
    };
    Ok(Box::new(DockerHost::new(engine, host)))
}

/// What the ingress's image is built on; it is made where it is missing.
async fn ingress_base(
    engine: &Engine,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Reference> {
    let reference = base::repository(INGRESS_BASE, None)?.tagged("latest")?;
    if engine.image(&reference).await?.is_none() {
        let client = Client::new(settings).with_reporter(Arc::clone(reporter));
        let tools = Tools {
            settings,
            engine,
            client: &client,
            reporter,
        };
        let definition = Definition::embedded(INGRESS_BASE).expect("a base of the platform's");
        base::build(&definition, Forced::default(), &tools).await?;
    }
    Ok(reference)
}
