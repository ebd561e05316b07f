//! A page instead of the app.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::execute::{Change, Patience, check_deployed};
use super::{Cancel, Selected};
use crate::Result;
use crate::ops::clusters;
use crate::ops::history::{self, Happening};
use crate::report::Reporter;
use crate::settings::Settings;

/// Whether there is a page, and what it says.
#[derive(Clone, Debug)]
pub struct MaintenanceOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// What visitors read; `None`: the app again.
    pub message: Option<String>,
    /// The app's name, for a protected environment.
    pub confirm: Option<String>,
    /// How patient it is.
    pub patience: Patience,
}

impl MaintenanceOptions {
    /// Why the app's name has to be given; `None`: it needs not.
    pub fn confirmation(&self, selected: &Selected) -> Option<String> {
        let shows = self.message.is_some();
        shows
            .then(|| selected.protection("a maintenance page"))
            .flatten()
    }
}

/// Shows visitors a page, or the app again. Deployments go on behind it.
pub async fn maintenance(
    options: &MaintenanceOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<()> {
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    let message = options.message.as_deref();
    let confirmed = options.confirm.as_deref();
    selected.check_confirmed(options.confirmation(&selected), confirmed)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    check_deployed(&*cluster).await?;
    let target = &selected.target;
    let patience = options.patience;
    let change =
        Change::begin(&*cluster, target, "maintenance", patience, reporter, cancel).await?;
    let result = change.set_maintenance(message).await;
    let happening = Happening {
        time: Timestamp::now(),
        who: settings.user.clone(),
        what: format!(
            "maintenance {}",
            if message.is_some() { "on" } else { "off" }
        ),
        error: result.as_ref().err().map(ToString::to_string),
    };
    let noted = history::write(&*cluster, target, &happening).await;
    change.end(result.and(noted)).await
}
