use clap::Args;

use super::Session;
use super::build::build_secrets;
use super::target::EnvironmentArgument;
use crate::ops::BuildOptions;
use crate::ops::deploy::{self, DeployOptions, Patience};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas manifests -e production > production.yaml
  paas manifests v1.4.2-g3f9c2d1a-r7 -e production --show-secrets | kubectl apply -f -";

/// `paas manifests`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Manifests {
    /// A version that was built before [default: what is on disk, built if need be]
    version: Option<String>,
    #[command(flatten)]
    environment: EnvironmentArgument,
    /// Print the values of secrets instead of ***
    #[arg(long)]
    show_secrets: bool,
    /// Take uncommitted changes to a protected environment as well
    #[arg(long)]
    allow_dirty: bool,
}

impl Manifests {
    /// Prints them.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let secrets = if self.version.is_some() {
            std::collections::BTreeMap::default()
        } else {
            build_secrets(session, &folder, &[])?
        };
        let options = DeployOptions {
            build: BuildOptions {
                folder: folder.clone(),
                allow_dirty: true,
                secrets,
                ..BuildOptions::default()
            },
            folder,
            environment: self.environment.environment,
            version: self.version,
            canary: None,
            allow_dirty: self.allow_dirty,
            patience: Patience::default(),
        };
        let settings = session.settings()?;
        let show = self.show_secrets;
        let manifests = session.operate(async |reporter| {
            deploy::manifests(&options, show, &settings, &reporter).await
        })?;
        if session.global.json {
            return session.ui.print_json(&manifests);
        }
        let documents: Result<Vec<String>> = manifests
            .iter()
            .map(|manifest| {
                serde_saphyr::to_string(manifest)
                    .map_err(|error| Error::unexpected("cannot write YAML").caused_by(error))
            })
            .collect();
        session.ui.print(&documents?.join("---\n"))
    }
}
