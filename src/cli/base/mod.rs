mod build;
mod list;
mod push;
mod update;

use clap::{Args, Subcommand};

use super::Session;
use crate::Result;

const EXAMPLES: &str = "\
Examples:
  paas base list                        the bases that apps can name
  paas base build python                build one, and those it is made from
  paas base push python python-runtime  give them to all machines
  paas base update                      pin the newest in app.lock";

/// `paas base`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Base {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the bases, this machine's images of them, and the apps that pin older ones
    List(list::List),
    /// Build bases, and those they are made from
    Build(build::Build),
    /// Push this machine's images of bases to the registry
    Push(push::Push),
    /// Pin the newest images of the app's bases in app.lock
    Update(update::Update),
}

impl Base {
    /// Does it.
    pub fn run(self, session: &Session) -> Result<()> {
        match self.command {
            Command::List(command) => command.run(session),
            Command::Build(command) => command.run(session),
            Command::Push(command) => command.run(session),
            Command::Update(command) => command.run(session),
        }
    }
}
