use std::collections::BTreeSet;

use super::Draft;
use super::settle::{make_room, retire, settle};
use crate::release::{Instance, Live, Outcome, Release, Slot, Step, same_parameters};
use crate::{Error, Result};

pub(super) fn deploy(draft: &mut Draft, release: &Release) -> Result<()> {
    if is_done(draft, release)? {
        settle(draft);
        return Ok(());
    }
    make_room(draft);
    prepare(draft, release);
    take_over(draft, release.number);
    Ok(())
}

/// Whether what serves runs as `release` would. Refused while another release is on trial.
pub(super) fn is_done(draft: &Draft, release: &Release) -> Result<bool> {
    let state = draft.state();
    if let Some(canary) = &state.live.canary {
        return Err(
            Error::refused(format!("release {} is on trial", canary.release))
                .hint("`paas continue` makes it serve, `paas abort` takes it back"),
        );
    }
    if release.number < state.next_number() {
        return Err(Error::refused(format!(
            "release {} exists already",
            release.number
        )));
    }
    let live = state.live.release.and_then(|number| state.release(number));
    Ok(live.is_some_and(|live| same_parameters(live, release)))
}

/// Up to the first instance. The hook ran when the release that a rollback copies was deployed.
pub(super) fn prepare(draft: &mut Draft, release: &Release) {
    draft.then([Step::Fetch(Box::new(release.clone()))]);
    draft.then([Step::Record(Box::new(release.clone()))]);
    if release.before_deploy.is_some() && release.from.is_none() {
        draft.then([Step::RunHook {
            release: release.number,
        }]);
    }
}

/// Has release `number` serve alone. Instances of the old one go on until it is accepted, unless both
/// would write to a volume.
pub(super) fn take_over(draft: &mut Draft, number: u64) {
    let state = draft.state();
    let live = Live {
        release: Some(number),
        canary: None,
        replicas: state.live.replicas.clone(),
    };
    let slots = state.serving(&live);
    let others = running_besides(draft, &slots);
    if shares_volume(draft, number, &others) {
        make_way(draft, &others);
    }
    // On the way back every moment counts, and the instances have proved themselves before: requests
    // don't wait for processes that they don't reach.
    let first = if is_way_back(draft, number) {
        slots
            .iter()
            .filter(|slot| slot.instance.is_web())
            .cloned()
            .collect()
    } else {
        slots.clone()
    };
    draft.start(&first);
    draft.await_healthy(&first);
    draft.then([Step::Switch(live)]);
    let rest = slots.difference(&first).cloned().collect();
    draft.start(&rest);
    draft.await_healthy(&rest);
    draft.then([Step::Watch { release: number }]);
    draft.conclude(number, Outcome::Accepted);
    retire(draft);
}

fn is_way_back(draft: &Draft, number: u64) -> bool {
    let release = draft.state().release(number);
    release.is_some_and(|release| release.from.is_some())
}

/// Instances that run and are not among `slots`.
pub(super) fn running_besides(draft: &Draft, slots: &BTreeSet<Slot>) -> BTreeSet<Slot> {
    let running = draft.state().instances.iter();
    running
        .filter(|instance| instance.is_running())
        .map(Instance::slot)
        .filter(|slot| !slots.contains(slot))
        .collect()
}

/// Whether instances of release `number` must not run beside one of `others`.
pub(super) fn shares_volume(draft: &Draft, number: u64, others: &BTreeSet<Slot>) -> bool {
    let state = draft.state();
    let mut releases = others.iter().map(|slot| slot.release);
    releases.any(|other| state.is_single_writer(number) || state.is_single_writer(other))
}

/// Stops `slots` while requests are parked.
pub(super) fn make_way(draft: &mut Draft, slots: &BTreeSet<Slot>) {
    if slots.iter().any(|slot| slot.instance.is_web()) {
        draft.then([Step::Hold]);
    }
    draft.drain(slots);
    draft.then(slots.iter().map(|slot| Step::Stop {
        release: slot.release,
        instance: slot.instance.clone(),
    }));
}
