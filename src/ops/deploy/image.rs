//! Which image is deployed: the one of a version by name, or what a build makes of the tree.

use std::sync::Arc;

use super::DeployOptions;
use super::foresee::{Foreseen, foresee};
use super::selected::Selected;
use crate::image::{Digest, Reference, Version};
use crate::ops::clusters::Clusters;
use crate::ops::{self, Project, Toolbox, Tools, project, push, transfer};
use crate::release::Image;
use crate::report::Reporter;
use crate::settings::Settings;
use crate::{Error, Result, builder};

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
    let published = known_digest(&image, &reference);
    let needs_registry = || -> Result<bool> {
        Ok(Clusters::load(settings)?
            .get(&selected.cluster)?
            .needs_registry())
    };
    let published = match published {
        None if needs_registry()? => {
            push::registry_of(&repository)?;
            Some(push::publish(&tools, &reference, &image).await?)
        }
        known => known,
    };
    Ok(of_engine(&image, version, commit, &reference, published))
}

/// The same without building or fetching anything, and whether that would have to be done.
pub(super) async fn preview(
    options: &DeployOptions,
    selected: &Selected,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Foreseen> {
    let toolbox = Toolbox::open(settings, reporter).await?;
    let tools = toolbox.tools();
    let Some(version) = &options.version else {
        let foreseen = foresee(options, &tools).await?;
        check_clean(&foreseen.image.version, options, selected, settings).await?;
        return Ok(foreseen);
    };
    check_clean(version, options, selected, settings).await?;
    let repository = project::repository(&selected.app, settings)?;
    let reference = repository.tagged(version)?;
    if let Some(image) = tools.engine.image(&reference).await? {
        return Ok(Foreseen {
            image: {
                let published = known_digest(&image, &reference);
                of_engine(&image, version.clone(), None, &reference, published)
            },
            is_missing: false,
        });
    }
    let published = match repository.host() {
        Some(_) => tools.client.resolve(&reference).await?,
        None => None,
    };
    let published = published.ok_or_else(|| not_there(version))?;
    Ok(Foreseen {
        image: Image {
            version: version.clone(),
            reference: repository.at(&published.digest),
            id: String::new(),
            commit: String::new(),
        },
        is_missing: true,
    })
}

/// The digest by which the image's registry knows it.
fn known_digest(image: &builder::Image, reference: &Reference) -> Option<Digest> {
    let mut known = image.repo_digests.iter();
    let known = known.find(|known| known.repository() == reference.repository());
    known.and_then(Reference::digest).cloned()
}

/// As a release has it: by digest where a registry holds it.
fn of_engine(
    image: &builder::Image,
    version: String,
    commit: Option<String>,
    reference: &Reference,
    published: Option<Digest>,
) -> Image {
    let repository = reference.repository();
    let labels = &image.config.labels;
    Image {
        commit: commit
            .or_else(|| labels.get("org.opencontainers.image.revision").cloned())
            .unwrap_or_default(),
        reference: published.map_or_else(|| reference.clone(), |digest| repository.at(&digest)),
        id: image.id.to_string(),
        version,
    }
}

/// From this machine, or the registry.
async fn find(tools: &Tools<'_>, reference: &Reference) -> Result<Option<builder::Image>> {
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
    if selected.commit.is_some() {
        return Ok(());
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
