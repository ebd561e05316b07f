use super::{Tools, pins};
use crate::Result;
use crate::base::{Definition, Profile};
use crate::config::{App, BaseName, Lock, PinnedBase};
use crate::plan::Defaults;

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
    /// As far as the binary and `app.lock` know. Contacts nothing.
    pub fn known(app: &App, lock: Option<&Lock>) -> Result<Self> {
        let build = pin_in(lock, &app.build.base);
        let mut bases = Self::of(app, build.as_ref())?;
        bases.pins.extend(build);
        if bases.runtime != bases.build {
            bases.pins.extend(pin_in(lock, &bases.runtime));
        }
        Ok(bases)
    }

    /// With a pin for each: that of `app.lock`, or else the newest.
    pub async fn pinned(app: &App, lock: Option<&Lock>, tools: &Tools<'_>) -> Result<Self> {
        let registry = tools.settings.registry_for(app.registry.as_deref());
        let build = match pin_in(lock, &app.build.base) {
            Some(pin) => pin,
            None => pins::resolve(&app.build.base, registry, tools).await?,
        };
        let mut bases = Self::of(app, Some(&build))?;
        bases.pins.push(build);
        if bases.runtime != bases.build {
            bases.pins.push(match pin_in(lock, &bases.runtime) {
                Some(pin) => pin,
                None => pins::resolve(&bases.runtime, registry, tools).await?,
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

fn pin_in(lock: Option<&Lock>, base: &BaseName) -> Option<PinnedBase> {
    let name = base.to_string();
    lock?.bases.iter().find(|pin| pin.name == name).cloned()
}
