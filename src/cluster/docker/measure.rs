//! What instances use, and whether they are well.

use std::time::{Duration, Instant};

use bollard::models::{ContainerCpuStats, ContainerStatsResponse};
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use super::DockerHost;
use super::cgroup::Cgroup;
use super::containers::Found;
use super::health::Question;
use crate::Result;
use crate::cluster::{InstanceMeasure, Measures};
use crate::release::{InstanceState, Target};

/// Between two readings of the CPU's clock.
const INTERVAL: Duration = Duration::from_millis(40);
const AT_ONCE: usize = 64;
/// Seconds after which an instance that was started again is well.
const PROVEN: i64 = 60;

impl DockerHost {
    pub(super) async fn measures(&self, target: &Target) -> Result<Measures> {
        let found = self.instances(target).await?;
        let mut questions = Vec::new();
        for found in found {
            questions.push(async move {
                let measured = self.measure_one(target, &found).await?;
                Ok(((found.instance.release, found.instance.name), measured))
            });
        }
        let all = stream::iter(questions).buffer_unordered(AT_ONCE);
        let measured: Vec<Result<_>> = all.collect().await;
        Ok(Measures {
            instances: measured.into_iter().collect::<Result<_>>()?,
        })
    }

    async fn measure_one(&self, target: &Target, found: &Found) -> Result<InstanceMeasure> {
        let instance = &found.instance;
        let Some(inspected) = self.inspect(&found.id).await? else {
            return Ok(InstanceMeasure::default());
        };
        let restarts = inspected.restart_count.unwrap_or(0);
        let restarts = u64::try_from(restarts).unwrap_or(0);
        if instance.state != InstanceState::Running {
            return Ok(InstanceMeasure {
                restarts,
                ..InstanceMeasure::default()
            });
        }
        let state = inspected.state.as_ref();
        let pid = state.and_then(|state| state.pid).unwrap_or(0);
        let started = state.and_then(|state| state.started_at.as_ref());
        let started: Option<Timestamp> = started.and_then(|time| time.parse().ok());
        let uptime = started.map(|time| Timestamp::now().duration_since(time).as_secs());
        let name = self
            .names
            .instance(target, instance.release, &instance.name);
        let health = async {
            let Some(release) = &found.release else {
                return Ok(None);
            };
            match Question::of(release, &instance.name) {
                // One that the engine had to start again a moment ago will end again.
                Question::Runs => Ok(Some(restarts == 0 || uptime.is_none_or(|up| up > PROVEN))),
                // It is the ingress that asks.
                Question::Port { .. } | Question::Answers if self.keeper().await?.is_none() => {
                    Ok(None)
                }
                question => self
                    .ask(&question, release, &name, &inspected)
                    .await
                    .map(|answer| Some(answer.is_none())),
            }
        };
        let (healthy, (cpu, memory)) = tokio::try_join!(health, self.usage(&found.id, pid))?;
        Ok(InstanceMeasure {
            healthy,
            restarts,
            cpu,
            memory,
            uptime: uptime.and_then(|seconds| u64::try_from(seconds).ok()),
        })
    }

    /// Cores and bytes, of a container with this first process.
    async fn usage(&self, id: &str, pid: i64) -> Result<(Option<f64>, Option<u64>)> {
        let Some(group) = Cgroup::of(id, pid) else {
            return Ok(self.told_usage(id).await);
        };
        let (begun, first) = (Instant::now(), group.cpu());
        tokio::time::sleep(INTERVAL).await;
        let used = group.cpu().zip(first);
        let used = used.map(|(now, then)| now.saturating_sub(then));
        let cpu = used.map(|used| cores(used, begun.elapsed()));
        Ok((cpu, group.memory()))
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
