//! The end of an app's environment.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use super::execute::{Change, Patience};
use super::{Cancel, Selected, app_id};
use crate::Result;
use crate::cluster::{Erased, Volumes};
use crate::ops::clusters;
use crate::ops::history::{self, Happening};
use crate::ops::step::Step;
use crate::report::Reporter;
use crate::settings::Settings;

/// What to take off.
#[derive(Clone, Debug)]
pub struct RemoveOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// What becomes of its volumes.
    pub volumes: Volumes,
    /// The app's name, for a protected environment, and where volumes go.
    pub confirm: Option<String>,
    /// How patient it is.
    pub patience: Patience,
}

impl RemoveOptions {
    /// Why the app's name has to be given; `None`: it needs not.
    pub fn confirmation(&self, selected: &Selected) -> Option<String> {
        match self.volumes {
            Volumes::Remove => Some(format!(
                "what is in the volumes of {} would be lost: that needs a confirmation",
                selected.target
            )),
            Volumes::Keep => selected.protection("to remove the app"),
        }
    }
}

/// What was taken off.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveDocument {
    /// `[group/]name`.
    pub app: String,
    /// The environment's name.
    pub environment: String,
    /// The cluster's name.
    pub cluster: String,
    /// Instances that are gone.
    pub instances: usize,
    /// Volumes that are gone.
    pub volumes: Vec<String>,
    /// Volumes that wait for the next deployment.
    pub kept_volumes: Vec<String>,
    /// From start to end.
    pub seconds: f64,
}

/// Takes an app's environment off its cluster, with releases, settings and secrets. Images stay.
pub async fn remove(
    options: &RemoveOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<RemoveDocument> {
    let started = Instant::now();
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    let confirmed = options.confirm.as_deref();
    selected.check_confirmed(options.confirmation(&selected), confirmed)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    let erased = if cluster.is_blank().await? {
        Erased::default()
    } else {
        let (target, patience) = (&selected.target, options.patience);
        let change = Change::begin(&*cluster, target, "remove", patience, reporter, cancel).await?;
        let name = format!("take {target} off");
        let progress = Step::start(reporter, "remove".to_owned(), &name);
        // Beforehand: afterwards not all clusters have a place for it.
        let noted = history::write(change.cluster(), target, &removal(settings)).await;
        if let Err(error) = noted {
            change.warn(format!("it does not stand in the events: {error}"));
        }
        let erased = progress.end_with(change.erase(options.volumes).await);
        change.end(erased).await?
    };
    Ok(RemoveDocument {
        app: app_id(&selected),
        environment: selected.target.environment.clone(),
        cluster: selected.cluster.clone(),
        instances: erased.instances,
        volumes: erased.volumes,
        kept_volumes: erased.kept_volumes,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn removal(settings: &Settings) -> Happening {
    Happening {
        time: Timestamp::now(),
        who: settings.user.clone(),
        what: "remove".to_owned(),
        error: None,
    }
}
