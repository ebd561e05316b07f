//! The end of a trial: the rest follows, or the trial goes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::execute::{Change, Patience, check_deployed};
use super::{Cancel, DeployDocument, DeployStatus, Made, Selected, TargetSettings};
use crate::ops::clusters;
use crate::release::{Intent, Observed, Release};
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result};

/// Which trial.
#[derive(Clone, Debug)]
pub struct CanaryOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// How patient it is.
    pub patience: Patience,
}

/// Makes the release on trial the one that serves.
pub async fn proceed(
    options: &CanaryOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<DeployDocument> {
    let intent = (Intent::Continue, DeployStatus::Live, "continue");
    end(options, settings, reporter, cancel, intent).await
}

/// Takes the release on trial away.
pub async fn abort(
    options: &CanaryOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<DeployDocument> {
    let intent = (Intent::Abort, DeployStatus::Aborted, "abort");
    end(options, settings, reporter, cancel, intent).await
}

async fn end(
    options: &CanaryOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
    (intent, status, what): (Intent, DeployStatus, &str),
) -> Result<DeployDocument> {
    let started = Instant::now();
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    check_deployed(&*cluster).await?;
    let target = &selected.target;
    let change = Change::begin(&*cluster, target, what, options.patience, reporter, cancel).await?;
    let document = async {
        let (observed, set) =
            tokio::try_join!(change.observe(), TargetSettings::load(&*cluster, target))?;
        let observed = change.settled(observed, &set.values).await?;
        let release = on_trial(&observed)?;
        let making = Made {
            selected: &selected,
            observed: &observed,
            release,
            status,
            started,
        };
        making.serve(&change, &intent, &set).await
    };
    let document = document.await;
    change.end(document).await
}

fn on_trial(observed: &Observed) -> Result<&Release> {
    let canary = observed.live.canary.as_ref();
    canary
        .and_then(|canary| observed.releases.get(&canary.release))
        .map(|record| &record.release)
        .ok_or_else(|| {
            Error::refused("no release is on trial")
                .hint("`paas deploy --canary web.1` starts a trial")
        })
}
