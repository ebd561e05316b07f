//! The Docker host: plain containers on a network of our own, and one ingress in front of them.
//!
//! The engine is the truth about what runs: every container carries its release in its labels. What
//! serves, and the small state of a cluster, are the ingress's.

mod blueprint;
mod cgroup;
mod check;
mod containers;
mod diagnosis;
mod erase;
mod exec;
mod fetch;
mod health;
mod hook;
mod host;
mod ingress;
mod ingress_image;
mod ingress_upgrade;
pub mod keeper;
mod lease;
mod leftovers;
mod logs;
mod measure;
mod names;
mod needed;
mod network;
mod observe;
mod output;
mod releases;
mod restarts;
mod route;
mod start;
mod steps;
mod stop;
mod volume;
mod watch;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use tokio::sync::{OnceCell, Semaphore};

use crate::Result;
use crate::builder::{CredentialSource, Engine};
use crate::image::Reference;
use crate::ingress::AcmeOptions;
use crate::release::Release;
use crate::report::Reporter;

pub use ingress_image::INGRESS_IMAGES;
pub use needed::{Needed, needed_images};

use keeper::Keeper;
use names::Names;
use network::Addresses;
use restarts::Restarts;

/// More starts at once are no faster: the engine works one after the other.
const STARTS_AT_ONCE: usize = 4;

/// Provides an image in the engine, making it where it is missing, and names it.
pub type ImageSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Reference>> + Send + Sync>;

/// What a Docker host is told by whoever opens it.
#[derive(Clone)]
pub struct HostSettings {
    /// The cluster's name, a DNS label: several may share an engine.
    pub cluster: String,
    /// Who works on it: `user@host`, for leases.
    pub holder: String,
    /// The binary that the ingress runs: this one.
    pub program: PathBuf,
    /// Asked when the ingress's image has to be built.
    pub ingress_base: ImageSource,
    /// Where HTTP is served; `None`: the usual port, or the next that is free.
    pub http_port: Option<u16>,
    /// Where HTTPS is served; `None`: not.
    pub https_port: Option<u16>,
    /// Where the ingress orders certificates, when it serves HTTPS.
    pub acme: AcmeOptions,
    /// Told what is waited for.
    pub reporter: Arc<dyn Reporter>,
    /// For images that have to be pulled.
    pub credentials: CredentialSource,
}

/// A Docker Engine as a cluster.
pub struct DockerHost {
    engine: Engine,
    settings: HostSettings,
    names: Names,
    /// The ingress that was found last; replaced when it is made anew.
    keeper: Mutex<Option<Keeper>>,
    addresses: OnceCell<Addresses>,
    starts: Semaphore,
    /// Releases never change, so those that were read are read once.
    releases: Mutex<HashMap<(String, u64), Arc<Release>>>,
    /// Keys of targets of which the ingress has records.
    recorded: Mutex<HashSet<String>>,
    restarts: Restarts,
}

impl DockerHost {
    /// Contacts nothing yet. Reading makes nothing; network and ingress are made with the first lease.
    pub fn new(engine: Engine, settings: HostSettings) -> Self {
        Self {
            names: Names::new(&settings.cluster),
            engine,
            settings,
            keeper: Mutex::default(),
            addresses: OnceCell::new(),
            starts: Semaphore::new(STARTS_AT_ONCE),
            releases: Mutex::default(),
            recorded: Mutex::default(),
            restarts: Restarts::default(),
        }
    }
}
