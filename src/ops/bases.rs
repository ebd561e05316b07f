use std::path::Path;

use super::{Project, Tools, base, pins};
use crate::base::{Definition, Profile};
use crate::config::{self, APP_FILE, App, BaseName, Lock, PinnedBase};
use crate::plan::Defaults;
use crate::{Error, Kind, Result};

/// What an app is built on.
#[derive(Clone, Debug)]
pub struct Bases {
    /// Where it is built.
    pub build: BaseName,
    /// Where it runs.
    pub runtime: BaseName,
    /// What the build's base proposes for apps that say nothing.
    pub defaults: Defaults,
    /// The pins of those two that are known, the build's first.
    pub pins: Vec<PinnedBase>,
}

impl Bases {
    /// As far as the binary and `app.lock` know. Contacts nothing. Fails where only the base could
    /// say how the app starts, and it is not known.
    pub fn known(project: &Project) -> Result<Self> {
        let (app, lock) = (&project.app, project.lock.as_ref());
        let build = pin_in(lock, &app.build.base);
        if build.is_none()
            && app.start.script.is_none()
            && let BaseName::Named(name) = &app.build.base
            && Definition::embedded(name).is_none()
        {
            let error = base::unknown(name).hint(
                "a team's own base is known once `paas build` has pinned it in app.lock; until then app.toml needs a `[start]`",
            );
            return Err(shown_in(&project.folder, "base", name, error));
        }
        let mut bases = Self::of(app, build.as_ref())?;
        bases.pins.extend(build);
        if bases.runtime != bases.build {
            bases.pins.extend(pin_in(lock, &bases.runtime));
        }
        Ok(bases)
    }

    /// With a pin for each: that of `app.lock`, or else the newest. `folder` is the app's.
    pub async fn pinned(
        folder: &Path,
        app: &App,
        lock: Option<&Lock>,
        tools: &Tools<'_>,
    ) -> Result<Self> {
        let registry = tools.settings.registry_for(app.registry.as_deref());
        let resolve = async |key, name: &BaseName| {
            let pin = pins::resolve(name, registry, tools).await;
            pin.map_err(|error| shown_in(folder, key, &name.to_string(), error))
        };
        let build = match pin_in(lock, &app.build.base) {
            Some(pin) => pin,
            None => resolve("base", &app.build.base).await?,
        };
        let mut bases = Self::of(app, Some(&build))?;
        bases.pins.push(build);
        if bases.runtime != bases.build {
            bases.pins.push(match pin_in(lock, &bases.runtime) {
                Some(pin) => pin,
                None => resolve("runtime", &bases.runtime).await?,
            });
        }
        Ok(bases)
    }

    /// Whether a digest is known for each.
    pub fn are_pinned(&self) -> bool {
        self.pins.len() == if self.runtime == self.build { 1 } else { 2 }
    }

    fn of(app: &App, build: Option<&PinnedBase>) -> Result<Self> {
        let profile = profile(&app.build.base, build)?;
        let runtime = match (&app.build.runtime, &app.build.base, &profile) {
            (Some(runtime), _, _) => runtime.clone(),
            (None, BaseName::Named(_), Some(profile)) => BaseName::Named(profile.runtime.clone()),
            // A label of any other image may be inherited, and what it names may lack what the
            // image has.
            (None, base, _) => base.clone(),
        };
        Ok(Self {
            build: app.build.base.clone(),
            runtime,
            defaults: profile.map(|profile| profile.defaults).unwrap_or_default(),
            pins: Vec::new(),
        })
    }
}

/// What a base says about apps: the platform's are in the binary, a team's were in the image when it
/// was pinned.
fn profile(base: &BaseName, pin: Option<&PinnedBase>) -> Result<Option<Profile>> {
    if let BaseName::Named(name) = base
        && let Some(definition) = Definition::embedded(name)
    {
        return Ok(Profile::of_chain(&[definition]));
    }
    let label = pin.and_then(|pin| pin.profile.as_deref());
    label.map(Profile::from_label).transpose()
}

/// With the line of `app.toml`, where the error is about what it says.
fn shown_in(folder: &Path, key: &str, name: &str, error: Error) -> Error {
    let place = config::place_of(&folder.join(APP_FILE), "build", key, name);
    match place.filter(|_| error.kind() == Kind::Usage && error.detail_text().is_none()) {
        Some(place) => error.detail(place),
        None => error,
    }
}

fn pin_in(lock: Option<&Lock>, base: &BaseName) -> Option<PinnedBase> {
    let name = base.to_string();
    lock?.bases.iter().find(|pin| pin.name == name).cloned()
}
