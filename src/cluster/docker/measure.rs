//! What instances use, and whether they are well.

use std::time::{Duration, Instant};

use bollard::models::{ContainerCpuStats, ContainerStatsResponse};
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::DockerHost;
use super::cgroup::Cgroup;
use super::containers::Found;
use super::health::Question;
use crate::cluster::{InstanceMeasure, Measures};
use crate::release::{Instance, InstanceState, Target};
use crate::{Kind, Result};

/// Between two readings of the CPU's clock.
const INTERVAL: Duration = Duration::from_millis(40);
const AT_ONCE: usize = 64;
/// Seconds after which an instance that was started again is well.
const PROVEN: u64 = 60;

/// The first half of a measurement.
struct Begun {
    measure: InstanceMeasure,
    /// `None`: it doesn't run.
    usage: Option<Usage>,
}

/// How CPU and memory are learnt.
enum Usage {
    Kernel(Cgroup, Instant, Option<u64>),
    /// By the engine, which takes a second.
    Engine,
}

impl DockerHost {
    /// All at once, so that it takes as long for hundreds as for a few.
    pub(super) async fn measures(&self, target: &Target) -> Result<Measures> {
        let found = self.instances(target).await?;
        let (measures, answers) =
            tokio::try_join!(self.all_used(&found), self.all_answers(target, &found))?;
        let instances = found.into_iter().zip(measures).zip(answers);
        let instances = instances.map(|((found, mut measure), answer)| {
            measure.healthy = match answer {
                Answer::Runs => Some(has_proved_itself(&measure)),
                Answer::Healthy(healthy) => Some(healthy),
                Answer::Unknown => None,
            };
            ((found.instance.release, found.instance.name), measure)
        });
        Ok(Measures {
            instances: instances.collect(),
        })
    }

    /// What each of `found` uses, in the same order.
    async fn all_used(&self, found: &[Found]) -> Result<Vec<InstanceMeasure>> {
        let mut begins = Vec::new();
        for found in found {
            begins.push(self.begin(found));
        }
        let begins = stream::iter(begins).buffered(AT_ONCE);
        let begun: Vec<Begun> = begins.try_collect().await?;
        let kernel = |begun: &Begun| matches!(begun.usage, Some(Usage::Kernel(..)));
        if begun.iter().any(kernel) {
            tokio::time::sleep(INTERVAL).await;
        }
        let mut ends = Vec::new();
        for (found, begun) in found.iter().zip(begun) {
            ends.push(self.end_measure(found, begun));
        }
        Ok(stream::iter(ends).buffered(AT_ONCE).collect().await)
    }

    async fn begin(&self, found: &Found) -> Result<Begun> {
        let mut measure = InstanceMeasure::default();
        let Some(inspected) = self.inspect(&found.id).await? else {
            return Ok(Begun {
                measure,
                usage: None,
            });
        };
        let restarts = inspected.restart_count.unwrap_or(0);
        measure.restarts = u64::try_from(restarts).unwrap_or(0);
        if found.instance.state != InstanceState::Running {
            return Ok(Begun {
                measure,
                usage: None,
            });
        }
        let state = inspected.state.as_ref();
        let pid = state.and_then(|state| state.pid).unwrap_or(0);
        let started = state.and_then(|state| state.started_at.as_ref());
        let started: Option<Timestamp> = started.and_then(|time| time.parse().ok());
        let uptime = started.map(|time| Timestamp::now().duration_since(time).as_secs());
        measure.uptime = uptime.and_then(|seconds| u64::try_from(seconds).ok());
        let usage = match Cgroup::of(&found.id, pid) {
            Some(group) => {
                let used = group.cpu();
                Usage::Kernel(group, Instant::now(), used)
            }
            None => Usage::Engine,
        };
        Ok(Begun {
            measure,
            usage: Some(usage),
        })
    }

