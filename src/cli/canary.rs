//! `paas continue` and `paas abort`.

use std::time::Duration;

use clap::Args;

use super::Session;
use super::target::{EnvironmentArgument, PatienceArguments};
use crate::Result;
use crate::ops::deploy::{self, CanaryOptions};

/// `paas continue`.
#[derive(Args, Debug)]
pub struct Continue {
    #[command(flatten)]
    environment: EnvironmentArgument,
    #[command(flatten)]
    patience: PatienceArguments,
}

/// `paas abort`.
#[derive(Args, Debug)]
pub struct Abort {
    #[command(flatten)]
    environment: EnvironmentArgument,
    #[command(flatten)]
    patience: PatienceArguments,
}

impl Continue {
    /// Makes the release on trial the one that serves.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = options(session, self.environment, &self.patience)?;
        let settings = session.settings()?;
        let done = session.operate_in_order(async |reporter, cancel| {
            deploy::proceed(&options, &settings, &reporter, &cancel).await
        })?;
        super::deploy::show(session, &done)
    }
}

impl Abort {
    /// Takes the release on trial away.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = options(session, self.environment, &self.patience)?;
        let settings = session.settings()?;
        let done = session.operate_in_order(async |reporter, cancel| {
            deploy::abort(&options, &settings, &reporter, &cancel).await
        })?;
        super::deploy::show(session, &done)
    }
}

fn options(
    session: &Session,
    environment: EnvironmentArgument,
    patience: &PatienceArguments,
) -> Result<CanaryOptions> {
    Ok(CanaryOptions {
        folder: session.app_folder()?,
        environment: environment.environment,
        patience: patience.watching(Duration::ZERO),
    })
}
