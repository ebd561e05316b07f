use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;

use super::Session;
use super::target::{EnvironmentArgument, duration};
use crate::Result;
use crate::cluster::{LogLine, LogOptions};
use crate::ops::clusters;
use crate::ops::deploy::Selected;
use crate::release::InstanceName;
use crate::ui::palette::Palette;
use crate::ui::sanitize;

const EXAMPLES: &str = "\
Examples:
  paas logs -f                   all instances, as they write
  paas logs web.2 --tail 100
  paas logs --since 1h --json";

/// `paas logs`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Logs {
    /// Of this instance only
    instance: Option<InstanceName>,
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// Go on with new lines, of new instances too, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
    /// At most so many old lines of each instance
    #[arg(short = 'n', long, value_name = "LINES")]
    tail: Option<usize>,
    /// Only lines that are not older
    #[arg(long, value_name = "TIME", value_parser = duration)]
    since: Option<Duration>,
    /// Show when each line was written
    #[arg(short, long)]
    timestamps: bool,
}

impl Logs {
    /// Shows.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let options = LogOptions {
            instance: self.instance,
            follow: self.follow,
            tail: self.tail,
            since: self.since.map(|since| since.as_secs()),
        };
        let palette = session.ui.stdout_palette();
        session.operate(async |reporter| {
            let selected = Selected::load(&folder, self.environment.environment.as_deref())?;
            let cluster = clusters::open(&selected.cluster, &settings, &reporter).await?;
            let target = &selected.target;
            if cluster.observe(target).await?.instances.is_empty() {
                let waiting = if options.follow {
                    "; waiting for it"
                } else {
                    ""
                };
                session
                    .ui
                    .note(&format!("nothing of {target} was deployed{waiting}"));
            }
            let mut lines = cluster.logs(&selected.target, &options).await?;
            while let Some(line) = lines.next().await {
                let line = line?;
                if session.global.json {
                    session.ui.print_json(&document(&line))?;
                } else {
                    session.ui.print(&text(&line, self.timestamps, palette))?;
                }
            }
            Ok(())
        })
    }
}

fn document(line: &LogLine) -> serde_json::Value {
    serde_json::json!({
        "time": line.time,
        "release": line.release,
        "instance": line.instance.to_string(),
        "stream": if line.stderr { "stderr" } else { "stdout" },
        "line": String::from_utf8_lossy(&line.line),
    })
}

fn text(line: &LogLine, timestamps: bool, palette: Palette) -> String {
    let time = if timestamps {
        format!("{} ", palette.dim(&line.time))
    } else {
        String::new()
    };
    let name = format!("#{} {}", line.release, line.instance);
    let name = palette.one_of_many(&name, &line.instance.to_string());
    let content = String::from_utf8_lossy(&line.line);
    format!("{time}{name} {}\n", sanitize::line(&content))
}
