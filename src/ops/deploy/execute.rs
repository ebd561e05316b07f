//! Carries out a plan: under the target's lease, stage by stage, and back again when a stage fails.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::cancel::{Cancel, interrupted};
use super::describe;
use crate::cluster::{Cluster, Erased, Lease, Secrets, Volumes, Work};
use crate::ops::step::Step as Progress;
use crate::release::{Intent, Observed, Outcome, Plan, Record, Step, Target, plan};
use crate::report::{Event, Reporter};
use crate::{Error, Kind, Result};

/// Instances that are started, awaited or stopped at a time.
const AT_ONCE: usize = 4;
/// How often a lease that somebody else holds is asked for.
const WAIT: Duration = Duration::from_millis(250);

/// How patient a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long a new release is watched once it serves.
    pub watch: Duration,
    /// How long requests to old instances may take to end.
    pub drain: Duration,
    /// Whether to wait while somebody else works on the target.
    pub wait: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            watch: Duration::ZERO,
            drain: Duration::from_mins(2),
            wait: false,
        }
    }
}

/// The right to change a target, and all that it takes.
pub(super) struct Change<'a> {
    cluster: &'a dyn Cluster,
    target: &'a Target,
    lease: Box<dyn Lease>,
    patience: Patience,
    reporter: &'a Arc<dyn Reporter>,
    cancel: &'a Cancel,
}

impl<'a> Change<'a> {
    /// Takes the lease.
    pub async fn begin(
        cluster: &'a dyn Cluster,
        target: &'a Target,
        what: &str,
        patience: Patience,
        reporter: &'a Arc<dyn Reporter>,
        cancel: &'a Cancel,
    ) -> Result<Self> {
        let mut told = false;
        let lease = loop {
            match cluster.lease(target, what).await {
                Err(error) if error.kind() == Kind::Busy && patience.wait => {
                    if !std::mem::replace(&mut told, true) {
                        reporter.report(Event::Note(format!("waiting: {error}")));
                    }
                    cancel.check()?;
                    tokio::time::sleep(WAIT).await;
                }
                Err(error) if error.kind() == Kind::Busy => {
                    return Err(error.hint("wait for it with `--wait`"));
                }
                lease => break lease?,
            }
        };
        Ok(Self {
            cluster,
            target,
            lease,
            patience,
            reporter,
            cancel,
        })
    }

