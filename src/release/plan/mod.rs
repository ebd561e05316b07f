//! From what is and what is wanted to steps.
//!
//! Each plan first puts right what an earlier command left. Before a deployment, which may be the cure
//! for a release that serves badly, that is limited to what cannot fail for the live release's fault: an
//! executor that wants such a release mended first carries out [`Intent::Settle`], and deploys
//! even when that fails.

mod canary;
mod deploy;
mod draft;
mod give_up;
mod scale;
mod settle;

use std::collections::BTreeMap;

use draft::Draft;

use super::{InstanceName, Observed, Outcome, Plan, Release};
use crate::{Error, Result};

/// What a command wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// This release serves. A rollback is this with a copied release that has [`Release::from`].
    Deploy {
        /// Its number is [`Observed::next_number`].
        release: Box<Release>,
        /// On trial only: the instances that it replaces.
        canary: Option<Vec<InstanceName>>,
    },
    /// The release on trial serves alone.
    Continue,
    /// The release on trial goes.
    Abort,
    /// A step of this release's deployment failed: what served before serves, its instances go. After
    /// its conclusion there is nothing to give up: the same as [`Intent::Settle`].
    GiveUp {
        /// Its number.
        release: u64,
        /// How it is concluded.
        reason: Outcome,
    },
    /// What the last command left is finished or reverted, and the instances that should serve do.
    Settle,
    /// So many instances by process, over the deployments that follow. The live release's own
    /// count ends that.
    Scale(BTreeMap<String, u32>),
}

/// The steps from what is to what is wanted; none when it is so already. `Kind::Refused` when
/// it can't be done now, `Kind::Usage` for an instance or process that isn't there.
pub fn plan(observed: &Observed, intent: &Intent) -> Result<Plan> {
    check_records(observed)?;
    let mut draft = Draft::of(observed);
    match intent {
        Intent::Deploy {
            release,
            canary: None,
        } => deploy::deploy(&mut draft, release)?,
        Intent::Deploy {
            release,
            canary: Some(instances),
        } => canary::try_out(&mut draft, release, instances)?,
        Intent::Continue => canary::proceed(&mut draft)?,
        Intent::Abort => canary::abort(&mut draft)?,
        Intent::GiveUp { release, reason } => give_up::give_up(&mut draft, *release, reason),
        Intent::Settle => settle::settle(&mut draft),
        Intent::Scale(counts) => scale::scale(&mut draft, counts)?,
    }
    Ok(draft.into_plan())
}

/// Without a record nobody knows which instances serve; all would look like leftovers.
fn check_records(observed: &Observed) -> Result<()> {
    let live = &observed.live;
    let canary = live.canary.as_ref().map(|canary| canary.release);
    let unknown = live.release.into_iter().chain(canary);
    match unknown
        .into_iter()
        .find(|number| !observed.releases.contains_key(number))
    {
        None => Ok(()),
        Some(number) => Err(Error::unexpected(format!(
            "release {number} serves, but its record is gone"
        ))),
    }
}
