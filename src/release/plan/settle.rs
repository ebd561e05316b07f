//! Puts right what is not as it should be.

use std::collections::BTreeSet;

use super::Draft;
use crate::release::{Instance, InstanceState, Observed, Outcome, Slot, Step};

/// All of it. What nobody serves comes first, except where leftovers and what is to serve must not run
/// at once.
pub(super) fn settle(draft: &mut Draft) {
    conclude(draft);
    if serves(draft.state()) || shares_volume(draft.state()) {
        retire(draft);
        mend(draft);
    } else {
        mend(draft);
        retire(draft);
    }
}

/// What must be so before a deployment, and does not depend on the live release's health.
pub(super) fn make_room(draft: &mut Draft) {
    conclude(draft);
    let state = draft.state();
    // A hold goes on: what runs may not have been healthy yet.
    if state.stale_route && !state.held {
        switch_as_is(draft);
    }
    retire(draft);
}

/// Whoever worked on a release without an outcome is gone: it was accepted if it serves. A canary is
/// still on trial.
fn conclude(draft: &mut Draft) {
    let state = draft.state();
    let canary = state.live.canary.as_ref().map(|canary| canary.release);
    let open = state
        .releases
        .iter()
        .filter(|(number, record)| record.outcome.is_none() && Some(**number) != canary);
    let steps: Vec<_> = open
        .map(|(number, _)| Step::Conclude {
            release: *number,
            outcome: if state.live.release == Some(*number) {
                Outcome::Accepted
            } else {
                Outcome::Aborted
            },
        })
        .collect();
    draft.then(steps);
}

/// Starts the instances that should serve and don't, and has requests sent to them.
fn mend(draft: &mut Draft) {
    let state = draft.state();
    let in_place = |slot: &Slot| {
        state.instance(slot).is_some_and(|instance| {
            instance.is_running() && (instance.routed || !instance.name.is_web())
        })
    };
    let mut absent = state.serving(&state.live);
    absent.retain(|slot| !in_place(slot));
    draft.start(&absent);
    draft.await_healthy(&absent);
    if draft.state().is_misrouted() {
        switch_as_is(draft);
    }
}

/// Takes out of the way what doesn't serve: instances for the way back are frozen or stopped, all others
/// removed.
pub(super) fn retire(draft: &mut Draft) {
    let state = draft.state();
    let serving = state.serving(&state.live);
    let mut idle: BTreeSet<_> = state.instances.iter().map(Instance::slot).collect();
    idle.retain(|slot| !serving.contains(slot));
    take_off_route(draft, &idle);
    draft.drain(&idle);
    let state = draft.state();
    let kept = state.kept();
    let instances = idle.iter().filter_map(|slot| state.instance(slot));
    let steps: Vec<_> = instances
        .filter_map(|instance| put_away(state, instance, kept.contains(&instance.slot())))
        .collect();
    draft.then(steps);
}

/// Sees to it that none of `slots`, which don't serve, gets requests.
pub(super) fn take_off_route(draft: &mut Draft, slots: &BTreeSet<Slot>) {
    let state = draft.state();
    let mut instances = slots.iter().filter_map(|slot| state.instance(slot));
    if instances.any(|instance| instance.routed) {
        switch_as_is(draft);
    }
}

fn put_away(state: &Observed, instance: &Instance, keep: bool) -> Option<Step> {
    let Slot {
        release,
        instance: name,
    } = instance.slot();
    if !keep || instance.state == InstanceState::Created {
        return Some(Step::Remove {
            release,
            instance: name,
        });
    }
    if !instance.is_running() {
        return None;
    }
    // A frozen instance keeps its locks: on files of a volume, on jobs.
    if name.is_web() && !state.is_single_writer(release) {
        Some(Step::Pause {
            release,
            instance: name,
        })
    } else {
        Some(Step::Stop {
            release,
            instance: name,
        })
    }
}

fn switch_as_is(draft: &mut Draft) {
    let live = draft.state().live.clone();
    draft.then([Step::Switch(live)]);
}

/// Whether requests reach an instance that should get them; true as well where there are to be none.
fn serves(state: &Observed) -> bool {
    let mut web = state.serving(&state.live);
    web.retain(|slot| slot.instance.is_web());
    let served = |slot: &Slot| {
        let instance = state.instance(slot);
        instance.is_some_and(|instance| instance.is_running() && instance.routed)
    };
    web.is_empty() || !state.held && web.iter().any(served)
}

fn shares_volume(state: &Observed) -> bool {
    let mut instances = state.instances.iter();
    instances.any(|instance| state.is_single_writer(instance.release))
}
