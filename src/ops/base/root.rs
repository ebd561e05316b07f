use super::bootstrap;
use super::build::Parent;
use super::image::{DEFINITION, repository};
use crate::base::Definition;
use crate::builder::Image;
use crate::image::{Digest, Reference};
use crate::ops::{Tools, pins, transfer};
use crate::report::Event;
use crate::{Error, Result};

/// What a root is made from: its image in a registry, or where none has it, one made with
/// mmdebstrap. Either is kept until `renew`.
pub(super) async fn ensure(root: &Definition, renew: bool, tools: &Tools<'_>) -> Result<Parent> {
    let found = if renew {
        None
    } else {
        kept(root, tools).await?
    };
    let image = match found {
        Some(image) => image,
        None => fetched(root, tools).await?,
    };
    let reference = own_repository(root)?.tagged(image.id.short())?;
    if !image.tags.contains(&reference) {
        tools.engine.tag(&image.id, &reference).await?;
    }
    Ok(Parent {
        reference,
        id: image.id,
    })
}

async fn kept(root: &Definition, tools: &Tools<'_>) -> Result<Option<Image>> {
    if let Some(pull) = &root.pull
        && let Some(image) = tools.engine.image(pull).await?
    {
        return Ok(Some(image));
    }
    let made = tools.engine.image(latest(root)?).await?;
    let recipe = recipe(root);
    Ok(made.filter(|image| {
        image.config.labels.get(DEFINITION).map(String::as_str) == Some(recipe.as_str())
    }))
}

async fn fetched(root: &Definition, tools: &Tools<'_>) -> Result<Image> {
    let pulled = match &root.pull {
        Some(pull) => pulled(pull, tools).await,
        None => Ok(None),
    };
    let name = match (pulled, &root.bootstrap) {
        (Ok(Some(name)), _) => name,
        (missing, Some(bootstrap)) => {
            if let Err(error) = missing {
                tools.reporter.report(Event::Note(format!(
                    "{error}; making the root of `{}` with mmdebstrap",
                    root.name
                )));
            }
            let name = latest(root)?;
            bootstrap::import(bootstrap, &name, &recipe(root), tools).await?;
            name
        }
        (Err(error), None) => return Err(error),
        (Ok(None), None) => {
            return Err(Error::usage(format!(
                "no registry has the image that base `{}` pulls",
                root.name
            ))
            .hint("correct `pull` in its base.toml, or add `[bootstrap]`"));
        }
    };
    tools.engine.image(&name).await?.ok_or_else(|| {
        Error::unavailable(format!("the image {name} has gone"))
            .hint("somebody removed it meanwhile: build again")
    })
}

/// Asks first, as an engine without network takes long to give up.
async fn pulled(pull: &Reference, tools: &Tools<'_>) -> Result<Option<Reference>> {
    if pins::asked(&pins::in_registry(pull)?, tools)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    transfer::pull(pull, tools).await?;
    Ok(Some(pull.clone()))
}

fn own_repository(root: &Definition) -> Result<crate::image::Repository> {
    repository(&format!("{}-bootstrap", root.name), None)
}

fn latest(root: &Definition) -> Result<Reference> {
    own_repository(root)?.tagged("latest")
}

fn recipe(root: &Definition) -> Digest {
    let recipe = serde_json::to_vec(&root.bootstrap).expect("strings only");
    Digest::of(&recipe)
}
