use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::Session;
use super::base::Base;
use super::build::Build;
use super::canary::{Abort, Continue};
use super::cluster::Cluster;
use super::completions::Completions;
use super::deploy::Deploy;
use super::diff::Diff;
use super::doctor::Doctor;
use super::eject::Eject;
use super::env::Env;
use super::environment::{Environment, Overrides};
use super::events::Events;
use super::exec::{Exec, Run};
use super::gc::Gc;
use super::images::Images;
use super::ingress::Ingress;
use super::init::Init;
use super::logs::Logs;
use super::maintenance::Maintenance;
use super::man::Man;
use super::manifests::Manifests;
use super::plan::Plan;
use super::push::Push;
use super::releases::Releases;
use super::remove::Remove;
use super::rollback::Rollback;
use super::scale::Scale;
use super::schema::Schema;
use super::secret::Secret;
use super::status::Status;
use super::webhook::Webhook;
use crate::Result;
use crate::ui::{ColorChoice, ProgressChoice, Wishes};

const ENVIRONMENT: &str = "\
Environment:
  DOCKER_HOST, DOCKER_CONTEXT  the Docker Engine
  KUBECONFIG                   how Kubernetes clusters are reached
  PAAS_REGISTRY                the registry, HOST[:PORT]
  HTTPS_PROXY, NO_PROXY, …     for registries, and for the steps of builds
  PAAS_CA_BUNDLE               certificate authorities for build steps (PEM); empty for none
  PAAS_STATE_DIR               what is kept between builds, instead of ~/.local/state/paas
  CI                           no prompts, no live progress, and builds are `--locked`
  NO_COLOR                     no colours

Exit codes:
  0 done   1 unexpected   2 usage or configuration   3 refused
  4 engine, registry or network failed   5 the build failed
  6 the deployment failed; the old release serves
  7 another operation holds the lease   130 interrupted";

/// From a git repository with an app.toml to a running, versioned app, without a Dockerfile
#[derive(Debug, Parser)]
#[command(name = "paas", version, after_help = ENVIRONMENT, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub struct Arguments {
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One line for each command; its options and its work are in the file of its name.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Detect what the app is written in, and write its app.toml
    Init(Init),
    /// Print what would be built, and why; contact nothing
    Plan(Plan),
    /// Build a version, or find that nothing changed
    Build(Build),
    /// Publish a version to the registry
    Push(Push),
    /// List versions, on this machine and in the registry
    Images(Images),
    /// Bring a version up, and keep the old one serving until it is proven
    Deploy(Deploy),
    /// Print the objects that a deployment makes on Kubernetes, for GitOps
    Manifests(Manifests),
    /// Give the release on trial all instances
    Continue(Continue),
    /// Take the release on trial away
    Abort(Abort),
    /// Serve an older release again, image and configuration
    Rollback(Rollback),
    /// Show what runs: releases, instances, health and traffic
    Status(Status),
    /// List releases, and which can be served again
    Releases(Releases),
    /// Show what instances write
    Logs(Logs),
    /// Run a command in an instance
    Exec(Exec),
    /// Run a command once, in a new container of the release that serves
    Run(Run),
    /// Show what differs between two releases
    Diff(Diff),
    /// Show who did what
    Events(Events),
    /// Change the number of instances
    Scale(Scale),
    /// Variables that win over app.toml's
    Env(Env),
    /// Secrets of the running app
    Secret(Secret),
    /// Show visitors a page instead of the app
    Maintenance(Maintenance),
    /// Take an app off: its instances, releases, settings and secrets
    Remove(Remove),
    /// Places that run apps
    Cluster(Cluster),
    /// The proxy in front of a Docker host's instances, as its container runs it
    Ingress(Ingress),
    /// Base images: what builds start from
    Base(Base),
    /// Build what one git event asks for, in CI or from a webhook's payload
    Webhook(Webhook),
    /// Check that everything is there that a build needs
    Doctor(Doctor),
    /// Remove old versions from this machine; the registry keeps its own
    Gc(Gc),
    /// Write the Dockerfile and its scripts, to go on without paas
    Eject(Eject),
    /// Print the JSON Schema of app.toml
    Schema(Schema),
    /// Print the script that completes commands in a shell
    Completions(Completions),
    /// Print the manual, or write a page for each command
    Man(Man),
}

impl Command {
    /// Does it.
    pub fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Init(command) => command.run(session),
            Self::Plan(command) => command.run(session),
            Self::Build(command) => command.run(session),
            Self::Push(command) => command.run(session),
            Self::Images(command) => command.run(session),
            Self::Deploy(command) => command.run(session),
            Self::Manifests(command) => command.run(session),
            Self::Continue(command) => command.run(session),
            Self::Abort(command) => command.run(session),
            Self::Rollback(command) => command.run(session),
            Self::Status(command) => command.run(session),
            Self::Releases(command) => command.run(session),
            Self::Logs(command) => command.run(session),
            Self::Exec(command) => command.run(session),
            Self::Run(command) => command.run(session),
            Self::Diff(command) => command.run(session),
            Self::Events(command) => command.run(session),
            Self::Scale(command) => command.run(session),
            Self::Env(command) => command.run(session),
            Self::Secret(command) => command.run(session),
            Self::Maintenance(command) => command.run(session),
            Self::Remove(command) => command.run(session),
            Self::Cluster(command) => command.run(session),
            Self::Ingress(command) => command.run(session),
            Self::Base(command) => command.run(session),
            Self::Webhook(command) => command.run(session),
            Self::Doctor(command) => command.run(session),
            Self::Gc(command) => command.run(session),
            Self::Eject(command) => command.run(session),
            Self::Schema(command) => command.run(session),
            Self::Completions(command) => command.run(session),
            Self::Man(command) => command.run(session),
        }
    }
}

/// Options of all commands.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The app's folder [default: the nearest with an app.toml, upwards within the repository]
    #[arg(short = 'C', long, global = true, value_name = "PATH")]
    pub directory: Option<PathBuf>,
    /// Print one JSON document on stdout instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a
    /// line)
    #[arg(long, global = true, value_name = "STYLE", default_value = "auto")]
    #[arg(hide_possible_values = true)]
    pub progress: ProgressChoice,
    /// Show only warnings and errors on stderr
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colours: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    #[arg(hide_possible_values = true)]
    pub color: ColorChoice,
    /// The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub docker_host: Option<String>,
    /// The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else
    /// ~/.config/paas/config.toml]
    #[arg(long, global = true, value_name = "HOST[:PORT]")]
    pub registry: Option<String>,
}

impl Global {
    /// What concerns the terminal.
    pub fn wishes(&self, environment: &Environment) -> Wishes {
        let color = match self.color {
            ColorChoice::Auto if environment.no_color() => ColorChoice::Never,
            choice => choice,
        };
        Wishes {
            color,
            progress: self.progress,
            quiet: self.quiet,
            dumb_terminal: environment.dumb_terminal(),
            ci: environment.ci(),
        }
    }

    /// What wins over the environment.
    pub fn overrides(&self) -> Overrides<'_> {
        Overrides {
            docker_host: self.docker_host.as_deref(),
            registry: self.registry.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
