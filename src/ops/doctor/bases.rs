use super::repository::Folder;
use super::{Check, PATIENCE, programs};
use crate::base::Definition;
use crate::builder::Engine;
use crate::config::{BaseName, PinnedBase};
use crate::ops::base;
use crate::registry::Client;
use crate::{Error, Result};

const NAME: &str = "base images";

/// Base images, where builds of the folder's app look for them.
pub(super) struct Bases<'a> {
    pub folder: &'a Folder,
    pub registry: Option<&'a str>,
    pub client: &'a Client,
}

/// Where an image is.
enum Place {
    Engine,
    Registry,
    Nowhere,
}

impl Bases<'_> {
    pub async fn checks(&self, engine: &Engine) -> Vec<Check> {
        let looked = tokio::time::timeout(PATIENCE * 2, self.look(engine)).await;
        let late = || Error::unavailable("neither engine nor registry told within 10 s");
        looked
            .unwrap_or_else(|_| Err(late()))
            .unwrap_or_else(|error| vec![Check::unavailable(NAME, &error)])
    }

    async fn look(&self, engine: &Engine) -> Result<Vec<Check>> {
        if let Some(lock) = self.folder.lock().filter(|lock| !lock.bases.is_empty()) {
            let mut checks = Vec::new();
            for pin in &lock.bases {
                checks.push(self.pinned(pin, engine).await?);
            }
            return Ok(checks);
        }
        let wanted = self.folder.app().map(|app| &app.build.base);
        match wanted {
            Some(BaseName::Image(reference)) => {
                let here = engine.image(reference).await?.is_some();
                let place = if here {
                    "on this machine"
                } else {
                    "will be pulled"
                };
                Ok(vec![Check::ok(NAME, format!("{reference} {place}"))])
            }
            Some(BaseName::Named(name)) => self.named(name, engine).await,
            None => self.any(engine).await,
        }
    }

    async fn pinned(&self, pin: &PinnedBase, engine: &Engine) -> Result<Check> {
        let shown = format!("{} pinned to {}", pin.name, pin.digest.short());
        let place = match &pin.repository {
            None if engine.image(&pin.digest).await?.is_some() => Place::Engine,
            None => Place::Nowhere,
            Some(repository) => {
                let reference = repository.at(&pin.digest);
                if engine.image(&reference).await?.is_some() {
                    Place::Engine
                } else if self.client.resolve(&reference).await?.is_some() {
                    Place::Registry
                } else {
                    Place::Nowhere
                }
            }
        };
        Ok(match place {
            Place::Engine => Check::ok(NAME, format!("{shown}, on this machine")),
            Place::Registry => Check::ok(NAME, format!("{shown}, will be pulled")),
            Place::Nowhere => Check::unavailable(
                NAME,
                &Error::unavailable(format!("{shown}, which is neither here nor in a registry"))
                    .hint("`paas base update` pins the newest that this machine can get"),
            ),
        })
    }

    async fn named(&self, name: &str, engine: &Engine) -> Result<Vec<Check>> {
        let local = base::repository(name, None)?.tagged("latest")?;
        if engine.image(&local).await?.is_some() {
            return Ok(vec![Check::ok(NAME, format!("{name} on this machine"))]);
        }
        if let Some(registry) = self.registry {
            let remote = base::repository(name, Some(registry))?.tagged("latest")?;
            if self.client.resolve(&remote).await?.is_some() {
                return Ok(vec![Check::ok(NAME, format!("{name} in {registry}"))]);
            }
        }
        let missing = Check::ok(
            NAME,
            format!("{name} is not here yet: the first build makes it"),
        );
        Ok(vec![missing]
            .into_iter()
            .chain(self.root(engine).await?)
            .collect())
    }

    /// Outside of an app: how many of the platform's are here.
    async fn any(&self, engine: &Engine) -> Result<Vec<Check>> {
        let names: Vec<_> = Definition::embedded_all()
            .into_iter()
            .map(|definition| definition.name)
            .collect();
        let mut here = 0;
        for name in &names {
            let local = base::repository(name, None)?.tagged("latest")?;
            here += usize::from(engine.image(&local).await?.is_some());
        }
        let count = Check::ok(NAME, format!("{here} of {} on this machine", names.len()));
        Ok(vec![count]
            .into_iter()
            .chain(self.root(engine).await?)
            .collect())
    }

    /// Whether the root of all others is here, or can be made without a registry.
    async fn root(&self, engine: &Engine) -> Result<Option<Check>> {
        let root = base::repository("debian", None)?.tagged("latest")?;
        if engine.image(&root).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(if programs::has_mmdebstrap().await {
            Check::ok("mmdebstrap", "installed: base images need no registry")
        } else {
            Check::warning(
                "mmdebstrap",
                "not installed: the first base image must be pulled",
            )
            .hint("where no registry has `debian`: `sudo apt install mmdebstrap`")
        }))
    }
}
