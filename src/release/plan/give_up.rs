use std::collections::BTreeSet;

use super::Draft;
use super::deploy::{make_way, shares_volume};
use super::settle::{settle, take_off_route};
use crate::release::{Instance, Live, Observed, Outcome, Slot, Step};

pub(super) fn give_up(draft: &mut Draft, number: u64, reason: &Outcome) {
    let record = draft.state().releases.get(&number);
    if record.is_some_and(|record| record.outcome.is_none()) {
        withdraw(draft, number, reason);
    } else {
        settle(draft);
    }
}

/// Has serve what served before release `number`, which goes.
pub(super) fn withdraw(draft: &mut Draft, number: u64, outcome: &Outcome) {
    let back = before(draft.state(), number);
    let slots = draft.state().serving(&back);
    if back != draft.state().live {
        bring_back(draft, &back, &slots, number);
    }
    draft.conclude(number, outcome.clone());
    let gone = instances_of(draft.state(), number, &slots);
    take_off_route(draft, &gone);
    draft.drain(&gone);
    draft.then(gone.into_iter().map(|slot| Step::Remove {
        release: slot.release,
        instance: slot.instance,
    }));
    settle(draft);
}

/// Instances that run go on at once: they were healthy when they served, and what took over is not.
fn bring_back(draft: &mut Draft, back: &Live, slots: &BTreeSet<Slot>, number: u64) {
    let mut failed = instances_of(draft.state(), number, slots);
    failed.retain(|slot| draft.runs(slot));
    if let Some(release) = back.release
        && shares_volume(draft, release, &failed)
    {
        make_way(draft, &failed);
    }
    let mut idle = slots.clone();
    idle.retain(|slot| !draft.runs(slot));
    draft.start(&idle);
    draft.await_healthy(&idle);
    draft.then([Step::Switch(back.clone())]);
}

/// What served before release `number` did, in whole or on trial.
fn before(state: &Observed, number: u64) -> Live {
    let release = if state.live.release == Some(number) {
        state.previous()
    } else {
        state.live.release
    };
    let trial = state.live.canary.clone();
    Live {
        release,
        canary: trial.filter(|canary| canary.release != number),
        replicas: state.live.replicas.clone(),
    }
}

/// Instances of release `number`, without those of `slots`.
fn instances_of(state: &Observed, number: u64, slots: &BTreeSet<Slot>) -> BTreeSet<Slot> {
    let runs_as = state.runs_as(number);
    let all = state.instances.iter().map(Instance::slot);
    all.filter(|slot| slot.release == runs_as && !slots.contains(slot))
        .collect()
}
