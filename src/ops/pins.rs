//! From the bases that `app.toml` names to the digests that `app.lock` pins, and from those to
//! images on the engine.

use std::time::Duration;

use super::base::{self, Forced};
use super::{Tools, transfer};
use crate::base::{Definition, Profile};
use crate::builder::Image;
use crate::config::{BaseName, PinnedBase};
use crate::image::{Digest, Reference, Repository};
use crate::plan::PinnedImage;
use crate::registry::Client;
use crate::report::Event;
use crate::retry::Policy;
use crate::settings::Settings;
use crate::{Error, Result};

/// How long a registry may take to answer where an image on this machine will do as well.
const PATIENCE: Duration = Duration::from_secs(5);

/// The newest digest of a base. A named one is looked for in `registry`, then on this machine, and
/// then built; an image by reference in its registry and then on this machine.
pub async fn resolve(
    name: &BaseName,
    registry: Option<&str>,
    tools: &Tools<'_>,
) -> Result<PinnedBase> {
    let pin = match name {
        BaseName::Named(name) if Definition::embedded(name).is_some() => {
            return named(name, registry, tools).await;
        }
        BaseName::Named(name) => named(name, registry, tools).await?,
        BaseName::Image(reference) => image(reference, tools).await?,
    };
    let profile = profile(&pin, tools).await?;
    Ok(PinnedBase { profile, ..pin })
}

/// The label of an image that is none of the platform's; it is fetched where it isn't here.
async fn profile(pin: &PinnedBase, tools: &Tools<'_>) -> Result<Option<String>> {
    let here = ensure_local(pin, tools).await?;
    let image = tools.engine.image(&here.reference).await?;
    Ok(image.and_then(|mut image| image.config.labels.remove(Profile::LABEL)))
}

/// Makes sure that the engine has the pinned image, and returns it with the reference that a
/// Dockerfile can name. `Kind::Refused` where it only ever was on another machine.
pub async fn ensure_local(pin: &PinnedBase, tools: &Tools<'_>) -> Result<PinnedImage> {
    let pinned = PinnedImage::of(pin);
    if pin.repository.is_none() {
        tag(pin, &pinned.reference, tools).await?;
    } else if tools.engine.image(&pinned.reference).await?.is_none() {
        transfer::pull(&pinned.reference, tools).await?;
    }
    Ok(pinned)
}

/// An image that no registry has is found under its ID; BuildKit takes names only.
async fn tag(pin: &PinnedBase, name: &Reference, tools: &Tools<'_>) -> Result<()> {
    let Some(found) = tools.engine.image(&pin.digest).await? else {
        return Err(Error::refused(format!(
            "the base `{}` is pinned to {}, which is not on this machine",
            pin.name,
            pin.digest.short()
        ))
        .hint("`paas base update` pins the newest that this machine can get")
        .hint("`paas base push`, where it was built, gives it to all machines"));
    };
    if !found.tags.contains(name) {
        tools.engine.tag(&pin.digest, name).await?;
    }
    Ok(())
}

async fn named(name: &str, registry: Option<&str>, tools: &Tools<'_>) -> Result<PinnedBase> {
    let pin = |repository, digest| PinnedBase {
        name: name.to_owned(),
        repository,
        digest,
        profile: None,
    };
    if let Some(registry) = registry {
        let repository = base::repository(name, Some(registry))?;
        match asked(&repository.tagged("latest")?, tools).await {
            Ok(Some(digest)) => return Ok(pin(Some(repository), digest)),
            Ok(None) => {}
            Err(error) => tools.reporter.report(Event::Warning(format!(
                "{error}; taking the base `{name}` of this machine"
            ))),
        }
    }
    let local = base::repository(name, None)?.tagged("latest")?;
    if let Some(found) = tools.engine.image(&local).await? {
        return Ok(pin(None, found.id));
    }
    let definition = Definition::embedded(name).ok_or_else(|| base::unknown(name))?;
    let built = base::build(&definition, Forced::default(), tools).await?;
    Ok(pin(None, built.image.id))
}

async fn image(reference: &Reference, tools: &Tools<'_>) -> Result<PinnedBase> {
    let repository = reference.repository();
    let pin = |repository: Option<&Repository>, digest: &Digest| PinnedBase {
        name: reference.to_string(),
        repository: repository.cloned(),
        digest: digest.clone(),
        profile: None,
    };
    if let Some(digest) = reference.digest() {
        return Ok(pin(Some(repository), digest));
    }
    let local = tools.engine.image(reference).await?;
    if let Some(local) = &local {
        let is_only_here = repository.host().is_none() && local.repo_digests.is_empty();
        if is_only_here {
            return Ok(pin(None, &local.id));
        }
    }
    let remote = if local.is_some() {
        asked(&in_registry(reference)?, tools).await
    } else {
        let found = tools.client.resolve(&in_registry(reference)?).await;
        found.map(|found| found.map(|manifest| manifest.digest))
    };
    match (remote, local) {
        (Ok(Some(digest)), _) => Ok(pin(Some(repository), &digest)),
        (Ok(None), None) => Err(Error::usage(format!("there is no image `{reference}`"))
            .hint("neither its registry nor this machine has it: check name and tag")),
        (Err(error), None) => Err(error),
        (Err(error), Some(local)) => {
            let here = "taking the image of this machine";
            let warning = Event::Warning(format!("{error}; {here}"));
            tools.reporter.report(warning);
            Ok(of_local(reference, &local, pin))
        }
        (Ok(None), Some(local)) => Ok(of_local(reference, &local, pin)),
    }
}

fn of_local(
    reference: &Reference,
    local: &Image,
    pin: impl Fn(Option<&Repository>, &Digest) -> PinnedBase,
) -> PinnedBase {
    let repository = reference.repository();
    let known = local
        .repo_digests
        .iter()
        .filter(|known| known.repository() == repository)
        .find_map(Reference::digest);
    match known {
        Some(digest) => pin(Some(repository), digest),
        None => pin(None, &local.id),
    }
}

/// One short question.
pub(super) async fn asked(reference: &Reference, tools: &Tools<'_>) -> Result<Option<Digest>> {
    let found = impatient(tools.settings).resolve(reference).await?;
    Ok(found.map(|manifest| manifest.digest))
}

/// For questions whose answer can be done without.
pub(super) fn impatient(settings: &Settings) -> Client {
    Client::new(settings)
        .with_policy(Policy::ONCE)
        .with_timeout(PATIENCE)
}

/// With the host that engines add to a name without one.
pub(super) fn in_registry(reference: &Reference) -> Result<Reference> {
    if reference.repository().host().is_some() {
        return Ok(reference.clone());
    }
    format!("docker.io/{reference}").parse()
}
