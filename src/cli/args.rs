use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::Session;
use super::base::Base;
use super::build::Build;
use super::completions::Completions;
use super::doctor::Doctor;
use super::eject::Eject;
use super::environment::{Environment, Overrides};
use super::gc::Gc;
use super::images::Images;
use super::init::Init;
use super::man::Man;
use super::plan::Plan;
use super::push::Push;
use super::schema::Schema;
use super::webhook::Webhook;
use crate::Result;
use crate::ui::{ColorChoice, ProgressChoice, Wishes};

const ENVIRONMENT: &str = "\
Environment:
  DOCKER_HOST, DOCKER_CONTEXT  the Docker Engine
  PAAS_REGISTRY                where images are pushed
  PAAS_CA_BUNDLE               certificate authorities for build steps (PEM); empty for none
  PAAS_STATE_DIR               what is kept between builds
  CI                           no prompts, no live progress, `app.lock` is not rewritten
  NO_COLOR                     no colours

Exit codes:
  0 done   1 unexpected   2 usage or configuration   3 refused
  4 engine, registry or network failed   5 the build script failed
  130 interrupted";

/// From a git repository with an app.toml to a versioned image, without a Dockerfile
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
    /// Tell what the app is written in, and write its app.toml
    Init(Init),
    /// Print what would be built, and every input that decides the version
    Plan(Plan),
    /// Build a version, or find that nothing changed
    Build(Build),
    /// Publish a version to the registry
    Push(Push),
    /// List versions, on this machine and in the registry
    Images(Images),
    /// Base images: what builds start from
    Base(Base),
    /// Build what one git event asks for, in CI or from a webhook's payload
    Webhook(Webhook),
    /// Look whether everything is there that a build needs
    Doctor(Doctor),
    /// Remove old versions from this machine
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
    /// Print one JSON document on stdout
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
    /// The Docker Engine's socket, or tcp:// address
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub docker_host: Option<String>,
    /// The registry's host, with its port where needed
    #[arg(long, global = true, value_name = "HOST")]
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
