use std::time::Duration;

use clap::Args;

use super::Session;
use super::confirmation::confirmed;
use super::target::{EnvironmentArgument, PatienceArguments};
use crate::Result;
use crate::ops::deploy::{self, Counts, ScaleOptions};

const EXAMPLES: &str = "\
Examples:
  paas scale web=3
  paas scale web=4 worker=2 -e production";

/// `paas scale`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Scale {
    /// Instances of a process; they stay so for the releases that follow
    #[arg(value_name = "PROCESS=COUNT", required = true, value_parser = count)]
    counts: Vec<(String, u32)>,
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// The app's name, to take all instances of a protected environment away
    #[arg(long, value_name = "APP")]
    confirm: Option<String>,
    #[command(flatten)]
    patience: PatienceArguments,
}

impl Scale {
    /// Scales.
    pub fn run(self, session: &Session) -> Result<()> {
        let mut options = ScaleOptions {
            folder: session.app_folder()?,
            environment: self.environment.environment,
            counts: self.counts.into_iter().collect(),
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
        let done = session.operate_in_order(async |reporter, cancel| {
            deploy::scale(&options, &settings, &reporter, &cancel).await
        })?;
        if session.global.json {
            return session.ui.print_json(&done);
        }
        let counts: &Counts = &done.replicas;
        let counts: Vec<String> = counts
            .iter()
            .map(|(process, count)| format!("{process}={count}"))
            .collect();
        session.ui.print(&format!(
            "#{} of {} in {}: {}\n",
            done.release,
            done.app,
            done.environment,
            counts.join(" ")
        ))
    }
}

fn count(text: &str) -> Result<(String, u32), String> {
    let (process, count) = text.split_once('=').ok_or("write PROCESS=COUNT")?;
    match count.parse() {
        Ok(count) if count <= 1000 && !process.is_empty() => Ok((process.to_owned(), count)),
        _ => Err("write PROCESS=COUNT, with a count of at most 1000".to_owned()),
    }
}
