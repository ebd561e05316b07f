use super::Draft;
use super::deploy::{is_done, prepare, take_over};
use super::give_up::withdraw;
use super::settle::{make_room, retire, settle};
use crate::release::{Canary, InstanceName, Live, Outcome, Release, Slot, Step};
use crate::{Error, Result};

/// Has `release` stand for `instances` of the live one.
pub(super) fn try_out(
    draft: &mut Draft,
    release: &Release,
    instances: &[InstanceName],
) -> Result<()> {
    if is_done(draft, release)? {
        settle(draft);
        return Ok(());
    }
    make_room(draft);
    let live = draft.state().live.clone();
    let Some(old) = live.release else {
        return Err(
            Error::refused("nothing serves that a canary could stand beside")
                .hint("deploy without `--canary` first"),
        );
    };
    if release.is_single_writer() || draft.state().is_single_writer(old) {
        return Err(
            Error::refused("an app with a volume can't run two releases at once")
                .hint("deploy without `--canary`"),
        );
    }
    prepare(draft, release);
    check(draft, old, release.number, instances)?;
    let live = Live {
        canary: Some(Canary {
            release: release.number,
            instances: instances.to_vec(),
        }),
        ..live
    };
    let runs_as = draft.state().runs_as(release.number);
    let slots = instances
        .iter()
        .map(|instance| Slot {
            release: runs_as,
            instance: instance.clone(),
        })
        .collect();
    draft.start(&slots);
    draft.await_healthy(&slots);
    draft.then([Step::Switch(live)]);
    draft.then([Step::Watch {
        release: release.number,
    }]);
    retire(draft);
    Ok(())
}

/// Both releases have each of `instances`.
fn check(draft: &Draft, old: u64, new: u64, instances: &[InstanceName]) -> Result<()> {
    if instances.is_empty() {
        return Err(Error::usage("no instance is named for the canary"));
    }
    let state = draft.state();
    for release in [old, new] {
        let slots = state.slots(release, &state.live);
        let has = |name: &&InstanceName| slots.iter().any(|slot| slot.instance == **name);
        if let Some(name) = instances.iter().find(|name| !has(name)) {
            return Err(
                Error::usage(format!("release {release} has no instance `{name}`"))
                    .hint("`paas status` shows the instances"),
            );
        }
    }
    Ok(())
}

/// Has the release on trial serve alone.
pub(super) fn proceed(draft: &mut Draft) -> Result<()> {
    let canary = on_trial(draft)?;
    make_room(draft);
    take_over(draft, canary);
    Ok(())
}

/// Takes the release on trial back.
pub(super) fn abort(draft: &mut Draft) -> Result<()> {
    let canary = on_trial(draft)?;
    withdraw(draft, canary, &Outcome::Aborted);
    Ok(())
}

fn on_trial(draft: &Draft) -> Result<u64> {
    let canary = draft.state().live.canary.as_ref();
    canary.map(|canary| canary.release).ok_or_else(|| {
        Error::refused("no release is on trial").hint("`paas deploy --canary web.1` begins a trial")
    })
}
