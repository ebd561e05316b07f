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
    /// A version that is on this machine [default: that of what is on disk]
    version: Option<String>,
    /// Push a version of uncommitted changes
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
                "{}\n  in the registry, {}\n",
                pushed.image, pushed.digest
            ))
        }
    }
}
