use clap::{Args, Subcommand};

use super::Session;
use super::secret_argument::SecretSource;
use super::target::EnvironmentArgument;
use super::variable::{self, Changed};
use crate::cluster::Cluster;
use crate::ops::deploy::{TargetSettings, remove_secret, set_secret};
use crate::release::Target;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas secret set DATABASE_URL < url.txt     the value comes by standard input
  paas secret                                names only: values are never shown again
  paas secret unset DATABASE_URL";

/// `paas secret`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Secret {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    environment: EnvironmentArgument,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the names of the secrets that are set
    List {
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
    /// Set a secret for the releases that follow; asks for the value, or reads it from stdin
    Set {
        /// The variable that it is given as
        #[arg(value_name = "NAME", value_parser = variable::name)]
        name: String,
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
    /// Give secrets to no release that follows
    Unset {
        /// Their names
        #[arg(value_name = "NAME", required = true, value_parser = variable::name)]
        names: Vec<String>,
        #[command(flatten)]
        environment: EnvironmentArgument,
    },
}

impl Secret {
    /// Does it.
    pub fn run(self, session: &Session) -> Result<()> {
        let list_all = Command::List {
            environment: self.environment,
        };
        match self.command.unwrap_or(list_all) {
            Command::List { environment } => list(session, &environment),
            Command::Set { name, environment } => {
                let value = value(session, &name)?;
                let what = format!("set the secret {name}");
                let changed = Changed {
                    set: vec![&name],
                    ..Changed::default()
                };
                let set = async |cluster: &dyn Cluster, target: &Target| {
                    set_secret(cluster, target, &name, &value).await
                };
                variable::change(session, &environment, &what, &changed, set)
            }
            Command::Unset { names, environment } => {
                let what = format!("unset the secrets {}", names.join(", "));
                let changed = Changed {
                    unset: names.iter().map(String::as_str).collect(),
                    ..Changed::default()
                };
                let unset = async |cluster: &dyn Cluster, target: &Target| {
                    for name in &names {
                        remove_secret(cluster, target, name).await?;
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
    let names: Vec<&String> = set.secrets.keys().collect();
    if session.global.json {
        return session.ui.print_json(&names);
    }
    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    session.ui.print(&lines)
}

/// What a person types unseen, or all of stdin without the line end that `echo` adds.
fn value(session: &Session, name: &str) -> Result<String> {
    let prompt = session.ui.prompt(false);
    if prompt.is_interactive() {
        return prompt.password(&format!("value of {name}"));
    }
    let bytes = SecretSource::Stdin.read(&session.environment)?;
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Error::usage(format!("the value of {name} is not UTF-8")))?;
    if text.ends_with('\n') {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    if text.is_empty() {
        return Err(Error::usage(format!("stdin has no value for {name}"))
            .hint(format!("write `paas secret set {name} < FILE`")));
    }
    if text.contains('\0') {
        return Err(Error::usage(format!("the value of {name} holds a NUL")));
    }
    Ok(text)
}
