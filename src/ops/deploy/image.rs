//! Which image is deployed: the one of a version by name, or what a build makes of the tree.

use std::sync::Arc;

use super::DeployOptions;
use super::selected::Selected;
use crate::image::{Reference, Version};
use crate::ops::clusters::Clusters;
use crate::ops::{self, Project, Toolbox, Tools, project, push, transfer};
use crate::release::Image;
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result};

/// The image of `options.version`, from this machine or the registry; without a version, of a
/// build.
pub(super) async fn resolve(
    options: &DeployOptions,
    selected: &Selected,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Image> {
    let repository = project::repository(&selected.app, settings)?;
    let (version, commit) = if let Some(version) = &options.version {
        if Version::parse(version).is_none() {
            return Err(Error::usage(format!("`{version}` is not a version"))
                .hint("`paas images` lists them"));
        }
        (version.clone(), None)
    } else {
        let built = ops::build(&options.build, settings, reporter).await?;
        (built.version, Some(built.commit))
    };
    check_clean(&version, options, selected, settings).await?;
    let reference = repository.tagged(&version)?;
    let toolbox = Toolbox::open(settings, reporter).await?;
    let image = find(&toolbox.tools(), &reference)
        .await?
        .ok_or_else(|| not_there(&version))?;
    let tools = toolbox.tools();
    let mut published = image
        .repo_digests
        .iter()
        .find(|known| known.repository() == &repository)
        .and_then(Reference::digest)
        .cloned();
    if published.is_none()
        && Clusters::load(settings)?
            .get(&selected.cluster)?
            .needs_registry()
    {
        push::registry_of(&repository)?;
        published = Some(push::publish(&tools, &reference, &image).await?);
    }
    let labels = &image.config.labels;
    Ok(Image {
        commit: commit
            .or_else(|| labels.get("org.opencontainers.image.revision").cloned())
            .unwrap_or_default(),
        reference: published.map_or_else(|| reference.clone(), |digest| repository.at(&digest)),
        id: image.id.to_string(),
        version,
    })
}

/// From this machine, or the registry.
async fn find(tools: &Tools<'_>, reference: &Reference) -> Result<Option<crate::builder::Image>> {
    if let Some(image) = tools.engine.image(reference).await? {
        return Ok(Some(image));
    }
    if reference.repository().host().is_none() || tools.client.resolve(reference).await?.is_none() {
        return Ok(None);
    }
    transfer::pull(reference, tools).await?;
    tools.engine.image(reference).await
}

/// Refuses what no commit holds where the environment is protected: an image of uncommitted changes, or an
/// uncommitted `app.toml`, from which everything but the image comes.
async fn check_clean(
    version: &str,
    options: &DeployOptions,
    selected: &Selected,
    settings: &Settings,
) -> Result<()> {
    if options.allow_dirty || !selected.environment.protected {
        return Ok(());
    }
    let refused = |what: String| {
        let environment = &selected.target.environment;
        Error::refused(format!("{environment} is protected, and {what}"))
            .hint("commit the changes, or give `--allow-dirty`")
    };
    if Version::parse(version).is_some_and(|version| version.dirty.is_some()) {
        return Err(refused(format!(
            "{version} was built from changes that no commit holds"
        )));
    }
    let project = Project::loaded(&selected.folder, settings).await?;
    match project.listing.changed.first() {
        None => Ok(()),
        Some(changed) => Err(refused(format!("no commit holds the changes of {changed}"))),
    }
}

fn not_there(version: &str) -> Error {
    Error::usage(format!(
        "{version} is neither on this machine nor in the registry"
    ))
    .hint("`paas images` lists what there is; `paas deploy` without a version builds one")
}
