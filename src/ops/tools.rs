use std::sync::Arc;

use crate::Result;
use crate::builder::Engine;
use crate::registry::Client;
use crate::report::Reporter;
use crate::settings::Settings;

/// What operations on images work with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Of this invocation.
    pub settings: &'a Settings,
    /// Builds and keeps images.
    pub engine: &'a Engine,
    /// Asks registries.
    pub client: &'a Client,
    /// Is told what happens.
    pub reporter: &'a Arc<dyn Reporter>,
}

/// Owns what operations work with.
pub struct Toolbox<'a> {
    settings: &'a Settings,
    engine: Engine,
    client: Client,
    reporter: &'a Arc<dyn Reporter>,
}

impl<'a> Toolbox<'a> {
    /// Connects to the engine. Registries are asked when they are needed.
    pub async fn open(settings: &'a Settings, reporter: &'a Arc<dyn Reporter>) -> Result<Self> {
        Ok(Self {
            settings,
            engine: Engine::connect(&settings.engine).await?,
            client: Client::new(settings).with_reporter(Arc::clone(reporter)),
            reporter,
        })
    }

    /// All of it, to be handed on.
    pub fn tools(&self) -> Tools<'_> {
        Tools {
            settings: self.settings,
            engine: &self.engine,
            client: &self.client,
            reporter: self.reporter,
        }
    }
}
