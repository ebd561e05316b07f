//! The cluster API: what an engine has to do so that the same releases run on it. The order of things is
//! not decided here but in [`crate::release`].

pub mod docker;
mod ending;
pub mod kubernetes;
mod marked;
mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use serde::Serialize;

use crate::release::{InstanceName, Observed, Release, Step, Target};
use crate::{Error, Result};

/// A place that runs releases.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Whether it can be used, and what is wrong otherwise; changes nothing.
    async fn check(&self) -> Result<Vec<Finding>>;

    /// Replaces what `paas` itself runs there by what this version would, as the cluster is defined now,
    /// without a request lost; whether there was something to do.
    async fn upgrade(&self) -> Result<bool> {
        Ok(false)
    }

    /// All targets that something is known of.
    async fn targets(&self) -> Result<Vec<Target>>;

    /// What is, in a few requests whatever the number of instances.
    async fn observe(&self, target: &Target) -> Result<Observed>;

    /// Takes the target's lease, `Kind::Busy` when somebody else has it. It is renewed by itself and
    /// ends when the value is dropped, or when this process dies.
    async fn lease(&self, target: &Target, what: &str) -> Result<Box<dyn Lease>>;

    /// Whether nothing was ever made here, so that a lease would begin with making it.
    async fn is_blank(&self) -> Result<bool> {
        Ok(false)
    }

    /// Carries out one step under a lease. An instance that does not become healthy, a hook that
    /// fails: `Kind::DeployFailed`, with the probe's answer and the last log lines as detail.
    async fn carry_out(&self, work: &Work<'_>, step: &Step) -> Result<()>;

    /// Takes the target off: its instances (after their requests, within the time to drain), route,
    /// releases, settings, secrets and events. Can be repeated: what is gone is fine.
    async fn erase(&self, work: &Work<'_>, volumes: Volumes) -> Result<Erased>;

    /// Forgets the records of releases that nobody needs: see [`crate::release::expired`].
    async fn forget(&self, work: &Work<'_>, releases: &BTreeSet<u64>) -> Result<()>;

    /// Shows the maintenance page, or no longer.
    async fn set_maintenance(&self, work: &Work<'_>, message: Option<&str>) -> Result<()>;

    /// What is measured now of each instance, and of the releases' traffic.
    async fn measure(&self, target: &Target) -> Result<Measures>;

    /// The traffic of each release; `mark` starts the longest gaps anew.
    async fn traffic(&self, target: &Target, mark: bool) -> Result<BTreeMap<u64, Traffic>>;

    /// Certificates of the target's hosts that are to be served by HTTPS, by host.
    async fn certificates(&self, target: &Target) -> Result<BTreeMap<String, CertificateState>> {
        let _ = target;
        Ok(BTreeMap::new())
    }

    /// Where the target's HTTP is reached; `None` without a `web` process.
    async fn url(&self, target: &Target) -> Result<Option<String>>;

    /// Lines that instances wrote, of all releases that run, or of one instance.
    async fn logs(&self, target: &Target, options: &LogOptions) -> Result<LogStream>;

    /// Runs a command in an instance (of the live release), or, for `instance: None`, in a new
    /// container with the live release's image and parameters, removed at its end.
    async fn exec(
        &self,
        target: &Target,
        instance: Option<&InstanceName>,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>>;

    /// Documents that the cluster keeps for a target: settings, secrets, events. Names are paths of
    /// `[a-z0-9A-Z_.-]` parts.
    async fn documents(&self, target: &Target, prefix: &str) -> Result<BTreeMap<String, String>>;

    /// What a deployment of `release` changes in the cluster's objects, as the cluster itself judges it,
    /// without changing anything; none where an engine has no such objects.
    async fn preview(
        &self,
        _observed: &Observed,
        _release: &Release,
        _secrets: &Secrets,
    ) -> Result<Vec<ObjectChange>> {
        Ok(Vec::new())
    }

    /// The objects that run `release`, as other tools can apply them. Refused by an engine that has
    /// none.
    async fn manifests(
        &self,
        _release: &Release,
        _secrets: &Secrets,
    ) -> Result<Vec<serde_json::Value>> {
        Err(Error::refused("a Docker host has no manifests")
            .hint("`paas deploy --plan` shows what would change"))
    }

    /// Writes a document, or removes it.
    async fn write_document(&self, target: &Target, name: &str, text: Option<&str>) -> Result<()>;
}

/// The right to change a target.
#[async_trait]
pub trait Lease: Send + Sync {
    /// Fails with `Kind::Busy` when it is no longer held; asked before each change.
    async fn check(&self) -> Result<()>;

    /// What a change carries so that it is refused once the lease is somebody else's; grows with
    /// each lease of the target. `None` where the cluster has no such thing.
    fn fence(&self) -> Option<u64> {
        None
    }

    /// Gives it back.
    async fn release(self: Box<Self>) -> Result<()>;
}

/// What steps are carried out with.
pub struct Work<'a> {
    /// To what.
    pub target: &'a Target,
    /// The right to.
    pub lease: &'a dyn Lease,
    /// Values of the secrets, by name and revision.
    pub secrets: &'a Secrets,
    /// How long [`Step::Watch`] watches.
    pub watch: Duration,
    /// How long [`Step::Drain`] waits.
    pub drain: Duration,
    /// Is told about pulls, log lines of hooks, answers of probes.
    pub reporter: &'a std::sync::Arc<dyn crate::report::Reporter>,
}

/// What becomes of an app's volumes when it is taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Volumes {
    /// They wait for its next deployment.
    #[default]
    Keep,
    /// They go, with all that is in them.
    Remove,
}

/// What was there of a target that was taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Instances that are gone.
    pub instances: usize,
    /// Volumes that are gone, by their names in `app.toml`.
    pub volumes: Vec<String>,
    /// Volumes that are kept.
    pub kept_volumes: Vec<String>,
}

/// Secret values by (name, revision).
pub type Secrets = BTreeMap<(String, String), crate::builder::SecretBytes>;

/// What a deployment does to an object of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObjectChange {
    /// `Deployment`.
    pub kind: String,
    /// Its name; of the one that it takes the place of, where there is one.
    pub name: String,
    /// What differs; `None`: it is made anew.
    pub fields: Option<Vec<FieldChange>>,
}