    pub fn cluster(&self) -> &'a dyn Cluster {
        self.cluster
    }

    /// Tells the user something that is no reason to fail.
    pub fn warn(&self, text: String) {
        self.reporter.report(Event::Warning(text));
    }

    pub async fn observe(&self) -> Result<Observed> {
        self.cluster.observe(self.target).await
    }

    /// What is, once what an interrupted command left is finished or reverted. What merely runs badly
    /// is left alone: the change that follows may be its cure.
    pub async fn settled(&self, observed: Observed, secrets: &Secrets) -> Result<Observed> {
        let is_unfinished = |record: &Record| record.outcome.is_none();
        if !observed.held && !observed.releases.values().any(is_unfinished) {
            return Ok(observed);
        }
        self.reporter.report(Event::Note(
            "the last command was interrupted: what it left is put in order first".to_owned(),
        ));
        if let Err(error) = self.carry_out(&observed, &Intent::Settle, secrets).await {
            self.cancel.check()?;
            self.reporter.report(Event::Warning(format!(
                "what the last command left is not in order yet: {error}"
            )));
        }
        self.observe().await
    }

    /// Carries out `intent`. When it fails before the release in it was accepted, what served
    /// before serves again, and the error says so.
    pub async fn carry_out(
        &self,
        observed: &Observed,
        intent: &Intent,
        secrets: &Secrets,
    ) -> Result<()> {
        let plan = plan(observed, intent)?;
        let mut accepted = false;
        let Err(error) = self.run(&plan, secrets, &mut accepted, true).await else {
            return Ok(());
        };
        if accepted {
            return Err(error.hint(
                "the new release serves; what is left to tidy up is done by the next command",
            ));
        }
        match failing(intent, observed) {
            Some(release) if self.lease.check().await.is_ok() => {
                self.give_up(release, error, secrets).await
            }
            None if matches!(intent, Intent::Scale(_) | Intent::Abort) => {
                self.undo(&Intent::Settle, error, secrets).await
            }
            _ => Err(error),
        }
    }

    /// Gives the lease back. It ends with the connection in any case, so that what came of the
    /// change counts for more.
    pub async fn end<T>(self, result: Result<T>) -> Result<T> {
        if let Err(error) = self.lease.release().await {
            self.reporter.report(Event::Warning(format!(
                "the lease could not be given back: {error}"
            )));
        }
        result
    }

    /// Carries out a maintenance page's change.
    pub async fn set_maintenance(&self, message: Option<&str>) -> Result<()> {
        let secrets = Secrets::new();
        let work = self.work(&secrets);
        self.cluster.set_maintenance(&work, message).await
    }

    /// Takes the target off.
    pub async fn erase(&self, volumes: Volumes) -> Result<Erased> {
        let secrets = Secrets::new();
        let work = self.work(&secrets);
        self.cluster.erase(&work, volumes).await
    }

    /// Forgets the records of releases.
    pub async fn forget(&self, releases: &BTreeSet<u64>) -> Result<()> {
        let secrets = Secrets::new();
        self.cluster.forget(&self.work(&secrets), releases).await
    }

    async fn give_up(&self, release: u64, error: Error, secrets: &Secrets) -> Result<()> {
        let interrupted = error.kind() == Kind::Interrupted;
        let outcome = if interrupted {
            Outcome::Aborted
        } else {
            Outcome::Failed(error.to_string())
        };
        let intent = Intent::GiveUp {
            release,
            reason: outcome,
        };
        self.undo(&intent, error, secrets).await
    }

    /// Puts right what `error` left, by `intent`.
    async fn undo(&self, intent: &Intent, error: Error, secrets: &Secrets) -> Result<()> {
        let undone = async {
            let observed = self.observe().await?;
            let plan = plan(&observed, intent)?;
            self.run(&plan, secrets, &mut false, false).await?;
            self.observe().await
        };
        match undone.await {
            Ok(after) => Err(match after.live.release {
                Some(live) => error.hint(format!("release #{live} serves, as before")),
                None => error.hint("nothing of it is left; no release serves yet"),
            }),
            Err(second) => {
                self.warn(format!("the way back failed as well: {second}"));
                Err(error.hint("run the command again: it begins with what this one left"))
            }
        }
    }

    /// The stages of a plan. `accepted` tells whether a release was concluded as accepted.
    async fn run(
        &self,
        plan: &Plan,
        secrets: &Secrets,
        accepted: &mut bool,
        cancelable: bool,
    ) -> Result<()> {
        for stage in &plan.stages {
            if cancelable && !*accepted {
                self.cancel.check()?;
            }
            self.lease.check().await?;
            let running = self.stage(stage, secrets);
            if cancelable && !*accepted && stage.iter().all(can_be_left) {
                tokio::select! {
                    done = running => done?,
                    () = self.cancel.canceled() => {
                        return Err(interrupted());
                    }
                }
            } else {
                running.await?;
            }
            *accepted |= stage.iter().any(|step| {
                matches!(step, Step::Conclude { outcome, .. } if *outcome == Outcome::Accepted)
            });
        }
        Ok(())
    }

    /// All steps of a stage to their ends, even when one fails: the first error.
    async fn stage(&self, stage: &[Step], secrets: &Secrets) -> Result<()> {
        let work = self.work(secrets);
        let steps = stage.iter().map(|step| {
            let work = &work;
            async move {
                let progress = describe::step(step)
                    .map(|(id, name)| Progress::start(self.reporter, id, &name));
                let result = self.cluster.carry_out(work, step).await;
                match progress {
                    Some(progress) => progress.end_with(result),
                    None => result,
                }
            }
        });
        let results: Vec<Result<()>> = stream::iter(steps)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        results.into_iter().collect()
    }

    fn work<'b>(&'b self, secrets: &'b Secrets) -> Work<'b> {
        Work {
            target: self.target,
            lease: &*self.lease,
            secrets,
            watch: self.patience.watch,
            drain: self.patience.drain,
            reporter: self.reporter,
        }
    }
}

/// Refuses what needs a deployment before it, where a lease would make an ingress only to find out.
pub(super) async fn check_deployed(cluster: &dyn Cluster) -> Result<()> {
    if cluster.is_blank().await? {
        return Err(
            Error::refused("nothing was deployed yet").hint("`paas deploy` brings a version up")
        );
    }
    Ok(())
}

/// Whether dropping the step in the middle leaves nothing behind that nobody sees: a container that the engine
/// is about to make would come after the way back.
fn can_be_left(step: &Step) -> bool {
    matches!(
        step,
        Step::Fetch(_)
            | Step::RunHook { .. }
            | Step::AwaitHealthy { .. }
            | Step::Watch { .. }
            | Step::Drain { .. }
    )
}

/// The release that has to go when `intent` fails.
fn failing(intent: &Intent, observed: &Observed) -> Option<u64> {
    match intent {
        Intent::Deploy { release, .. } => Some(release.number),
        Intent::Continue => observed.live.canary.as_ref().map(|canary| canary.release),
        _ => None,
    }
}
