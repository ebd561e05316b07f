use std::time::Duration;

use clap::Args;

use super::Session;
use super::build::build_secrets;
use super::target::{EnvironmentArgument, PatienceArguments, duration};
use crate::cluster::ObjectChange;
use crate::ops::BuildOptions;
use crate::ops::deploy::{self, DeployDocument, DeployOptions, DeployStatus, Preview};
use crate::release::InstanceName;
use crate::ui::format;
use crate::{Error, Kind, Result};

const EXAMPLES: &str = "\
Examples:
  paas deploy                            build what is on disk, and bring it up
  paas deploy v1.4.2-g3f9c2d1a-r7 -e production
  paas deploy --plan                     what would change
  paas deploy --canary web.2             one instance first; then `continue` or `abort`";

/// `paas deploy`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Deploy {
    /// A version that was built before, with the app.toml of its commit [default: what is on disk, built if need be]
    version: Option<String>,
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// Only say what would be built and what would change; builds nothing
    #[arg(long, conflicts_with = "canary")]
    plan: bool,
    /// With --plan: exit with 3 when something would change
    #[arg(long, requires = "plan")]
    exit_code: bool,
    /// Replace only this instance, on trial; may be given more than once
    #[arg(long, value_name = "INSTANCE")]
    canary: Vec<InstanceName>,
    /// How long the new release is watched once it serves; it goes back if an instance fails
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = duration)]
    watch: Duration,
    #[command(flatten)]
    patience: PatienceArguments,
    /// Deploy uncommitted changes to a protected environment as well
    #[arg(long)]
    allow_dirty: bool,
    /// Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin)
    /// [default: the variable with its name]
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    secrets: Vec<String>,
}

impl Deploy {
    /// Deploys.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let secrets = if self.version.is_some() {
            std::collections::BTreeMap::default()
        } else {
            build_secrets(session, &folder, &self.secrets)?
        };
        let options = DeployOptions {
            build: BuildOptions {
                folder: folder.clone(),
                allow_dirty: true,
                secrets,
                ..BuildOptions::default()
            },
            folder,
            environment: self.environment.environment,
            version: self.version,
            canary: (!self.canary.is_empty()).then_some(self.canary),
            allow_dirty: self.allow_dirty,
            patience: self.patience.watching(self.watch),
        };
        let settings = session.settings()?;
        if self.plan {
            let preview = session
                .operate(async |reporter| deploy::preview(&options, &settings, &reporter).await)?;
            return show_preview(session, &preview, self.exit_code);
        }
        let deployed = session.operate_in_order(async |reporter, cancel| {
            deploy::deploy(&options, &settings, &reporter, &cancel).await
        })?;
        show(session, &deployed)
    }
}

/// What came of a change to what serves.
pub(super) fn show(session: &Session, deployed: &DeployDocument) -> Result<()> {
    if session.global.json {
        return session.ui.print_json(deployed);
    }
    session.ui.print(&summary(deployed))
}

fn summary(deployed: &DeployDocument) -> String {
    let number = deployed.release;
    let mut text = match (deployed.status, deployed.from) {
        (DeployStatus::Unchanged, _) => {
            return format!(
                "{} {} serves already, as #{number}\n{}",
                deployed.app,
                deployed.version,
                url_line(deployed)
            );
        }
        (DeployStatus::Canary, _) => format!("#{number} is on trial"),
        (DeployStatus::Aborted, _) => format!("#{number} was taken away"),
        (DeployStatus::Live, Some(from)) => format!("#{number}, from #{from}, serves"),
        (DeployStatus::Live, None) => format!("#{number} serves"),
    };
    let seconds = format::duration(Duration::from_secs_f64(deployed.seconds));
    text += &format!(
        ": {} {} in {}, in {seconds}\n{}",
        deployed.app,
        deployed.version,
        deployed.environment,
        url_line(deployed)
    );
    text + &traffic_line(deployed)
}

fn url_line(deployed: &DeployDocument) -> String {
    let url = deployed.url.as_ref();
    url.map(|url| format!("  {url}\n")).unwrap_or_default()
}

/// What users noticed, as it was measured.
fn traffic_line(deployed: &DeployDocument) -> String {
    let traffic = &deployed.traffic;
    if traffic.requests == 0 {
        return "  no requests meanwhile\n".to_owned();
    }
    let milliseconds =
        |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1} ms"));
    format!(
        "  {} meanwhile, {} failed, longest gap {} ms, p99 {} before, {} after\n",
        format::count(traffic.requests, "request"),
        traffic.failed,
        traffic.longest_gap_ms,
        milliseconds(traffic.p99_before_ms),
        milliseconds(traffic.p99_after_ms),
    )
}

fn show_preview(session: &Session, preview: &Preview, exit_code: bool) -> Result<()> {
    if session.global.json {
        session.ui.print_json(preview)?;
    } else {
        session.ui.print(&preview_text(preview))?;
    }
    let changes = preview
        .changes
        .as_ref()
        .is_none_or(|changes| !changes.is_empty());
    if exit_code && changes {
        return Err(Error::new(
            Kind::Refused,
            "a deployment would change something",
        ));
    }
    Ok(())
}

fn preview_text(preview: &Preview) -> String {
    parameters_text(preview) + &objects_text(&preview.objects)
}

/// What the cluster itself would make of it.
fn objects_text(objects: &[ObjectChange]) -> String {
    let texts = objects.iter().map(|object| {
        let ObjectChange { kind, name, fields } = object;
        match fields {
            None => format!("  + {kind} {name}\n"),
            Some(fields) => {
                let lines = fields.iter().map(|field| format!("      {field}\n"));
                format!("  ~ {kind} {name}\n{}", lines.collect::<String>())
            }
        }
    });
    texts.collect()
}

fn parameters_text(preview: &Preview) -> String {
    let place = format!("{} in {}", preview.app, preview.environment);
    let text = match (&preview.changes, preview.live) {
        (Some(changes), Some(live)) if changes.is_empty() => {
            format!("{place}: nothing would change; #{live} serves this already\n")
        }
        (Some(changes), Some(live)) => {
            let lines: String = changes
                .iter()
                .map(|change| format!("  {change}\n"))
                .collect();
            format!(
                "{place}: #{live} would become #{}\n{lines}",
                preview.release
            )
        }
        _ => format!(
            "{place}: {} would be the first to serve, as #{}\n",
            preview.version, preview.release
        ),
    };
    let mut notes = String::new();
    if preview.is_missing {
        notes += &format!(
            "  {} is not on this machine: it would be built first, or fetched from the registry\n",
            preview.version
        );
    }
    if let Some(commit) = &preview.configuration {
        let commit = commit.get(..8).unwrap_or(commit);
        notes += &format!("  app.toml of {commit} counts, as it was with this version\n");
    }
    text + &notes
}
