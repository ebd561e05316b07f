//! What a build of the work tree would come to, without building anything.

use super::DeployOptions;
use crate::image::Reference;
use crate::ops::blocking::blocking;
use crate::ops::fingerprint::Fingerprint;
use crate::ops::{Bases, BuildPlan, Project, Tools, labels};
use crate::release::Image;
use crate::{Result, builder};

/// An image that there may be already.
pub(super) struct Foreseen {
    pub image: Image,
    /// Whether it would have to be built first, or fetched from a registry.
    pub is_missing: bool,
}

/// Looks at the files and asks this machine's engine, nobody else.
pub(super) async fn foresee(options: &DeployOptions, tools: &Tools<'_>) -> Result<Foreseen> {
    let project = Project::loaded(&options.folder, tools.settings).await?;
    let bases = Bases::known(&project)?;
    let plan = BuildPlan::new(&project, tools.settings, &bases)?;
    let found = if bases.are_pinned() {
        find(options, &project, &plan, tools).await?
    } else {
        None
    };
    let is_missing = found.is_none();
    let image = Image {
        version: plan.version.to_string(),
        reference: plan.reference.clone(),
        id: found.map(|image| image.id.to_string()).unwrap_or_default(),
        commit: project.head.commit.clone(),
    };
    Ok(Foreseen { image, is_missing })
}

/// The version's own image where it is this content or a published one, or else the same content under
/// another name.
async fn find(
    options: &DeployOptions,
    project: &Project,
    plan: &BuildPlan,
    tools: &Tools<'_>,
) -> Result<Option<builder::Image>> {
    let (secrets, state) = (
        options.build.secrets.clone(),
        tools.settings.state_dir.clone(),
    );
    let print = blocking(move || Fingerprint::of(&secrets, &state)).await?;
    let print = print.as_ref().map(ToString::to_string);
    let platform = match &options.build.platform {
        Some(platform) => platform.clone(),
        None => tools.engine.platform().await?,
    };
    let content = plan.content(project, &platform, print.as_deref());
    if let Some(image) = tools.engine.image(&plan.reference).await? {
        let is_same =
            image.config.labels.get(labels::CONTENT).map(String::as_str) == Some(content.as_str());
        if is_same || is_published(&image, &plan.reference) {
            return Ok(Some(image));
        }
    }
    let app = format!("{}={}", labels::APP, project.id());
    let content = format!("{}={content}", labels::CONTENT);
    let images = tools.engine.images(&[&app, &content]).await?;
    match images.into_iter().max_by_key(|image| image.created) {
        Some(found) => tools.engine.image(&found.id).await,
        None => Ok(None),
    }
}

fn is_published(image: &builder::Image, reference: &Reference) -> bool {
    let mut known = image.repo_digests.iter();
    known.any(|known| known.repository() == reference.repository())
}
