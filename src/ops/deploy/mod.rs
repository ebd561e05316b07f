//! Changes to what runs: deploy, canary, rollback, scale. What they do in which order is
//! `release::plan`'s; here they get their parameters, the lease, and a way back.

mod canary;
mod cancel;
mod configuration;
mod describe;
mod execute;
mod foresee;
mod image;
mod maintenance;
mod measured;
mod parameters;
mod remove;
mod rollback;
mod scale;
mod selected;
mod settings;
mod tidy;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

pub use canary::{CanaryOptions, abort, proceed};
pub use cancel::{Cancel, Canceler};
pub use execute::Patience;
pub use maintenance::{MaintenanceOptions, maintenance};
pub use measured::Measured;
pub use remove::{RemoveDocument, RemoveOptions, remove};
pub use rollback::{RollbackOptions, rollback};
pub use scale::{ScaleDocument, ScaleOptions, scale};
pub use selected::Selected;
pub use settings::{TargetSettings, remove_secret, set_secret, set_variable};

use super::clusters;
use super::history;
use crate::builder::SecretBytes;
use crate::cluster::{Cluster, ObjectChange};
use crate::ops::BuildOptions;
use crate::release::{
    self, Change as Difference, Image, InstanceName, Intent, Observed, Release, same_parameters,
};
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Kind, Result};
use execute::Change;
use parameters::Making;

/// What to deploy, and how.
#[derive(Clone, Debug)]
pub struct DeployOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The environment's name; see [`Selected::load`].
    pub environment: Option<String>,
    /// A version that was built before; `None`: what the tree makes.
    pub version: Option<String>,
    /// The build where no version is named.
    pub build: BuildOptions,
    /// Only these instances, on trial.
    pub canary: Option<Vec<InstanceName>>,
    /// Uncommitted changes go to a protected environment as well.
    pub allow_dirty: bool,
    /// How patient it is.
    pub patience: Patience,
}

