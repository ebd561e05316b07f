use clap::Args;

use super::Session;
use super::target::EnvironmentArgument;
use crate::ops::history;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas diff 4 7                 what #7 has that #4 had not, and the other way round";

/// `paas diff`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Diff {
    /// A release's number
    #[arg(value_parser = number)]
    from: u64,
    /// Another release's number
    #[arg(value_parser = number)]
    to: u64,
    #[command(flatten)]
    environment: EnvironmentArgument,
}

impl Diff {
    /// Compares.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let environment = self.environment.environment.as_deref();
        let pair = (self.from, self.to);
        let changes = session.operate(async |reporter| {
            history::diff(&folder, environment, pair, &settings, &reporter).await
        })?;
        if session.global.json {
            return session.ui.print_json(&changes);
        }
        if changes.is_empty() {
            session.ui.note("both have the same parameters");
        }
        let lines: String = changes.iter().map(|change| format!("{change}\n")).collect();
        session.ui.print(&lines)
    }
}

/// `7` or `#7`.
fn number(text: &str) -> Result<u64> {
    text.trim_start_matches('#')
        .parse()
        .map_err(|_| Error::usage("write a release's number, as `paas releases` shows it"))
}