    async fn end_measure(&self, found: &Found, begun: Begun) -> InstanceMeasure {
        let mut measure = begun.measure;
        (measure.cpu, measure.memory) = match begun.usage {
            None => (None, None),
            Some(Usage::Engine) => self.told_usage(&found.id).await,
            Some(Usage::Kernel(group, at, first)) => {
                let used = group.cpu().zip(first);
                let used = used.map(|(now, then)| now.saturating_sub(then));
                (used.map(|used| cores(used, at.elapsed())), group.memory())
            }
        };
        measure
    }

    /// Whether each of `found` answers as it should, in the same order.
    async fn all_answers(&self, target: &Target, found: &[Found]) -> Result<Vec<Answer>> {
        let questions: Vec<Option<Question>> = found
            .iter()
            .map(|found| {
                let runs = found.instance.state == InstanceState::Running;
                let release = found.release.as_ref().filter(|_| runs)?;
                Some(Question::of(release, &found.instance.name))
            })
            .collect();
        let probes: Vec<_> = questions
            .iter()
            .zip(found)
            .map(|(question, found)| match question {
                Some(question @ (Question::Port { .. } | Question::Answers)) => {
                    question.probe(found.upstream()?)
                }
                _ => None,
            })
            .collect();
        let asked: Vec<_> = probes.iter().flatten().cloned().collect();
        // It is the ingress that asks.
        let told = match self.keeper().await? {
            Some(keeper) if !asked.is_empty() => match keeper.probes(&asked).await {
                // An older ingress does not know the question.
                Err(error) if error.kind() == Kind::Unexpected => Vec::new(),
                answers => answers?,
            },
            _ => Vec::new(),
        };
        let mut told = told.into_iter();
        let mut answers = Vec::new();
        for ((question, probe), found) in questions.into_iter().zip(probes).zip(found) {
            answers.push(match (question, probe) {
                (Some(question), Some(probe)) => match told.next() {
                    Some(answer) => Answer::Healthy(question.problem(&probe, answer).is_none()),
                    None => Answer::Unknown,
                },
                (Some(Question::Runs), None) => Answer::Runs,
                (Some(question @ Question::Script { .. }), None) => {
                    let Instance { name, release, .. } = &found.instance;
                    let name = self.names.instance(target, *release, name);
                    let problem = self.ask(&question, &name, found.upstream()).await?;
                    Answer::Healthy(problem.is_none())
                }
                _ => Answer::Unknown,
            });
        }
        Ok(answers)
    }

    /// The same as the engine tells it, after more than a second; nothing of a container that is
    /// gone.
    async fn told_usage(&self, id: &str) -> (Option<f64>, Option<u64>) {
        let options = StatsOptionsBuilder::new().stream(false).build();
        let mut stats = Box::pin(self.engine.client().stats(id, Some(options)));
        let Some(Ok(stats)) = stats.next().await else {
            return (None, None);
        };
        let used = total_cpu(stats.cpu_stats.as_ref())
            .zip(total_cpu(stats.precpu_stats.as_ref()))
            .map(|(now, then)| now.saturating_sub(then));
        let cpu = used.map(|used| cores(used, Duration::from_secs(1)));
        (cpu, memory(&stats))
    }
}

/// What an instance says of itself.
enum Answer {
    Healthy(bool),
    /// It can't be asked, but its restarts tell.
    Runs,
    Unknown,
}

/// One that the engine had to start again a moment ago will end again.
fn has_proved_itself(measure: &InstanceMeasure) -> bool {
    measure.restarts == 0 || measure.uptime.is_none_or(|up| up > PROVEN)
}

/// Nanoseconds.
fn total_cpu(stats: Option<&ContainerCpuStats>) -> Option<u64> {
    stats?.cpu_usage.as_ref()?.total_usage
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of a second needs few digits"
)]
fn cores(used: u64, between: Duration) -> f64 {
    used as f64 / between.as_nanos().max(1) as f64
}

/// Without the pages of files, as `docker stats` counts.
fn memory(stats: &ContainerStatsResponse) -> Option<u64> {
    let memory = stats.memory_stats.as_ref()?;
    let files = memory
        .stats
        .as_ref()
        .and_then(|stats| stats.get("inactive_file").copied())
        .unwrap_or(0);
    Some(memory.usage?.saturating_sub(files))
}
