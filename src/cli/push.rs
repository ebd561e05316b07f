use clap::Args;

use super::Session;
use crate::Result;
use crate::ops::{self, PushOptions};

const EXAMPLES: &str = "\
Examples:
  paas push                           the version of what is checked out
  paas push v1.4.2-g3f9c2d1a-r7";

/// `paas push`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Push {
    /// A version built here, as `paas images` shows it [default: the one that `paas build` would make
    /// now]
    version: Option<String>,
    /// Publish also what was built from uncommitted changes
    #[arg(long)]
    allow_dirty: bool,
}

impl Push {
    /// Pushes.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = PushOptions {
            folder: session.app_folder()?,
            version: self.version,
            allow_dirty: self.allow_dirty,
        };
        let settings = session.settings()?;
        let pushed =
            session.operate(async |reporter| ops::push(&options, &settings, &reporter).await)?;
        if session.global.json {
            session.ui.print_json(&pushed)
        } else {
            session.ui.print(&format!(
                "{}\n  in the registry, digest {}\n",
                pushed.image, pushed.digest
            ))
        }
    }
}
