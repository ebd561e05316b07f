use std::sync::Arc;

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
