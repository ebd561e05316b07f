//! Which images the clusters of an engine may run again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::models::ContainerSummary;
use bollard::query_parameters::{ListContainersOptionsBuilder, ListVolumesOptionsBuilder};

use super::ingress::keeper_of;
use super::keeper::Keeper;
use super::names;
use crate::builder::{Engine, is_status};
use crate::release::{Outcome, Release};
use crate::retry::{Policy, Verdict, retry};
use crate::{Error, Kind, Result};

/// What releases need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// IDs of the images of all releases that serve, or that can be gone back to.
    pub images: BTreeSet<String>,
    /// Clusters whose ingress does not run, so that only their containers could be asked.
    pub silent: BTreeSet<String>,
}

/// Of all clusters on `engine`, whoever knows them: by their ingresses' records, and the labels of their
/// instances.
pub async fn needed_images(engine: &Engine) -> Result<Needed> {
    let containers = containers(engine).await?;
    let mut needed = Needed {
        silent: clusters_of_volumes(engine).await?,
        ..Needed::default()
    };
    for container in containers {
        let labels = container.labels.clone().unwrap_or_default();
        if let Some(release) = labels.get(names::RELEASE).and_then(|text| parsed(text)) {
            needed.images.insert(release.image.id);
        }
        let Some(cluster) = labels.get(names::CLUSTER) else {
            continue;
        };
        if labels.get(names::ROLE).map(String::as_str) != Some(names::INGRESS) {
            continue;
        }
        match patiently_recorded(engine, &container).await {
            Ok(Some(images)) => {
                needed.images.extend(images);
                needed.silent.remove(cluster);
            }
            Ok(None) => {
                needed.silent.insert(cluster.clone());
            }
            // One that runs and does not answer may need any image.
            Err(error) => {
                let what = format!("the cluster {cluster} does not say which images it needs");
                return Err(Error::unavailable(what)
                    .caused_by(error)
                    .hint(format!("try again, or see `paas cluster check {cluster}`")));
            }
        }
    }
    needed.images.remove("");
    Ok(needed)
}

/// An ingress that is just being started answers a moment later.
async fn patiently_recorded(
    engine: &Engine,
    container: &ContainerSummary,
) -> Result<Option<BTreeSet<String>>> {
    let passing = |error: &Error| match error.kind() {
        Kind::Unavailable => Verdict::Again,
        _ => Verdict::Stop,
    };
    let ask = || recorded(engine, container);
    retry(&Policy::default(), passing, |_| (), ask).await
}

async fn containers(engine: &Engine) -> Result<Vec<ContainerSummary>> {
    let labelled = HashMap::from([("label".to_owned(), vec![names::CLUSTER.to_owned()])]);
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&labelled)
        .build();
    let list = engine.client().list_containers(Some(options)).await;
    list.map_err(|error| engine.fault(error))
}

/// Clusters that have the volume of an ingress.
async fn clusters_of_volumes(engine: &Engine) -> Result<BTreeSet<String>> {
    let labelled = HashMap::from([("label".to_owned(), vec![names::CLUSTER.to_owned()])]);
    let options = ListVolumesOptionsBuilder::new().filters(&labelled).build();
    let list = engine.client().list_volumes(Some(options)).await;
    let list = list.map_err(|error| engine.fault(error))?.volumes;
    let clusters = list.unwrap_or_default().into_iter().filter_map(|volume| {
        let cluster = volume.labels.get(names::CLUSTER)?;
        (volume.name == names::Names::new(cluster).ingress()).then(|| cluster.clone())
    });
    Ok(clusters.collect())
}

/// Images of all releases that an ingress knows and that were accepted; `None` where it does not run.
async fn recorded(
    engine: &Engine,
    container: &ContainerSummary,
) -> Result<Option<BTreeSet<String>>> {
    let Some(id) = &container.id else {
        return Ok(None);
    };
    let found = match engine.client().inspect_container(id, None).await {
        Ok(found) => found,
        Err(error) if is_status(&error, 404) => return Ok(None),
        Err(error) => return Err(engine.fault(error)),
    };
    let Some(keeper) = keeper_of(engine, &found) else {
        return Ok(None);
    };
    let mut images = BTreeSet::new();
    for key in keeper.routes().await?.keys() {
        images.extend(images_of(&keeper, key).await?);
    }
    Ok(Some(images))
}

async fn images_of(keeper: &Keeper, key: &str) -> Result<Vec<String>> {
    let Some(target) = names::target(key) else {
        return Ok(Vec::new());
    };
    let folder = names::documents(&target);
    let (releases, outcomes) = (format!("{folder}releases/"), format!("{folder}outcomes/"));
    let (records, concluded): (BTreeMap<_, _>, BTreeMap<_, _>) =
        tokio::try_join!(keeper.documents(&releases), keeper.documents(&outcomes))?;
    let failed = |name: &str| {
        let number = name.strip_prefix(&releases).unwrap_or_default();
        let outcome = concluded.get(&format!("{outcomes}{number}"));
        let outcome = outcome.and_then(|text| serde_json::from_str::<Outcome>(text).ok());
        outcome.is_some_and(|outcome| outcome != Outcome::Accepted)
    };
    let records = records.iter().filter(|(name, _)| !failed(name));
    Ok(records
        .filter_map(|(_, text)| Some(parsed(text)?.image.id))
        .collect())
}

fn parsed(text: &str) -> Option<Release> {
    serde_json::from_str(text).ok()
}
