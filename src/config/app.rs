//! The validated content of `app.toml`. Whatever is in these types has passed its grammar.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU16;
use std::time::Duration;

/// One app: one image, one or more processes.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// A DNS label of at most 40 characters.
    pub name: String,
    /// The namespace; a DNS label.
    pub group: Option<String>,
    /// Registry host that versions are pushed to; settings may override it.
    pub registry: Option<String>,
    /// How the image is built.
    pub build: Build,
    /// The `web` process and what all processes share.
    pub start: Start,
    /// Further processes by name; `web` is `start` itself.
    pub processes: BTreeMap<String, Process>,
    /// When `paas webhook` builds.
    pub webhook: Webhook,
    /// How an instance shows that it is healthy; `None`: it runs.
    pub health: Option<Health>,
    /// Run-time environment.
    pub env: BTreeMap<String, String>,
    /// Limits of each instance.
    pub resources: Resources,
    /// Named volumes.
    pub volumes: Vec<Volume>,
    /// Raw ports besides the HTTP port.
    pub ports: Vec<Port>,
    /// Commands run around a deployment.
    pub hooks: Hooks,
    /// Elastic scaling, where the cluster can.
    pub autoscale: Option<Autoscale>,
    /// Deployment targets by name.
    pub environments: BTreeMap<String, Environment>,
}

/// Shell code, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Inline code, or a file of the repository.
    pub source: ScriptSource,
    /// One-based line of `app.toml` in which inline code begins, or a file is named; `None` when a base image's default.
    pub line: Option<usize>,
}

/// Inline code, or a file relative to the app's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptSource {
    /// Code for `sh -eu`.
    Inline(String),
    /// A path inside the app's folder: no `..`, not absolute.
    File(String),
}

/// `[build]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Build {
    /// A name from the base images, or any image reference.
    pub base: BaseName,
    /// Run in `/app` after the source was copied; `None`: the base's default.
    pub script: Option<Script>,
    /// A layer of its own, before the source.
    pub dependencies: Option<Dependencies>,
    /// Absolute folders kept between builds, never in the image; `None`: the base's default.
    pub cache: Option<Vec<String>>,
    /// Debian packages, for build and run time.
    pub packages: Vec<String>,
    /// Build-time environment.
    pub env: BTreeMap<String, String>,
    /// Names of build-time secrets.
    pub secrets: Vec<String>,
    /// Patterns in `.dockerignore`'s syntax.
    pub exclude: Vec<String>,
    /// Paths outside the app's folder (from the repository's root) that belong to the content,
    /// for monorepos. They keep their path from the repository's root under `/app`'s parent tree;
    /// see `docs/app-toml.md`.
    pub include: Vec<String>,
    /// Base of the final image; `None`: the base's own choice.
    pub runtime: Option<BaseName>,
    /// Absolute paths that the final image takes from the build; `None`: the base's default.
    pub output: Option<Vec<String>>,
}

/// `[build] base` or `runtime`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseName {
    /// A platform's or team's base image by its short name: `python`.
    Named(String),
    /// Any image reference with a tag, digest or slash.
    Image(crate::image::Reference),
}

impl fmt::Display for BaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Image(reference) => reference.fmt(f),
        }
    }
}

/// `[build] dependencies`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependencies {
    /// Paths in the app's folder, no patterns.
    pub files: Vec<String>,
    /// What installs them.
    pub script: Script,
    /// Absolute paths copied to the final image as a layer of their own; `None`: the base's
    /// default.
    pub output: Option<Vec<String>>,
}

/// `[start]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The `web` process; `None`: the base's default.
    pub script: Option<Script>,
    /// HTTP port, also `$PORT`. Default 8080.
    pub port: NonZeroU16,
    /// Numeric user and group; `app` is 10001.
    pub user: User,
    /// From SIGTERM to SIGKILL. Default 30 s.
    pub stop_timeout: Duration,
}

/// Who the app runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

impl User {
    /// `app` of our base images.
    pub const APP: Self = Self {
        uid: 10001,
        gid: 10001,
    };

    /// Root, which has to be asked for by name.
    pub const ROOT: Self = Self { uid: 0, gid: 0 };
}

/// `[processes.<name>]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// What it runs.
    pub script: Script,
}

/// `[webhook]`: which events build. Patterns are globs in which `*` stops at `/` and `**` does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Webhook {
    /// Branches; empty: the repository's default branch.
    pub branches: Vec<String>,
    /// Tags; empty: none.
    pub tags: Vec<String>,
    /// Paths one of which must have changed; empty: the app's folder and what it includes.
    pub paths: Vec<String>,
}

/// `[health]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// What is asked.
    pub probe: Probe,
    /// For one answer. Default 2 s.
    pub timeout: Duration,
    /// From start to the first healthy answer. Default 30 s.
    pub grace: Duration,
}

/// A health probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// GET this path; 2xx and 3xx are healthy.
    Http(String),
    /// The port accepts a connection.
    Tcp,
    /// Exit status 0.
    Script(Script),
}

/// `[resources]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Resources {
    /// Bytes.
    pub memory: Option<u64>,
    /// Cores.
    pub cpu: Option<f64>,
}

/// `[[volumes]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// A DNS label.
    pub name: String,
    /// Absolute, not a system path.
    pub path: String,
}

/// `[[ports]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// In the container and on the host.
    pub port: NonZeroU16,
    /// TCP or UDP.
    pub protocol: Protocol,
}

/// Of a raw port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// `[hooks]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hooks {
    /// Once, in the new image, before it takes traffic.
    pub before_deploy: Option<Script>,
}

/// `[autoscale]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autoscale {
    /// At least so many instances.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// Target CPU use in percent.
    pub cpu: u8,
}

/// `[environments.<name>]`: where and what differs there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    /// A cluster known to this machine or server.
    pub cluster: Option<String>,
    /// Asks before anything destructive, refuses dirty versions.
    pub protected: bool,
    /// Host names.
    pub domains: Vec<String>,
    /// Instances by process.
    pub replicas: BTreeMap<String, u32>,
    /// On top of the app's own.
    pub env: BTreeMap<String, String>,
    /// Names whose values are set with `paas secret set`.
    pub secrets: Vec<String>,
    /// Releases that stay for a way back; `None`: [`Environment::KEEP_RELEASES`].
    pub keep_releases: Option<u32>,
    /// Instead of the app's own.
    pub resources: Option<Resources>,
}

impl Environment {
    /// Unless something else is asked for.
    pub const KEEP_RELEASES: u32 = 10;

    /// How many releases stay for a way back.
    pub fn keep_releases(&self) -> usize {
        let keep = self.keep_releases.unwrap_or(Self::KEEP_RELEASES);
        usize::try_from(keep).unwrap_or(usize::MAX)
    }
}
