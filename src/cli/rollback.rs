use std::time::Duration;

use clap::Args;

use super::Session;
use super::target::{EnvironmentArgument, PatienceArguments};
use crate::Result;
use crate::ops::deploy::{self, RollbackOptions};

const EXAMPLES: &str = "\
Examples:
  paas rollback                 to the release that served before
  paas rollback 40 -e production";

/// `paas rollback`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Rollback {
    /// The release's number [default: the newest that served and does not now]
    release: Option<u64>,
    #[command(flatten)]
    environment: EnvironmentArgument,
    #[command(flatten)]
    patience: PatienceArguments,
}

impl Rollback {
    /// Goes back.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = RollbackOptions {
            folder: session.app_folder()?,
            environment: self.environment.environment,
            release: self.release,
            patience: self.patience.watching(Duration::ZERO),
        };
        let settings = session.settings()?;
        let done = session.operate_in_order(async |reporter, cancel| {
            deploy::rollback(&options, &settings, &reporter, &cancel).await
        })?;
        super::deploy::show(session, &done)
    }
}
