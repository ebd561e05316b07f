//! From a kubeconfig to a client.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::sync::OnceCell;

use super::{Kubernetes, KubernetesOptions};
use crate::report::Reporter;
use crate::{Error, Result};

const CONNECT_TIME: Duration = Duration::from_secs(5);

/// What a Kubernetes cluster is told by whoever opens it.
#[derive(Clone)]
pub struct KubernetesSettings {
    /// The cluster's name among ours.
    pub cluster: String,
    /// Who works on it: `user@host`, for leases.
    pub holder: String,
    /// The files that say how clusters are reached, where the options name none.
    pub kubeconfig: Vec<PathBuf>,
    /// How it is reached, and what is made there.
    pub options: KubernetesOptions,
    /// Is told what is no reason to fail.
    pub reporter: Arc<dyn Reporter>,
}

impl Kubernetes {
    /// Reads the kubeconfig; contacts nothing yet.
    pub async fn connect(settings: KubernetesSettings) -> Result<Self> {
        let KubernetesSettings {
            cluster,
            holder,
            kubeconfig,
            options,
            reporter,
        } = settings;
        let failed = || {
            Error::usage(format!("the cluster {cluster} can't be reached"))
                .hint("`paas cluster list` shows by which kubeconfig and context it is looked for")
        };
        let files = match &options.kubeconfig {
            Some(file) => vec![file.clone()],
            None => kubeconfig,
        };
        let kubeconfig = read(&files).map_err(|error| failed().caused_by(error))?;
        let context = KubeConfigOptions {
            context: options.context.clone(),
            ..KubeConfigOptions::default()
        };
        let config = Config::from_custom_kubeconfig(kubeconfig, &context).await;
        let mut config = config.map_err(|error| failed().caused_by(error))?;
        config.connect_timeout = Some(CONNECT_TIME);
        config.read_timeout = None;
        config.write_timeout = None;
        let namespace = options
            .namespace
            .clone()
            .unwrap_or_else(|| config.default_namespace.clone());
        let client = Client::try_from(config.clone()).map_err(|error| failed().caused_by(error))?;
        Ok(Self {
            client,
            config,
            cluster,
            namespace,
            holder,
            options,
            reporter,
            answered: AtomicBool::new(false),
            groups: OnceCell::new(),
            roots: Mutex::default(),
            releases: Mutex::default(),
            leases: Mutex::default(),
            sights: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            glance: tokio::sync::Mutex::default(),
            prepared: tokio::sync::Mutex::default(),
            turns: tokio::sync::Mutex::default(),
        })
    }
}

/// All files in one; of several that `KUBECONFIG` names, some may be missing.
fn read(files: &[PathBuf]) -> Result<Kubeconfig> {
    let there: Vec<&PathBuf> = match files {
        [only] => vec![only],
        several => several.iter().filter(|file| file.exists()).collect(),
    };
    let failed = |file: &PathBuf| Error::usage(format!("cannot read {}", file.display()));
    let mut all = Kubeconfig::default();
    for file in there {
        let one = Kubeconfig::read_from(file).map_err(|error| failed(file).caused_by(error))?;
        all = all
            .merge(one)
            .map_err(|error| failed(file).caused_by(error))?;
    }
    Ok(all)
}
