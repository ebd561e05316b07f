//! One step of a plan.

use super::keeper::Overwrite;
use super::lease::fence;
use super::{DockerHost, hook, releases};
use crate::cluster::Work;
use crate::ingress::protocol::Drain;
use crate::release::{InstanceName, Outcome, Release, Step};
use crate::report::Event;
use crate::{Error, Kind, Result};

impl DockerHost {
    pub(super) async fn step(&self, work: &Work<'_>, step: &Step) -> Result<()> {
        let target = work.target;
        let name = |release: &u64, instance: &InstanceName| {
            self.names.instance(target, *release, instance)
        };
        // What undoes a start must not be overtaken by it.
        if matches!(
            step,
            Step::Pause { .. } | Step::Stop { .. } | Step::Remove { .. }
        ) {
            self.restarts.settled().await?;
        }
        match step {
            Step::Fetch(release) => self.fetch(work, release).await,
            Step::Record(release) => self.record(work, release).await,
            Step::RunHook { release } => {
                let release = self.release(target, *release).await?;
                self.run_hook(work, &release).await
            }
            Step::Start { release, instance } => {
                let release = self.release(target, *release).await?;
                self.start(work, &release, instance).await
            }
            Step::AwaitHealthy { release, instance } => {
                let release = self.release(target, *release).await?;
                self.await_healthy(work, &release, instance).await
            }
            Step::Hold => self.hold(work).await,
            Step::Switch(live) => self.switch(work, live).await,
            Step::Watch { release } => self.watch(work, *release).await,
            Step::Drain { release, instance } => self.drain(work, *release, instance).await,
            Step::Pause { release, instance } => self.pause(&name(release, instance)).await,
            Step::Stop { release, instance } => {
                let parameters = self.release(target, *release).await?;
                self.stop(&parameters, &name(release, instance)).await
            }
            Step::Remove { release, instance } => {
                let container = name(release, instance);
                match self.release(target, *release).await {
                    Ok(parameters) => self.remove(&parameters, &container).await,
                    // Nobody knows how long it may take to stop.
                    Err(_) => self.remove_container(&container).await,
                }
            }
            Step::Conclude { release, outcome } => self.conclude(work, *release, outcome).await,
        }
    }

    async fn record(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        let keeper = self.steering().await?;
        self.check_claims(&keeper, release).await?;
        self.restore(&keeper, work).await?;
        let name = releases::document(work.target, release.number);
        let text = releases::text(release);
        let fence = fence(work);
        let put = keeper.put_document(&name, &text, Overwrite::Refused, fence.as_ref());
        put.await.map_err(|error| match error.kind() {
            Kind::Refused => Error::refused(format!(
                "somebody else made release #{} meanwhile",
                release.number
            ))
            .caused_by(error)
            .hint("run the command again"),
            _ => error,
        })
    }

    pub(super) async fn conclude(
        &self,
        work: &Work<'_>,
        release: u64,
        outcome: &Outcome,
    ) -> Result<()> {
        // One that was interrupted runs on.
        self.remove_leftovers(work.target, &[hook::ROLE]).await?;
        let name = releases::outcome_document(work.target, release);
        let text = serde_json::to_string(outcome).expect("plain data");
        let keeper = self.steering().await?;
        keeper
            .put_document(&name, &text, Overwrite::Allowed, fence(work).as_ref())
            .await
    }

    async fn drain(&self, work: &Work<'_>, release: u64, instance: &InstanceName) -> Result<()> {
        let found = self.instances(work.target).await?;
        let upstream = found
            .iter()
            .find(|found| found.instance.release == release && found.instance.name == *instance)
            .and_then(super::containers::Found::upstream);
        let Some(upstream) = upstream else {
            return Ok(());
        };
        let drain = Drain {
            upstreams: vec![upstream],
            timeout_ms: u64::try_from(work.drain.as_millis()).unwrap_or(u64::MAX),
        };
        let keeper = self.steering().await?;
        let drained = keeper.drain(&work.target.key(), &drain).await?;
        if drained.in_flight > 0 {
            work.reporter.report(Event::Warning(format!(
                "{} requests to {instance} of #{release} did not end in time and are cut",
                drained.in_flight
            )));
        }
        Ok(())
    }
}
