use clap::{Args, Subcommand};

use super::Session;
use super::target::EnvironmentArgument;
use super::variable::{self, Assignment, Changed};
use crate::Result;
use crate::cluster::Cluster;
use crate::ops::deploy::{TargetSettings, set_variable};
use crate::release::Target;
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas env set LOG_LEVEL=debug      counts from the next deployment on
  paas env                          what is set besides app.toml
  paas env unset LOG_LEVEL          app.toml's own value counts again";

/// `paas env`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Env {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    environment: EnvironmentArgument,
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
        let list_all = Command::List {
            environment: self.environment,
        };
        match self.command.unwrap_or(list_all) {
            Command::List { environment } => list(session, &environment),
            Command::Set {
                assignments,
                environment,
            } => {
                let names: Vec<&str> = assignments.iter().map(|one| &*one.name).collect();
                let what = format!("set {}", names.join(", "));
                let changed = Changed {
                    set: names,
                    ..Changed::default()
                };
                let set = async |cluster: &dyn Cluster, target: &Target| {
                    for Assignment { name, value } in &assignments {
                        set_variable(cluster, target, name, Some(value)).await?;
                    }
                    Ok(())
                };
                variable::change(session, &environment, &what, &changed, set)
            }
            Command::Unset { names, environment } => {
                let what = format!("unset {}", names.join(", "));
                let changed = Changed {
                    unset: names.iter().map(String::as_str).collect(),
                    ..Changed::default()
                };
                let unset = async |cluster: &dyn Cluster, target: &Target| {
                    for name in &names {
                        set_variable(cluster, target, name, None).await?;
                    }
                    Ok(())
                };
                variable::change(session, &environment, &what, &changed, unset)
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