/// A field of an object that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// `spec.template.spec.containers[web].image`.
    pub path: String,
    /// `None`: it is not there.
    pub before: Option<String>,
    /// `None`: it goes.
    pub after: Option<String>,
}

/// On one line whatever the values hold.
impl std::fmt::Display for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = &self.path;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                let (before, after) = (before.escape_debug(), after.escape_debug());
                write!(f, "~ {path}: {before} → {after}")
            }
            (None, Some(after)) => write!(f, "+ {path} = {}", after.escape_debug()),
            (Some(before), None) => write!(f, "- {path} = {}", before.escape_debug()),
            (None, None) => Ok(()),
        }
    }
}

/// What `check` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, and what it is: `Docker Engine 20.10.24, API 1.41`.
    pub what: String,
    /// What is wrong and what to do; `None`: it is well.
    pub problem: Option<String>,
}

/// Requests of one release, as the ingress counts them.
pub type Traffic = crate::ingress::protocol::Traffic;

/// A host's certificate, or why it has none.
pub type CertificateState = crate::ingress::protocol::CertificateState;

/// What runs, measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures {
    /// By release and instance.
    pub instances: BTreeMap<(u64, InstanceName), InstanceMeasure>,
}

/// One instance, measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceMeasure {
    /// Whether it answers as `[health]` asks; `None`: it doesn't run, or it can't be told.
    pub healthy: Option<bool>,
    /// How often the engine started it again.
    pub restarts: u64,
    /// Cores in use.
    pub cpu: Option<f64>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Seconds since it was started.
    pub uptime: Option<u64>,
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// Of this one only.
    pub instance: Option<InstanceName>,
    /// Goes on with new lines, of new instances too.
    pub follow: bool,
    /// At most so many old lines of each instance.
    pub tail: Option<usize>,
    /// Not older than so many seconds.
    pub since: Option<u64>,
}

/// A line of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Whose.
    pub instance: InstanceName,
    /// Of which release.
    pub release: u64,
    /// RFC 3339, the engine's.
    pub time: String,
    /// Without line end.
    pub line: Bytes,
    /// Whether it came on stderr.
    pub stderr: bool,
}

/// Lines as they come.
pub type LogStream = Pin<Box<dyn Stream<Item = Result<LogLine>> + Send>>;

/// Columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Bytes that a command wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// On stdout, or on its terminal.
    Stdout(Bytes),
    /// On stderr.
    Stderr(Bytes),
}

/// A command that runs in an instance.
#[async_trait]
pub trait Process: Send {
    /// Its standard input; `None` when it was taken.
    fn input(&mut self) -> Option<Pin<Box<dyn tokio::io::AsyncWrite + Send>>>;

    /// What it writes, until it ends; with a terminal all is stdout.
    fn output(&mut self) -> Pin<Box<dyn Stream<Item = Result<Output>> + Send>>;

    /// Tells it the terminal's new size.
    async fn resize(&mut self, size: TerminalSize) -> Result<()>;

    /// Ends it before its time.
    async fn end(&mut self) -> Result<()>;

    /// Its exit status, once the output has ended.
    async fn wait(&mut self) -> Result<i64>;
}
