//! More or fewer instances of what serves.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::execute::{Change, Patience, check_deployed};
use super::{Cancel, Counts, Selected, TargetSettings, app_id};
use crate::ops::clusters;
use crate::ops::history::{self, Happening};
use crate::release::Intent;
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result};

/// How many.
#[derive(Clone, Debug)]
pub struct ScaleOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// Instances by process; they stay so for the releases that follow.
    pub counts: Counts,
    /// The app's name, to take all instances of a protected environment away.
    pub confirm: Option<String>,
    /// How patient it is.
    pub patience: Patience,
}

impl ScaleOptions {
    /// Why the app's name has to be given; `None`: it needs not.
    pub fn confirmation(&self, selected: &Selected) -> Option<String> {
        let takes_all = self.counts.values().any(|count| *count == 0);
        takes_all
            .then(|| selected.protection("to take all instances away"))
            .flatten()
    }
}

/// What runs afterwards.
#[derive(Clone, Debug, Serialize)]
pub struct ScaleDocument {
    /// `[group/]name`.
    pub app: String,
    /// The environment's name.
    pub environment: String,
    /// The release that serves.
    pub release: u64,
    /// Instances by process.
    pub replicas: Counts,
}

/// Changes the number of instances of the release that serves.
pub async fn scale(
    options: &ScaleOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<ScaleDocument> {
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    let confirmed = options.confirm.as_deref();
    selected.check_confirmed(options.confirmation(&selected), confirmed)?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    check_deployed(&*cluster).await?;
    let target = &selected.target;
    let patience = options.patience;
    let change = Change::begin(&*cluster, target, "scale", patience, reporter, cancel).await?;
    let scaled = async {
        let (observed, set) =
            tokio::try_join!(change.observe(), TargetSettings::load(&*cluster, target))?;
        let observed = change.settled(observed, &set.values).await?;
        let nothing = || Error::refused("nothing was deployed yet").hint("`paas deploy` does");
        let live = observed.live.release.ok_or_else(nothing)?;
        let release = &observed.releases.get(&live).ok_or_else(nothing)?.release;
        if let Some(unknown) = options
            .counts
            .keys()
            .find(|process| !release.processes.contains_key(*process))
        {
            let known: Vec<&str> = release.processes.keys().map(String::as_str).collect();
            return Err(
                Error::usage(format!("release #{live} has no process `{unknown}`"))
                    .hint(format!("it has: {}", known.join(", "))),
            );
        }
        let mut crowded = options.counts.iter().filter(|(_, count)| **count > 1);
        if let (true, Some((process, count))) = (release.is_single_writer(), crowded.next()) {
            return Err(Error::refused(format!(
                "the app has volumes, to which {count} instances of {process} would write at once"
            ))
            .hint("keep one instance, or its data where several can write: in a database"));
        }
        let mut replicas: Counts = release
            .processes
            .iter()
            .map(|(name, process)| (name.clone(), process.replicas))
            .collect();
        replicas.extend(observed.live.replicas.clone());
        replicas.extend(options.counts.clone());
        let intent = Intent::Scale(options.counts.clone());
        let result = change.carry_out(&observed, &intent, &set.values).await;
        let happening = Happening {
            time: Timestamp::now(),
            who: settings.user.clone(),
            what: format!("scale {}", counts_text(&options.counts)),
            error: result.as_ref().err().map(ToString::to_string),
        };
        let noted = history::write(&*cluster, target, &happening).await;
        result.and(noted)?;
        Ok((live, replicas))
    };
    let scaled = scaled.await;
    let (live, replicas) = change.end(scaled).await?;
    Ok(ScaleDocument {
        app: app_id(&selected),
        environment: target.environment.clone(),
        release: live,
        replicas,
    })
}

/// `web=3 worker=2`.
fn counts_text(counts: &Counts) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|(process, count)| format!("{process}={count}"))
        .collect();
    counts.join(" ")
}
