//! Whether an instance is healthy.

use std::time::{Duration, Instant};

use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::ContainerInspectResponse;
use futures_util::StreamExt as _;

use super::DockerHost;
use super::diagnosis::Life;
use crate::cluster::Work;
use crate::cluster::ending::ending;
use crate::ingress::protocol::{self, ProbeAnswer};
use crate::release::{InstanceName, Probe, Release};
use crate::{Error, Kind, Result};

const ASK_EVERY: Duration = Duration::from_millis(25);
/// Of an instance that was not healthy soon: its log should tell more than that it was asked.
const ASK_LATER: Duration = Duration::from_millis(200);
const SOON: Duration = Duration::from_secs(2);
/// A script is a process of its own.
const RUN_EVERY: Duration = Duration::from_millis(200);
/// A process without a port that still runs after this time has begun its work.
const PROOF: Duration = Duration::from_millis(300);
const DEFAULT_GRACE: Duration = Duration::from_secs(30);
/// A front page may take its time.
const ANSWER_TIMEOUT_MS: u64 = 10_000;
/// Of a script's output, in an error.
const LONGEST_ANSWER: usize = 1024;

/// What an instance is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// GET a path, or only a connection.
    Port {
        path: Option<String>,
        timeout_ms: u64,
    },
    /// Any HTTP answer to `GET /`: servers accept connections before the app behind them is loaded.
    Answers,
    /// Shell code in the instance.
    Script { code: String, timeout_ms: u64 },
    /// It runs.
    Runs,
}

impl Question {
    /// Health is asked of `web`; other processes have no port, so they only have to run.
    pub(super) fn of(release: &Release, instance: &InstanceName) -> Self {
        if instance.process != "web" {
            return Self::Runs;
        }
        let Some(health) = &release.health else {
            return Self::Answers;
        };
        let timeout_ms = health.timeout_ms;
        match &health.probe {
            Probe::Http(path) => Self::Port {
                path: Some(path.clone()),
                timeout_ms,
            },
            Probe::Tcp => Self::Port {
                path: None,
                timeout_ms,
            },
            Probe::Script(code) => Self::Script {
                code: code.clone(),
                timeout_ms,
            },
        }
    }

    /// What the ingress is to ask; `None`: nothing. Whatever a script says, requests need somebody who
    /// takes them.
    pub(super) fn probe(&self, upstream: String) -> Option<protocol::Probe> {
        let (path, timeout_ms) = match self {
            Self::Runs => return None,
            Self::Port { path, timeout_ms } => (path.clone(), *timeout_ms),
            Self::Answers => (Some("/".to_owned()), ANSWER_TIMEOUT_MS),
            Self::Script { timeout_ms, .. } => (None, *timeout_ms),
        };
        Some(protocol::Probe {
            upstream,
            path,
            timeout_ms,
        })
    }

    /// What is wrong with an answer, for people; `None`: nothing.
    pub(super) fn problem(&self, probe: &protocol::Probe, answer: ProbeAnswer) -> Option<String> {
        let asked = match &probe.path {
            Some(path) => format!("GET {path}"),
            None => format!("a connection to {}", probe.upstream),
        };
        match answer {
            ProbeAnswer::Healthy => None,
            ProbeAnswer::Status { .. } if *self == Self::Answers => None,
            ProbeAnswer::Status { status, body } => Some(format!(
                "{asked} was answered with {status}: {}",
                body.trim()
            )),
            ProbeAnswer::None { reason } => Some(format!("{asked} got no answer: {reason}")),
        }
    }

    fn pause(&self) -> Duration {
        match self {
            Self::Script { .. } => RUN_EVERY,
            Self::Port { .. } | Self::Answers | Self::Runs => ASK_EVERY,
        }
    }
}

