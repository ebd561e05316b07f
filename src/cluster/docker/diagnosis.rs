//! Why an instance is not what it should be: its state and its last words.

use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt as _;

use super::DockerHost;
use crate::builder::{LineBuffer, Redactor};
use crate::cluster::Secrets;
use crate::cluster::ending::LAST_LINES;
use crate::release::InstanceName;
use crate::{Error, Kind};

/// What an instance does at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It runs since this time of the engine's.
    Runs { since: String, restarts: i64 },
    /// It was frozen.
    Paused,
    /// It ended.
    Ended {
        exit: i64,
        out_of_memory: bool,
        /// The engine is about to start it again.
        comes_back: bool,
    },
}

impl Life {
    pub(super) fn of(found: &ContainerInspectResponse) -> Self {
        let state = found.state.clone().unwrap_or_default();
        if state.paused == Some(true) {
            return Self::Paused;
        }
        if state.running == Some(true) && state.restarting != Some(true) {
            return Self::Runs {
                since: state.started_at.unwrap_or_default(),
                restarts: found.restart_count.unwrap_or_default(),
            };
        }
        Self::Ended {
            exit: state.exit_code.unwrap_or_default(),
            out_of_memory: state.oom_killed == Some(true),
            comes_back: state.restarting == Some(true),
        }
    }
}

impl DockerHost {
    /// The failure of an instance, with its last lines.
    pub(super) async fn failure(
        &self,
        release: u64,
        instance: &InstanceName,
        container: &str,
        secrets: &Secrets,
        (what, cause): (&str, String),
    ) -> Error {
        let secrets: Vec<_> = secrets.values().cloned().collect();
        let lines = self.last_lines(container, &secrets).await;
        let error = Error::new(
            Kind::DeployFailed,
            format!("{instance} of release #{release} {what}"),
        );
        // What it answered may show them as well.
        let error = error.caused_by(Redactor::new(&secrets).text(&cause));
        if lines.is_empty() {
            error.hint(format!("{instance} wrote nothing on its output"))
        } else {
            error.detail(lines.join("\n"))
        }
    }

    /// The last lines that a container wrote, without secrets; none when they can't be had.
    pub(super) async fn last_lines(
        &self,
        container: &str,
        secrets: &[crate::builder::SecretBytes],
    ) -> Vec<String> {
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail(&LAST_LINES.to_string())
            .build();
        let redactor = Redactor::new(secrets);
        let mut buffer = LineBuffer::default();
        let mut lines = Vec::new();
        let mut output = self.engine.client().logs(container, Some(options));
        while let Some(Ok(chunk)) = output.next().await {
            lines.extend(buffer.push(&chunk.into_bytes(), &redactor));
        }
        lines.extend(buffer.rest(&redactor));
        let extra = lines.len().saturating_sub(LAST_LINES);
        lines.split_off(extra)
    }
}
