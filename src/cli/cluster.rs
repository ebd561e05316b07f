mod kubernetes;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::{Session, engine_address};
use crate::cluster::Finding;
use crate::ops::clusters::{self, ClusterDefinition, Clusters, EngineKind};
use crate::ui::table::Table;
use crate::{Error, Kind, Result};

const EXAMPLES: &str = "\
Examples:
  paas cluster list
  paas cluster add shop --http-port 80 --https-port 443
  paas cluster add test --docker tcp://10.0.0.7:2375
  paas cluster add prod --engine kubernetes --context prod-eu --namespace shop
  paas cluster upgrade shop
  paas cluster check shop";

/// `paas cluster`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cluster {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the clusters that this machine knows
    List,
    /// Say how a cluster is reached
    Add(Box<Add>),
    /// Forget a cluster; what runs on it goes on
    Remove {
        /// Its name
        name: String,
    },
    /// Replace the ingress by this version's, as the cluster is defined now, without losing requests
    Upgrade {
        /// The cluster's name
        #[arg(default_value = clusters::LOCAL)]
        name: String,
    },
    /// Look whether a cluster can be used, and say what is wrong
    Check {
        /// Its name
        #[arg(default_value = clusters::LOCAL)]
        name: String,
    },
}

#[derive(Args, Debug)]
struct Add {
    /// What environments in app.toml call it
    #[arg(value_parser = name)]
    name: String,
    /// What it is made of
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t)]
    engine: Engine,
    /// The Docker Engine's address [default: the one that images are built on]
    #[arg(long, value_name = "ADDRESS")]
    docker: Option<String>,
    /// Where HTTP is served [default: 8080, or the next port that is free]
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,
    /// Where HTTPS is served [default: nowhere]
    #[arg(long, value_name = "PORT")]
    https_port: Option<u16>,
    /// The ACME directory that certificates are ordered from [default: Let's Encrypt's]
    #[arg(long, value_name = "URL", requires = "https_port")]
    acme_directory: Option<String>,
    /// A mail address for that authority
    #[arg(long, value_name = "MAIL", requires = "https_port")]
    acme_contact: Option<String>,
    /// Certificates (PEM) of who vouches for the directory's own HTTPS [default: the system's]
    #[arg(long, value_name = "FILE", requires = "https_port")]
    acme_ca: Option<PathBuf>,
    #[command(flatten)]
    kubernetes: kubernetes::Arguments,
}

/// What a cluster is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// One Docker Engine
    #[default]
    Docker,
    /// A namespace of a Kubernetes cluster
    Kubernetes,
}

impl Cluster {
    /// Does it.
    pub fn run(self, session: &Session) -> Result<()> {
        match self.command {
            Command::List => list(session),
            Command::Add(add) => add.run(session),
            Command::Remove { name } => {
                let settings = session.settings()?;
                Clusters::load(&settings)?.remove(&name, &settings)
            }
            Command::Upgrade { name } => upgrade(session, &name),
            Command::Check { name } => check(session, &name),
        }
    }
}

impl Add {
    fn run(self, session: &Session) -> Result<()> {
        let settings = session.settings()?;
        let definition = match self.engine {
            Engine::Docker => self.docker()?,
            Engine::Kubernetes => self.kubernetes()?,
        };
        Clusters::load(&settings)?.add(&self.name, definition, &settings)
    }

    fn docker(&self) -> Result<ClusterDefinition> {
        if let Some(option) = self.kubernetes.first_given() {
            return Err(misplaced(option, "kubernetes"));
        }
        Ok(ClusterDefinition {
            engine: EngineKind::Docker,
            docker_host: self
                .docker
                .as_deref()
                .map(|address| engine_address::parse(address, "--docker"))
                .transpose()?,
            http_port: self.http_port,
            https_port: self.https_port,
            acme_directory: self.acme_directory.clone(),
            acme_contact: self.acme_contact.clone(),
            acme_ca: self.acme_ca.as_deref().map(read).transpose()?,
            kubernetes: None,
        })
    }

