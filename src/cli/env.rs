use clap::{Args, Subcommand};

use super::Session;
use super::target::EnvironmentArgument;
use super::variable::{self, Assignment};
use crate::Result;
use crate::ops::deploy::{TargetSettings, set_variable};
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas env set LOG_LEVEL=debug      counts from the next deployment on
  paas env list
  paas env unset LOG_LEVEL          app.toml's own value counts again";

/// `paas env`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Env {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what is set besides app.toml
    List {
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
    /// Set variables for the releases that follow; they win over app.toml's
    Set {
        /// What to set; for values that nobody must see there is `paas secret`
        #[arg(value_name = "NAME=VALUE", required = true)]
        assignments: Vec<Assignment>,
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
    /// Leave variables to app.toml again
    Unset {
        /// Their names
        #[arg(value_name = "NAME", required = true, value_parser = variable::name)]
        names: Vec<String>,
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
}

impl Env {
    /// Does it.
    pub fn run(self, session: &Session) -> Result<()> {
        match self.command {
            Command::List { environment } => list(session, &environment),
            Command::Set {
                assignments,
                environment,
            } => {
                let names: Vec<&str> = assignments.iter().map(|one| &*one.name).collect();
                let what = format!("set {}", names.join(", "));
                variable::change(session, &environment, &what, async |cluster, target| {
                    for Assignment { name, value } in &assignments {
                        set_variable(cluster, target, name, Some(value)).await?;
                    }
                    Ok(())
                })
            }
            Command::Unset { names, environment } => {
                let what = format!("unset {}", names.join(", "));
                variable::change(session, &environment, &what, async |cluster, target| {
                    for name in &names {
                        set_variable(cluster, target, name, None).await?;
                    }
                    Ok(())
                })
            }
        }
    }
}

fn list(session: &Session, environment: &EnvironmentArgument) -> Result<()> {
    let set = variable::read(session, environment, async |cluster, target| {
        TargetSettings::load(cluster, target).await
    })?;
    if session.global.json {
        return session.ui.print_json(&set.env);
    }
    let mut table = Table::new(["NAME", "VALUE"]);
    for (name, value) in &set.env {
        table.row([name.as_str(), value]);
    }
    session.ui.print(&table.render())
}
