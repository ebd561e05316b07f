use crate::base::Definition;
use crate::config::{App, BaseName};
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
}

impl Bases {
    /// The app's own choices; for the rest, those of its base.
    pub fn of(app: &App) -> Self {
        let build = app.build.base.clone();
        let definition = match &build {
            BaseName::Named(name) => Definition::embedded(name),
            BaseName::Image(_) => None,
        };
        let runtime = match (&app.build.runtime, &definition) {
            (Some(runtime), _) => runtime.clone(),
            (None, Some(definition)) => BaseName::Named(definition.runtime().to_owned()),
            (None, None) => build.clone(),
        };
        let defaults = definition
            .map(|definition| definition.defaults)
            .unwrap_or_default();
        Self {
            build,
            runtime,
            defaults,
        }
    }

    /// Both, or one where they are the same.
    pub fn names(&self) -> Vec<&BaseName> {
        let mut names = vec![&self.build];
        if self.runtime != self.build {
            names.push(&self.runtime);
        }
        names
    }
}