    fn kubernetes(&self) -> Result<ClusterDefinition> {
        let of_docker = [
            ("--docker", self.docker.is_some()),
            ("--http-port", self.http_port.is_some()),
            ("--https-port", self.https_port.is_some()),
        ];
        if let Some((option, _)) = of_docker.into_iter().find(|(_, given)| *given) {
            return Err(misplaced(option, "docker"));
        }
        Ok(ClusterDefinition {
            engine: EngineKind::Kubernetes,
            kubernetes: Some(self.kubernetes.options()?),
            ..ClusterDefinition::default()
        })
    }
}

fn misplaced(option: &str, engine: &str) -> Error {
    Error::usage(format!("`{option}` is for clusters of another engine"))
        .hint(format!("it goes with `--engine {engine}`"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("cannot read {}", path.display())).caused_by(error))
}

fn list(session: &Session) -> Result<()> {
    let clusters = Clusters::load(&session.settings()?)?;
    if session.global.json {
        return session.ui.print_json(&clusters);
    }
    let mut table = Table::new(["NAME", "ENGINE", "ADDRESS", "HTTP", "HTTPS"]);
    for (name, cluster) in clusters.iter() {
        let port = |port: Option<u16>| port.map_or_else(|| "-".to_owned(), |port| port.to_string());
        let (engine, address) = match cluster.engine {
            EngineKind::Docker => {
                let address = cluster.docker_host.as_ref();
                let address =
                    address.map_or_else(|| "as for builds".to_owned(), ToString::to_string);
                ("docker", address)
            }
            EngineKind::Kubernetes => {
                let options = cluster.kubernetes.clone().unwrap_or_default();
                ("kubernetes", kubernetes::address(&options))
            }
        };
        table.row([
            name,
            engine,
            &address,
            &port(cluster.http_port),
            &port(cluster.https_port),
        ]);
    }
    session.ui.print(&table.render())
}

fn upgrade(session: &Session, name: &str) -> Result<()> {
    let settings = session.settings()?;
    let upgraded = session.operate(async |reporter| {
        let cluster = clusters::open(name, &settings, &reporter).await?;
        cluster.upgrade().await
    })?;
    if session.global.json {
        return session.ui.print_json(&Upgraded {
            cluster: name,
            upgraded,
        });
    }
    let text = if upgraded {
        format!("the ingress of {name} was replaced\n")
    } else {
        format!("nothing to do on {name}\n")
    };
    session.ui.print(&text)
}

/// What `paas cluster upgrade --json` prints.
#[derive(Debug, Serialize)]
struct Upgraded<'a> {
    cluster: &'a str,
    upgraded: bool,
}

fn check(session: &Session, name: &str) -> Result<()> {
    let settings = session.settings()?;
    let findings = session.operate(async |reporter| {
        let cluster = clusters::open(name, &settings, &reporter).await?;
        cluster.check().await
    })?;
    if session.global.json {
        session.ui.print_json(&findings)?;
    } else {
        session.ui.print(&text(&findings))?;
    }
    if findings.iter().any(|finding| finding.problem.is_some()) {
        return Err(Error::new(
            Kind::Unavailable,
            format!("the cluster {name} cannot be used as it is"),
        ));
    }
    Ok(())
}

fn text(findings: &[Finding]) -> String {
    let line = |finding: &Finding| match &finding.problem {
        Some(problem) => format!("{}: {problem}\n", finding.what),
        None => format!("{}: well\n", finding.what),
    };
    findings.iter().map(line).collect()
}

fn name(text: &str) -> Result<String> {
    let is_label = !text.is_empty()
        && text.len() <= 40
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_label {
        return Ok(text.to_owned());
    }
    Err(Error::usage(
        "a cluster's name has small letters, digits and -, at most 40",
    ))
}
