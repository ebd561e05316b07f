use clap::Args;

use super::Session;
use super::confirmation::confirmed;
use super::target::{EnvironmentArgument, PatienceArguments};
use crate::Result;
use crate::cluster::Volumes;
use crate::ops::deploy::{self, RemoveDocument, RemoveOptions};
use crate::ui::format;

const EXAMPLES: &str = "\
Examples:
  paas remove                          instances, releases, settings and secrets go
  paas remove -e production --confirm shop
  paas remove --volumes --confirm shop   what is in its volumes as well";

/// `paas remove`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Remove {
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// Remove its volumes as well, with all that is in them
    #[arg(long)]
    volumes: bool,
    /// The app's name, for a protected environment, and for --volumes
    #[arg(long, value_name = "APP")]
    confirm: Option<String>,
    #[command(flatten)]
    patience: PatienceArguments,
}

impl Remove {
    /// Removes.
    pub fn run(self, session: &Session) -> Result<()> {
        let mut options = RemoveOptions {
            folder: session.app_folder()?,
            environment: self.environment.environment,
            volumes: if self.volumes {
                Volumes::Remove
            } else {
                Volumes::Keep
            },
            confirm: None,
            patience: self.patience.watching(std::time::Duration::ZERO),
        };
        options.confirm = confirmed(
            session,
            &options.folder,
            options.environment.as_deref(),
            self.confirm,
            |selected| options.confirmation(selected),
        )?;
        let settings = session.settings()?;
        let done = session.operate_in_order(async |reporter, cancel| {
            deploy::remove(&options, &settings, &reporter, &cancel).await
        })?;
        if session.global.json {
            return session.ui.print_json(&done);
        }
        session.ui.print(&summary(&done))
    }
}

fn summary(done: &RemoveDocument) -> String {
    let mut text = format!(
        "{} is no longer in {} on {}: {} gone\n",
        done.app,
        done.environment,
        done.cluster,
        format::count(done.instances as u64, "instance")
    );
    for volume in &done.volumes {
        text += &format!("  removed the volume {volume}\n");
    }
    for volume in &done.kept_volumes {
        text += &format!("  kept the volume {volume}: `paas remove --volumes` removes it\n");
    }
    text
}
