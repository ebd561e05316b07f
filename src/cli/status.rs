use std::time::Duration;

use clap::Args;

use super::Session;
use super::target::EnvironmentArgument;
use crate::Result;
use crate::ops::clusters;
use crate::ops::deploy::Selected;
use crate::ops::status::{self, InstanceStatus, ReleaseStatus, StatusDocument};
use crate::release::InstanceState;
use crate::ui::format;
use crate::ui::table::Table;

/// How often `--watch` looks.
const EVERY: Duration = Duration::from_secs(1);

/// `paas status`.
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// Go on showing it, each second, until Ctrl-C
    #[arg(short, long)]
    watch: bool,
}

impl Status {
    /// Shows.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let environment = self.environment.environment.as_deref();
        if !self.watch {
            let status = session.operate(async |reporter| {
                status::status(&folder, environment, &settings, &reporter).await
            })?;
            return show(session, &status);
        }
        session.operate(async |reporter| {
            let selected = Selected::load(&folder, environment)?;
            let cluster = clusters::open(&selected.cluster, &settings, &reporter).await?;
            loop {
                let status = status::of(&selected, &*cluster).await?;
                if !session.global.json {
                    session.ui.clear()?;
                }
                show(session, &status)?;
                tokio::time::sleep(EVERY).await;
            }
        })
    }
}

fn show(session: &Session, status: &StatusDocument) -> Result<()> {
    if session.global.json {
        return session.ui.print_json(status);
    }
    session.ui.print(&text(status))
}

fn text(status: &StatusDocument) -> String {
    let mut text = format!(
        "{} in {}, on {}\n",
        status.app, status.environment, status.cluster
    );
    if let Some(url) = &status.url {
        text += &format!("  {url}\n");
    }
    if status.maintenance {
        text += "  under maintenance: visitors see a page that says so\n";
    }
    for (host, certificate) in &status.certificates {
        if let Some(failure) = &certificate.failure {
            text += &format!("  no certificate for {host}: {}\n", failure.reason);
        }
    }
    if status.releases.is_empty() {
        text += "  nothing was deployed yet\n";
    }
    for release in &status.releases {
        text += &release_text(release);
    }
    text
}

fn release_text(release: &ReleaseStatus) -> String {
    let mut text = format!(
        "\n#{} {} {}\n",
        release.release, release.status, release.version
    );
    if let Some(traffic) = &release.traffic
        && traffic.requests > 0
    {
        let milliseconds = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1} ms"))
        };
        text += &format!(
            "  {}, {} failed, {} running, p50 {}, p99 {}\n",
            format::count(traffic.requests, "request"),
            traffic.failed,
            traffic.in_flight,
            milliseconds(traffic.p50_ms),
            milliseconds(traffic.p99_ms),
        );
    }
    for instance in &release.missing {
        text += &format!("  {instance} is missing; the next `paas deploy` makes it again\n");
    }
    if release.processes.is_empty() {
        return text + "  no instances\n";
    }
    let mut table = Table::new([
        "  INSTANCE",
        "STATE",
        "HEALTH",
        "RESTARTS",
        "CPU",
        "MEMORY",
        "UP",
    ]);
    for instance in release.processes.values().flatten() {
        table.row(row(instance).iter().map(String::as_str));
    }
    text + &table.render()
}

fn state(state: InstanceState) -> &'static str {
    match state {
        InstanceState::Created => "created",
        InstanceState::Running => "running",
        InstanceState::Paused => "kept, paused",
        InstanceState::Stopped => "stopped",
    }
}

fn row(instance: &InstanceStatus) -> [String; 7] {
    let dash = || "-".to_owned();
    [
        format!("  {}", instance.instance),
        state(instance.state).to_owned(),
        match instance.healthy {
            Some(true) => "healthy".to_owned(),
            Some(false) => "unhealthy".to_owned(),
            None => dash(),
        },
        instance.restarts.to_string(),
        instance
            .cpu
            .map_or_else(dash, |cores| format!("{:.0}%", cores * 100.0)),
        instance.memory.map_or_else(dash, format::bytes),
        instance
            .uptime
            .map_or_else(dash, |seconds| format::age(Duration::from_secs(seconds))),
    ]
}
