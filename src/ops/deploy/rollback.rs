//! The way back: an older release's whole parameters as a new release.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::execute::{Change, Patience, check_deployed};
use super::{Cancel, DeployDocument, DeployStatus, Made, Selected, TargetSettings};
use crate::Result;
use crate::ops::clusters;
use crate::release::{self, Intent};
use crate::report::Reporter;
use crate::settings::Settings;

/// Where to.
#[derive(Clone, Debug)]
pub struct RollbackOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// The release's number; `None`: the newest that served and does not now.
    pub release: Option<u64>,
    /// How patient it is.
    pub patience: Patience,
}

/// Serves an older release again.
pub async fn rollback(
    options: &RollbackOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<DeployDocument> {
    let started = Instant::now();
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    check_deployed(&*cluster).await?;
    let target = &selected.target;
    let change = Change::begin(
        &*cluster,
        target,
        "rollback",
        options.patience,
        reporter,
        cancel,
    )
    .await?;
    let document = async {
        let (observed, set) =
            tokio::try_join!(change.observe(), TargetSettings::load(&*cluster, target))?;
        let observed = change.settled(observed, &set.values).await?;
        let now = Timestamp::now().as_second();
        let release = release::rollback(&observed, options.release, now, &settings.user)?;
        let intent = Intent::Deploy {
            release: Box::new(release.clone()),
            canary: None,
        };
        let making = Made {
            selected: &selected,
            observed: &observed,
            release: &release,
            status: DeployStatus::Live,
            started,
        };
        making.serve(&change, &intent, &set).await
    };
    let document = document.await;
    change.end(document).await
}
