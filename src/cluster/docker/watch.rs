//! A new release that serves is watched for a while.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::DockerHost;
use super::diagnosis::Life;
use super::health::Question;
use crate::Result;
use crate::cluster::Work;
use crate::cluster::ending::ending;
use crate::release::InstanceName;

/// Between two looks; shorter where there would be fewer than [`LOOKS`].
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 4;
/// One bad answer may be chance; this many in a row are not.
const BAD_ANSWERS: u32 = 3;
/// A process that nobody can ask is watched at least so long: one that ends each second would be taken
/// for well otherwise.
const UNASKED: Duration = Duration::from_millis(1500);

impl DockerHost {
    /// Fails when an instance of `number` ends, or does not answer as it should several times on
    /// end.
    pub(super) async fn watch(&self, work: &Work<'_>, number: u64) -> Result<()> {
        if work.watch.is_zero() {
            return Ok(());
        }
        let pause = LOOK_EVERY.min(work.watch / LOOKS);
        let begun = Instant::now();
        let release = self.release(work.target, number).await?;
        let observed = self.look(work.target).await?;
        let runs_as = observed.runs_as(number);
        let instances: Vec<InstanceName> = observed
            .instances
            .iter()
            .filter(|instance| instance.release == runs_as && instance.is_running())
            .map(|instance| instance.name.clone())
            .collect();
        let mut starts: BTreeMap<InstanceName, (String, i64)> = BTreeMap::new();
        let mut bad: BTreeMap<InstanceName, u32> = BTreeMap::new();
        let time_of = |instance: &InstanceName| match Question::of(&release, instance) {
            Question::Runs => work.watch.max(UNASKED),
            _ => work.watch,
        };
        let longest = instances.iter().map(time_of).max().unwrap_or_default();
        while begun.elapsed() < longest {
            let watched = instances
                .iter()
                .filter(|instance| begun.elapsed() < time_of(instance));
            for instance in watched {
                let name = self.names.instance(work.target, runs_as, instance);
                let failed = async |what: &str, cause: String| {
                    let cause = (what, cause);
                    Err(self
                        .failure(number, instance, &name, work.secrets, cause)
                        .await)
                };
                let Some(found) = self.inspect(&name).await? else {
                    return failed("was removed while it was watched", String::new()).await;
                };
                let start = match Life::of(&found) {
                    Life::Runs { since, restarts } => (since, restarts),
                    Life::Paused => return failed("was paused", "somebody froze it".into()).await,
                    Life::Ended {
                        exit,
                        out_of_memory,
                        ..
                    } => {
                        let cause = ending(exit, out_of_memory);
                        return failed("ended while it was watched", cause).await;
                    }
                };
                if *starts
                    .entry(instance.clone())
                    .or_insert_with(|| start.clone())
                    != start
                {
                    let cause = "the engine had to start it again".to_owned();
                    return failed("ended while it was watched", cause).await;
                }
                let question = Question::of(&release, instance);
                let upstream = self.upstream_of(&found, &release);
                let answer = self.ask(&question, &name, upstream).await?;
                let count = bad.entry(instance.clone()).or_default();
                *count = if answer.is_some() { *count + 1 } else { 0 };
                if *count >= BAD_ANSWERS {
                    let cause = answer.unwrap_or_default();
                    return failed("became unhealthy while it was watched", cause).await;
                }
            }
            let left = longest.saturating_sub(begun.elapsed());
            tokio::time::sleep(pause.min(left)).await;
        }
        Ok(())
    }
}
