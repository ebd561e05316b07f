//! What this machine, its engine, the registry and the app's folder lack for a build.

mod bases;
mod check;
mod engine;
mod machine;
mod programs;
mod registry;
mod repository;

use std::path::PathBuf;
use std::time::Duration;

use self::bases::Bases;
pub use self::check::{Check, Diagnosis, Status};
use self::repository::Folder;
use super::blocking::blocking;
use crate::registry::Client;
use crate::retry::Policy;
use crate::settings::Settings;
use crate::{Error, Result};

/// For any one check: who asks a doctor has waited enough already.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where to look.
#[derive(Clone, Debug)]
pub struct DoctorOptions {
    /// A folder of an app, or any other.
    pub folder: PathBuf,
}

/// Looks at everything at the same time. Only asks: builds, pulls and repairs nothing.
pub async fn doctor(options: &DoctorOptions, settings: &Settings) -> Result<Diagnosis> {
    let looked = options.folder.clone();
    let folder = at_most(move || Ok(Folder::look(&looked))).await?;
    let host = settings.registry_for(folder.registry());
    let client = Client::new(settings)
        .with_policy(Policy::ONCE)
        .with_timeout(PATIENCE);
    let asked = async {
        let engine = engine::connect(&settings.engine).await;
        let bases = Bases {
            folder: &folder,
            registry: host,
            client: &client,
        };
        match engine {
            Ok(engine) => {
                let (checks, bases) = tokio::join!(
                    engine::checks(&engine, &settings.engine),
                    bases.checks(&engine)
                );
                [checks, bases].concat()
            }
            Err(error) => vec![Check::unavailable("engine", &error)],
        }
    };
    let (engine, registry, helpers, git, machine) = tokio::join!(
        asked,
        registry::check(&client, host),
        programs::credential_helpers(&settings.docker_config),
        programs::git(),
        machine::checks(settings),
    );
    let mut checks = engine;
    checks.push(registry);
    checks.extend(helpers);
    checks.push(git);
    checks.extend(folder.checks());
    checks.extend(machine);
    Ok(Diagnosis { checks })
}

/// Runs work that waits for the disk, and doesn't wait for it for long.
async fn at_most<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::time::timeout(PATIENCE, blocking(work))
        .await
        .map_err(|_| Error::unavailable("the disk did not answer within 5 s"))?
}