impl DockerHost {
    pub(super) async fn await_healthy(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        let name = self.names.instance(work.target, release.number, instance);
        let question = Question::of(release, instance);
        let health = release.health.as_ref();
        let grace = health.map_or(DEFAULT_GRACE, crate::release::Health::grace);
        let failed = async |what: &str, cause: String| {
            self.failure(release.number, instance, &name, work.secrets, (what, cause))
                .await
        };
        let begun = Instant::now();
        let mut first: Option<(String, i64, Instant)> = None;
        loop {
            let Some(found) = self.inspect(&name).await? else {
                return Err(Error::new(
                    Kind::DeployFailed,
                    format!(
                        "{instance} of release #{} was removed while it started",
                        release.number
                    ),
                ));
            };
            let (since, restarts) = match Life::of(&found) {
                Life::Runs { since, restarts } => (since, restarts),
                Life::Paused => {
                    return Err(failed("was paused", "somebody froze it".to_owned()).await);
                }
                Life::Ended {
                    exit,
                    out_of_memory,
                    ..
                } => {
                    let cause = ending(exit, out_of_memory);
                    return Err(failed("ended before it was healthy", cause).await);
                }
            };
            let (first_start, first_restarts, seen) =
                first.get_or_insert_with(|| (since.clone(), restarts, Instant::now()));
            if restarts > *first_restarts || since != *first_start {
                let cause = "it ended, and the engine started it again".to_owned();
                return Err(failed("ended before it was healthy", cause).await);
            }
            let answer = match &question {
                Question::Runs if seen.elapsed() >= PROOF => return Ok(()),
                Question::Runs => None,
                question => {
                    let upstream = self.upstream_of(&found, release);
                    self.ask(question, &name, upstream).await?
                }
            };
            if answer.is_none() && question != Question::Runs {
                return Ok(());
            }
            if begun.elapsed() >= grace {
                let what = format!("did not become healthy within {} s", grace.as_secs_f64());
                return Err(failed(&what, answer.unwrap_or_default()).await);
            }
            let pause = if begun.elapsed() < SOON {
                question.pause()
            } else {
                question.pause().max(ASK_LATER)
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// `None`: healthy; otherwise what it answered, for people.
    pub(super) async fn ask(
        &self,
        question: &Question,
        name: &str,
        upstream: Option<String>,
    ) -> Result<Option<String>> {
        if let Question::Script { code, timeout_ms } = question {
            let answer = self.run_script(name, code, *timeout_ms).await?;
            if answer.is_some() {
                return Ok(answer);
            }
        }
        let Some(upstream) = upstream else {
            return Ok(Some("it has no address".to_owned()));
        };
        let Some(probe) = question.probe(upstream) else {
            return Ok(None);
        };
        let answer = self.steering().await?.probe(&probe).await?;
        Ok(question.problem(&probe, answer))
    }

    pub(super) fn upstream_of(
        &self,
        found: &ContainerInspectResponse,
        release: &Release,
    ) -> Option<String> {
        let networks = found.network_settings.as_ref()?.networks.as_ref()?;
        let address = networks.get(&self.names.network())?.ip_address.as_ref()?;
        (!address.is_empty()).then(|| format!("{address}:{}", release.port))
    }

    async fn run_script(&self, name: &str, code: &str, timeout_ms: u64) -> Result<Option<String>> {
        let client = self.engine.client();
        let command = CreateExecOptions {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(vec!["/bin/sh", "-euc", code]),
            ..CreateExecOptions::default()
        };
        let run = async {
            let made = client.create_exec(name, command).await?;
            let mut said = Vec::new();
            if let StartExecResults::Attached { mut output, .. } =
                client.start_exec(&made.id, None).await?
            {
                while let Some(chunk) = output.next().await {
                    said.extend_from_slice(&chunk?.into_bytes());
                    said.truncate(LONGEST_ANSWER);
                }
            }
            let exit = client.inspect_exec(&made.id).await?.exit_code;
            Ok::<_, bollard::errors::Error>((exit, said))
        };
        let timeout = Duration::from_millis(timeout_ms);
        Ok(match tokio::time::timeout(timeout, run).await {
            Ok(Ok((Some(0), _))) => None,
            Ok(Ok((exit, said))) => Some(format!(
                "the health script ended with exit status {}: {}",
                exit.unwrap_or(-1),
                String::from_utf8_lossy(&said).trim()
            )),
            // It may have ended meanwhile, which the next look tells.
            Ok(Err(error)) => Some(format!("the health script can't be run: {error}")),
            Err(_) => Some(format!("the health script took more than {timeout_ms} ms")),
        })
    }
}
