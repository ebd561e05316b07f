use serde::Serialize;

use super::image::repository;
use crate::image::{Digest, Reference};
use crate::ops::{Tools, transfer};
use crate::{Error, Result};

/// A base in a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pushed {
    /// The base.
    pub name: String,
    /// The manifest's.
    pub digest: Digest,
    /// Its names there: `latest`, and one by content.
    pub references: Vec<Reference>,
}

/// Gives this machine's newest image of a base to all machines that use `registry`.
pub async fn push(name: &str, registry: &str, tools: &Tools<'_>) -> Result<Pushed> {
    let local = repository(name, None)?.tagged("latest")?;
    let image = tools.engine.image(&local).await?.ok_or_else(|| {
        Error::usage(format!("the base `{name}` is not on this machine"))
            .hint(format!("`paas base build {name}` makes it"))
    })?;
    let there = repository(name, Some(registry))?;
    // The second one is what others look for: it comes when all is there.
    let references = vec![there.tagged(image.id.short())?, there.tagged("latest")?];
    let mut digest = None;
    for reference in &references {
        tools.engine.tag(&image.id, reference).await?;
        digest = Some(transfer::push(reference, tools).await?);
    }
    Ok(Pushed {
        name: name.to_owned(),
        digest: digest.expect("two were pushed"),
        references,
    })
}
