use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Session;
use super::confirmation::confirmed;
use super::target::{EnvironmentArgument, PatienceArguments};
use crate::Result;
use crate::ops::deploy::{self, MaintenanceOptions};

const EXAMPLES: &str = "\
Examples:
  paas maintenance on --message \"back at noon\"
  paas maintenance off";

/// `paas maintenance`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Maintenance {
    /// Whether visitors see a page instead of the app
    state: OnOff,
    /// What the page says
    #[arg(
        long,
        default_value = "This app is under maintenance and will be back soon."
    )]
    message: String,
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// The app's name, for a protected environment
    #[arg(long, value_name = "APP")]
    confirm: Option<String>,
    #[command(flatten)]
    patience: PatienceArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnOff {
    On,
    Off,
}

impl Maintenance {
    /// Shows the page, or no longer.
    pub fn run(self, session: &Session) -> Result<()> {
        let on = self.state == OnOff::On;
        let mut options = MaintenanceOptions {
            folder: session.app_folder()?,
            environment: self.environment.environment,
            message: on.then_some(self.message),
            confirm: None,
            patience: self.patience.watching(Duration::ZERO),
        };
        options.confirm = confirmed(
            session,
            &options.folder,
            options.environment.as_deref(),
            self.confirm,
            |selected| options.confirmation(selected),
        )?;
        let settings = session.settings()?;
        session.operate_in_order(async |reporter, cancel| {
            deploy::maintenance(&options, &settings, &reporter, &cancel).await
        })?;
        session.ui.note(if on {
            "visitors see the maintenance page"
        } else {
            "visitors see the app"
        });
        Ok(())
    }
}
