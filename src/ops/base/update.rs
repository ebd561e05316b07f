use std::path::Path;

use serde::Serialize;

use crate::config::{self, APP_FILE, Lock, PinnedBase};
use crate::image::{Digest, Repository};
use crate::ops::blocking::blocking;
use crate::ops::{Bases, Tools};
use crate::plan::Recipe;
use crate::{Error, Result};

/// What `app.lock` would become.
#[derive(Debug)]
pub struct Update {
    /// The pins that move, by name.
    pub moved: Vec<Move>,
    /// The config revision so far; `None` without an `app.lock`.
    pub previous_revision: Option<u32>,
    next: Lock,
    changed: bool,
}

/// A pin that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// As `app.toml` names the base.
    pub name: String,
    /// The digest so far.
    pub from: Option<Digest>,
    /// The newest.
    pub to: Digest,
    /// Where it is pulled from; `None`: it is on this machine only.
    pub repository: Option<Repository>,
}

/// Looks for the newest images of the bases of the app in `folder`. Writes nothing.
pub async fn update(folder: &Path, tools: &Tools<'_>) -> Result<Update> {
    let path = folder.to_owned();
    let (app, previous) = blocking(move || {
        let loaded = config::load(&path.join(APP_FILE))?;
        Ok((loaded.app, Lock::load(&path)?))
    })
    .await?;

    let bases = Bases::pinned(folder, &app, None, tools).await?;
    for pin in &bases.pins {
        check_reachable(previous.as_ref(), pin)?;
    }
    let recipe = Recipe::of(
        &app,
        &bases.build,
        &bases.runtime,
        &bases.pins,
        bases.defaults,
    )?;
    let next = Lock::next(
        previous.as_ref(),
        recipe.digest(),
        recipe.inputs(),
        bases.pins,
    );
    Ok(Update {
        moved: moved(previous.as_ref(), &next),
        previous_revision: previous.as_ref().map(|lock| lock.revision),
        changed: previous.as_ref() != Some(&next),
        next,
    })
}

impl Update {
    /// Whether `app.lock` would have another content.
    pub fn is_change(&self) -> bool {
        self.changed
    }

    /// The config revision.
    pub fn revision(&self) -> u32 {
        self.next.revision
    }

    /// Writes `app.lock` in `folder`, where it would change.
    pub async fn save(&self, folder: &Path) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        let (folder, next) = (folder.to_owned(), self.next.clone());
        blocking(move || next.save(&folder)).await
    }
}

/// Refuses to pin what only this machine has where a registry had it: no other machine could build.
fn check_reachable(previous: Option<&Lock>, pin: &PinnedBase) -> Result<()> {
    let bases = previous.map_or(&[][..], |lock| &lock.bases);
    let before = bases.iter().find(|before| before.name == pin.name);
    match before.and_then(|before| before.repository.as_ref()) {
        Some(repository) if pin.repository.is_none() => Err(Error::unavailable(format!(
            "{repository} does not answer, and only this machine has the base `{}`",
            pin.name
        ))
        .hint("try again when the registry is there, or `paas base push` it to another")),
        _ => Ok(()),
    }
}

fn moved(previous: Option<&Lock>, next: &Lock) -> Vec<Move> {
    let before = |name: &str| {
        let bases = previous
            .map(|lock| lock.bases.as_slice())
            .unwrap_or_default();
        bases.iter().find(|pin| pin.name == name)
    };
    let moved = next
        .bases
        .iter()
        .filter(|pin| before(&pin.name) != Some(pin));
    moved
        .map(|pin| Move {
            name: pin.name.clone(),
            from: before(&pin.name).map(|pin| pin.digest.clone()),
            to: pin.digest.clone(),
            repository: pin.repository.clone(),
        })
        .collect()
}