/// What came of a change to what serves.
#[derive(Clone, Debug, Serialize)]
pub struct DeployDocument {
    /// `[group/]name`.
    pub app: String,
    /// The environment's name.
    pub environment: String,
    /// The release's number.
    pub release: u64,
    /// What it runs.
    pub version: String,
    /// The release whose parameters it has, when it is a rollback.
    pub from: Option<u64>,
    /// The release that served before.
    pub previous: Option<u64>,
    /// What became of the release.
    pub status: DeployStatus,
    /// Where it answers.
    pub url: Option<String>,
    /// From start to end.
    pub seconds: f64,
    /// What users noticed.
    pub traffic: Measured,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeployStatus {
    /// It serves.
    Live,
    /// It serves a share, on trial.
    Canary,
    /// It served already, with these very parameters.
    Unchanged,
    /// Its trial was ended.
    Aborted,
}

/// Brings a version up, and keeps the old one serving until it has been accepted.
pub async fn deploy(
    options: &DeployOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
    cancel: &Cancel,
) -> Result<DeployDocument> {
    let started = Instant::now();
    let selected = selected(options, reporter).await?;
    let image = tokio::select! {
        image = image::resolve(options, &selected, settings, reporter) => image?,
        () = cancel.canceled() => return Err(cancel::interrupted()),
    };
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    if cluster.is_blank().await? {
        check_first(&selected, image.clone(), options, settings)?;
    }
    let what = format!("deploy {}", image.version);
    let change = Change::begin(
        &*cluster,
        &selected.target,
        &what,
        options.patience,
        reporter,
        cancel,
    )
    .await?;
    let document = async {
        let (observed, set) = tokio::try_join!(
            change.observe(),
            TargetSettings::load(&*cluster, &selected.target)
        )?;
        let observed = change.settled(observed, &set.values).await?;
        let release = next_release(&selected, image, &observed, &set, settings)?;
        let status = if options.canary.is_some() {
            DeployStatus::Canary
        } else {
            DeployStatus::Live
        };
        let intent = Intent::Deploy {
            release: Box::new(release.clone()),
            canary: options.canary.clone(),
        };
        let making = Made {
            selected: &selected,
            observed: &observed,
            release: &release,
            status,
            started,
        };
        making.serve(&change, &intent, &set).await
    };
    let document = document.await;
    change.end(document).await
}

/// Refuses what can't be deployed anywhere, before an ingress is made for it.
fn check_first(
    selected: &Selected,
    image: Image,
    options: &DeployOptions,
    settings: &Settings,
) -> Result<()> {
    let (nothing, set) = (Observed::default(), TargetSettings::default());
    let release = next_release(selected, image, &nothing, &set, settings)?;
    let intent = Intent::Deploy {
        release: Box::new(release),
        canary: options.canary.clone(),
    };
    release::plan(&nothing, &intent).map(drop)
}

/// The app as the version has it that is named, or else as it is on disk.
async fn selected(options: &DeployOptions, reporter: &Arc<dyn Reporter>) -> Result<Selected> {
    let selected = Selected::load(&options.folder, options.environment.as_deref())?;
    match &options.version {
        Some(version) => configuration::of_version(selected, version, reporter).await,
        None => Ok(selected),
    }
}

/// What a deployment would change, without changing or building anything.
pub async fn preview(
    options: &DeployOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Preview> {
    let selected = selected(options, reporter).await?;
    let foreseen = image::preview(options, &selected, settings, reporter).await?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    let (observed, set) = tokio::try_join!(
        cluster.observe(&selected.target),
        TargetSettings::load(&*cluster, &selected.target)
    )?;
    let release = next_release(&selected, foreseen.image, &observed, &set, settings)?;
    let live = observed
        .live
        .release
        .and_then(|live| observed.releases.get(&live));
    // Where nothing would be deployed, what somebody else changed is what differs.
    let planned = match observed.live_as_scaled() {
        Some(live) if same_parameters(&live, &release) => live,
        _ => release.clone(),
    };
    let objects = cluster.preview(&observed, &planned, &set.values).await?;
    Ok(Preview {
        app: selected.app.name.clone(),
        environment: selected.target.environment.clone(),
        release: release.number,
        version: release.image.version.clone(),
        is_missing: foreseen.is_missing,
        configuration: selected.commit.clone(),
        live: live.map(|record| record.release.number),
        changes: live.map(|record| release::diff(&record.release, &release)),
        objects,
    })
}

/// The release that deploying `image` makes.
fn next_release(
    selected: &Selected,
    image: Image,
    observed: &Observed,
    set: &TargetSettings,
    settings: &Settings,
) -> Result<Release> {
    let making = Making {
        selected,
        settings: set,
        scaled: &observed.live.replicas,
        number: observed.next_number(),
        image,
        by: &settings.user,
        now: Timestamp::now().as_second(),
    };
    making.release()
}

/// What a deployment would change.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The number that the release would get.
    pub release: u64,
    /// What it would run.
    pub version: String,
    /// Whether its image would have to be built or fetched first: this machine has none.
    #[serde(rename = "missing")]
    pub is_missing: bool,
    /// The commit whose `app.toml` counts; `null`: the one on disk.
    pub configuration: Option<String>,
    /// The release that serves now.
    pub live: Option<u64>,
    /// What differs from it; `null` where nothing serves.
    pub changes: Option<Vec<Difference>>,
    /// What it would do to the cluster's objects, where it has such.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectChange>,
}

/// The objects that run the release which a deployment would make, for other tools. Values of secrets are
/// masked unless they are asked for.
pub async fn manifests(
    options: &DeployOptions,
    show_secrets: bool,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Vec<serde_json::Value>> {
    let selected = selected(options, reporter).await?;
    let image = image::resolve(options, &selected, settings, reporter).await?;
    let cluster = clusters::open(&selected.cluster, settings, reporter).await?;
    let (observed, mut set) = tokio::try_join!(
        cluster.observe(&selected.target),
        TargetSettings::load(&*cluster, &selected.target)
    )?;
    let release = next_release(&selected, image, &observed, &set, settings)?;
    if !show_secrets {
        for value in set.values.values_mut() {
            *value = SecretBytes::new("***");
        }
    }
    cluster.manifests(&release, &set.values).await
}

/// A release that is about to serve.
struct Made<'a> {
    selected: &'a Selected,
    observed: &'a Observed,
    release: &'a Release,
    status: DeployStatus,
    started: Instant,
}

impl Made<'_> {
    /// Carries out `intent`, and says what came of it and what users noticed.
    async fn serve(
        &self,
        change: &Change<'_>,
        intent: &Intent,
        set: &TargetSettings,
    ) -> Result<DeployDocument> {
        let target = &self.selected.target;
        let cluster = change.cluster();
        if self.serves_already(intent) {
            change
                .carry_out(self.observed, &Intent::Settle, &set.values)
                .await?;
            return self
                .document(cluster, DeployStatus::Unchanged, Measured::default())
                .await;
        }
        let before = cluster.traffic(target, true).await?;
        let result = change.carry_out(self.observed, intent, &set.values).await;
        let noted = history::note(cluster, self.release, self.status, result.as_ref().err()).await;
        if let Err(error) = noted {
            change.warn(format!("it does not stand in the events: {error}"));
        }
        // What failed for another reason may have lost the cluster or the lease.
        if !matches!(&result, Err(error) if error.kind() != Kind::DeployFailed) {
            let keep = self.selected.environment.keep_releases();
            if let Err(error) = tidy::tidy(change, target, keep, set).await {
                change.warn(format!(
                    "what nobody needs any more is still there: {error}"
                ));
            }
        }
        result?;
        let after = cluster.traffic(target, false).await?;
        self.document(cluster, self.status, measured::between(&before, &after))
            .await
    }

    /// Whether the live release has these very parameters, so that at most what broke is mended.
    fn serves_already(&self, intent: &Intent) -> bool {
        matches!(intent, Intent::Deploy { canary: None, .. })
            && self.observed.live.canary.is_none()
            && self
                .observed
                .live_as_scaled()
                .is_some_and(|live| same_parameters(&live, self.release))
    }

    async fn document(
        &self,
        cluster: &dyn Cluster,
        status: DeployStatus,
        traffic: Measured,
    ) -> Result<DeployDocument> {
        let live = self.observed.live.release;
        let release = match (status, live) {
            (DeployStatus::Unchanged, Some(live)) => live,
            _ => self.release.number,
        };
        Ok(DeployDocument {
            app: app_id(self.selected),
            environment: self.selected.target.environment.clone(),
            release,
            version: self.release.image.version.clone(),
            from: self.release.from,
            previous: live.filter(|live| *live != release),
            status,
            url: cluster.url(&self.selected.target).await?,
            seconds: self.started.elapsed().as_secs_f64(),
            traffic,
        })
    }
}

fn app_id(selected: &Selected) -> String {
    crate::ops::project::id(&selected.app)
}

/// Counts of instances by process, as `paas scale` takes them.
pub type Counts = BTreeMap<String, u32>;
