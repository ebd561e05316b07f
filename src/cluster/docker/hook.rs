//! `before_deploy`: once, in the new image, to its end.

use futures_util::StreamExt as _;

use super::DockerHost;
use crate::builder::{LineBuffer, Redactor};
use crate::cluster::ending::{LAST_LINES, ending};
use crate::cluster::{Output, Process as _, Work};
use crate::release::Release;
use crate::report::{Event, StepId};
use crate::{Error, Kind, Result};

/// The role of its container.
pub(super) const ROLE: &str = "hook";

impl DockerHost {
    pub(super) async fn run_hook(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        let Some(code) = &release.before_deploy else {
            return Ok(());
        };
        let command = ["/bin/sh", "-euc", code].map(str::to_owned);
        let mut running = self
            .one_off(release, work.secrets, ROLE, &command, None)
            .await?;
        let secrets: Vec<_> = work.secrets.values().cloned().collect();
        let redactor = Redactor::new(&secrets);
        let mut output = running.output();
        let mut buffer = LineBuffer::default();
        let mut lines = Vec::new();
        let id = StepId(format!("hook {}", release.number));
        let mut say = |new: Vec<String>| {
            for line in new {
                let id = id.clone();
                let line_shown = line.clone();
                work.reporter.report(Event::StepLog {
                    id,
                    line: line_shown,
                });
                lines.push(line);
            }
        };
        while let Some(piece) = output.next().await {
            let (Output::Stdout(bytes) | Output::Stderr(bytes)) = piece?;
            say(buffer.push(&bytes, &redactor));
        }
        say(buffer.rest(&redactor).into_iter().collect());
        let exit = running.wait().await?;
        if exit == 0 {
            return Ok(());
        }
        let from = lines.len().saturating_sub(LAST_LINES);
        Err(Error::new(
            Kind::DeployFailed,
            format!("before_deploy of release #{} failed", release.number),
        )
        .caused_by(ending(exit, false))
        .detail(lines[from..].join("\n")))
    }
}
