//! Which instances there should be: those that serve, and those kept for a fast way back.

use std::collections::BTreeSet;

use super::{Instance, InstanceName, InstanceState, Live, Observed, Outcome, Release};

/// An instance that should be, whether or not it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    /// The number that the instance carries: [`Release::runs_as`].
    pub release: u64,
    /// `web.2`.
    pub instance: InstanceName,
}

impl Instance {
    /// Where it belongs.
    pub fn slot(&self) -> Slot {
        Slot {
            release: self.release,
            instance: self.name.clone(),
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.state == InstanceState::Running
    }
}

impl Observed {
    /// The number for the next release.
    pub fn next_number(&self) -> u64 {
        self.releases
            .last_key_value()
            .map_or(1, |(number, _)| number + 1)
    }

    /// The parameters of release `number`.
    pub fn release(&self, number: u64) -> Option<&Release> {
        self.releases.get(&number).map(|record| &record.release)
    }

    /// [`Release::runs_as`] of release `number`.
    pub fn runs_as(&self, number: u64) -> u64 {
        self.release(number)
            .map_or(number, |release| release.runs_as(&self.releases))
    }

    /// The release whose instances serve, with the counts that it runs with.
    pub fn live_as_scaled(&self) -> Option<Release> {
        let mut release = self.release(self.runs_as(self.live.release?))?.clone();
        for (name, process) in &mut release.processes {
            let scaled = self.live.replicas.get(name);
            process.replicas = scaled.copied().unwrap_or(process.replicas);
        }
        Some(release)
    }

    /// The instance in `slot`, when there is one.
    pub fn instance(&self, slot: &Slot) -> Option<&Instance> {
        self.instances
            .iter()
            .find(|instance| instance.release == slot.release && instance.name == slot.instance)
    }

    /// All instances that release `number` has when it serves alone, with the counts that `live` asks for.
    pub fn slots(&self, number: u64, live: &Live) -> BTreeSet<Slot> {
        let Some(release) = self.release(number) else {
            return BTreeSet::new();
        };
        let runs_as = release.runs_as(&self.releases);
        let processes = release.processes.iter();
        processes
            .flat_map(|(name, process)| {
                let count = live.replicas.get(name).copied().unwrap_or(process.replicas);
                InstanceName::range(name, count)
            })
            .map(|instance| Slot {
                release: runs_as,
                instance,
            })
            .collect()
    }

    /// The instances that serve when `live` does: the live release's, without those that a canary stands
    /// for, and the canary's.
    pub fn serving(&self, live: &Live) -> BTreeSet<Slot> {
        let mut slots = live
            .release
            .map(|number| self.slots(number, live))
            .unwrap_or_default();
        if let Some(canary) = &live.canary {
            slots.retain(|slot| !canary.instances.contains(&slot.instance));
            let runs_as = self.runs_as(canary.release);
            slots.extend(canary.instances.iter().map(|instance| Slot {
                release: runs_as,
                instance: instance.clone(),
            }));
        }
        slots
    }

    /// The release to go back to unless another is named: the newest that was accepted and runs
    /// otherwise than the live one. So a second rollback undoes the first: after releases 1 and 2,
    /// `#3, from #1` serves and #2 is the one to go back to.
    pub fn previous(&self) -> Option<u64> {
        let live = self.live.release.map(|number| self.runs_as(number));
        let accepted = self.releases.iter().rev();
        accepted
            .filter(|(_, record)| record.outcome == Some(Outcome::Accepted))
            .map(|(number, _)| *number)
            .find(|number| Some(self.runs_as(*number)) != live)
    }

    /// The instances that don't serve and are kept for a fast way back: those of the previous release, and
    /// those that a canary stands for.
    pub fn kept(&self) -> BTreeSet<Slot> {
        let back = self.previous().into_iter();
        let replaced = self.live.release.filter(|_| self.live.canary.is_some());
        let serving = self.serving(&self.live);
        back.chain(replaced)
            .flat_map(|number| self.slots(number, &self.live))
            .filter(|slot| !serving.contains(slot))
            .collect()
    }

    /// Whether requests go elsewhere than to the running instances that serve.
    pub(super) fn is_misrouted(&self) -> bool {
        let serving = self.serving(&self.live);
        let routed_rightly = |instance: &Instance| {
            let takes_requests = instance.is_running()
                && instance.name.is_web()
                && serving.contains(&instance.slot());
            instance.routed == takes_requests
        };
        self.held || self.stale_route || !self.instances.iter().all(routed_rightly)
    }

    /// Whether the release that instances carry `number` of shares a volume with others.
    pub(super) fn is_single_writer(&self, number: u64) -> bool {
        self.release(number).is_some_and(Release::is_single_writer)
    }
}
