//! Nothing changed means no build: the content may be on the engine or in the registry already. And
//! a version that the registry holds is that version, whoever made it.

use std::collections::BTreeMap;

use super::claim::{Claim, Difference, Fit, Pinning};
use super::{BuildOptions, Tools, labels, transfer};
use crate::builder::Image;
use crate::image::{Digest, Platform, Reference};
use crate::registry::{Client, Content};
use crate::report::Event;
use crate::{Error, Result};

/// What is looked for, where, and the name it is wanted under.
pub(super) struct Lookup<'a> {
    pub tools: &'a Tools<'a>,
    /// Asks the registry.
    pub client: &'a Client,
    pub options: &'a BuildOptions,
    pub reference: &'a Reference,
    pub claim: &'a Claim,
}

/// What the registry has under the wanted name.
enum Registry {
    /// There is none, or it can't be asked.
    Away,
    /// The version is free.
    Free,
    Holds(Held),
}

/// A version in the registry.
struct Held {
    digest: Digest,
    labels: BTreeMap<String, String>,
    platform: Option<Platform>,
}

impl Lookup<'_> {
    /// The image under the wanted name, if anybody has it. `Kind::Refused` where the registry holds
    /// the version with another content: it can't be built again.
    pub async fn find(&self) -> Result<Option<Image>> {
        let local = self.tools.engine.image(self.reference).await?;
        // What is to be published is what the registry has, even where this machine has its own.
        let asks_first = self.options.push || self.options.no_cache;
        if !asks_first && let Some(image) = self.on_engine(local.as_ref()).await? {
            return Ok(Some(image));
        }
        let registry = self.ask().await;
        if let Registry::Holds(held) = registry {
            return self.take(&held, local).await.map(Some);
        }
        if !self.options.no_cache {
            if asks_first && let Some(image) = self.on_engine(local.as_ref()).await? {
                return Ok(Some(image));
            }
            if matches!(registry, Registry::Free)
                && let Some(image) = self.content_in_registry(local.as_ref()).await?
            {
                return Ok(Some(image));
            }
        }
        if let Some(local) = &local {
            self.warn_of_move(local);
        }
        Ok(None)
    }

    /// Without a word of the registry's: the wanted image itself, or the same content under another
    /// name.
    async fn on_engine(&self, local: Option<&Image>) -> Result<Option<Image>> {
        if let Some(image) = local
            && (self.is_same(image) || self.was_taken(image))
        {
            return Ok(Some(image.clone()));
        }
        let app = format!("{}={}", labels::APP, self.claim.app);
        let content = format!("{}={}", labels::CONTENT, self.claim.content);
        let images = self.tools.engine.images(&[&app, &content]).await?;
        match images.into_iter().max_by_key(|image| image.created) {
            Some(found) => self.name(&found.id, local).await,
            None => Ok(None),
        }
    }

    fn is_same(&self, image: &Image) -> bool {
        let key = image.config.labels.get(labels::CONTENT);
        key.is_some_and(|key| key == self.claim.content.as_str())
    }

    /// Whether an earlier build took this image from the registry for the same `app.lock`.
    fn was_taken(&self, image: &Image) -> bool {
        let repository = self.reference.repository();
        let mut known = image.repo_digests.iter();
        self.claim.bases == Pinning::Locked
            && known.any(|known| known.repository() == repository)
            && self.judge(&image.config.labels, Some(&image.platform)) == Ok(Fit::Stands)
    }

    fn judge(
        &self,
        labels: &BTreeMap<String, String>,
        platform: Option<&Platform>,
    ) -> Result<Fit, Difference> {
        self.claim.judge(labels, platform)
    }

    async fn ask(&self) -> Registry {
        if self.reference.repository().host().is_none() {
            return Registry::Away;
        }
        match self.held().await {
            Ok(Some(held)) => Registry::Holds(held),
            Ok(None) => Registry::Free,
            Err(error) => {
                self.warn(format!("built without a look into the registry: {error}"));
                Registry::Away
            }
        }
    }

    async fn held(&self) -> Result<Option<Held>> {
        let Some(manifest) = self.client.manifest(self.reference).await? else {
            return Ok(None);
        };
        let config = match &manifest.content {
            Content::Image { config, .. } => {
                let repository = self.reference.repository();
                self.client.config(repository, &config.digest).await?
            }
            // Not of our making.
            Content::Index(_) => None,
        };
        let config = config.unwrap_or_default();
        Ok(Some(Held {
            digest: manifest.manifest.digest,
            labels: config.labels,
            platform: config.platform,
        }))
    }

    /// Makes the registry's image this machine's.
    async fn take(&self, held: &Held, local: Option<Image>) -> Result<Image> {
        let version = self.version();
        if self.options.no_cache {
            return Err(Error::refused(format!(
                "{version} is in the registry ({}), and a version never changes",
                held.digest.short()
            ))
            .hint("leave `--no-cache` out to use what is there")
            .hint("commit a change or a new git tag, which makes another version"));
        }
        let fit = self
            .judge(&held.labels, held.platform.as_ref())
            .map_err(|difference| {
                Error::refused(format!(
                    "{version} is in the registry {difference} ({}), and a version never changes",
                    held.digest.short()
                ))
                .hint("commit a change or a new git tag, which makes another version")
            })?;
        let name = self.reference.repository().at(&held.digest);
        if let Some(image) = &local
            && (image.repo_digests.contains(&name) || image.id == held.digest)
        {
            return Ok(image.clone());
        }
        transfer::pull(&name, self.tools).await?;
        if fit == Fit::Stands {
            self.tools.reporter.report(Event::Note(format!(
                "took {version} from the registry ({}): what is published is not built again",
                held.digest.short()
            )));
        }
        let image = self.name(&name, local.as_ref()).await?;
        image.ok_or_else(|| {
            Error::unavailable(format!(
                "the image of {version} vanished after it was pulled"
            ))
            .hint("was a clean-up running? try again")
        })
    }

    async fn content_in_registry(&self, local: Option<&Image>) -> Result<Option<Image>> {
        let repository = self.reference.repository();
        let tag = repository.tagged(&self.claim.content.tag())?;
        match self.client.resolve(&tag).await {
            Ok(Some(manifest)) => {
                let name = repository.at(&manifest.digest);
                transfer::pull(&name, self.tools).await?;
                self.name(&name, local).await
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.warn(format!("built without a look into the registry: {error}"));
                Ok(None)
            }
        }
    }

    async fn name(
        &self,
        image: impl std::fmt::Display,
        before: Option<&Image>,
    ) -> Result<Option<Image>> {
        self.tools.engine.tag(image, self.reference).await?;
        let named = self.tools.engine.image(self.reference).await?;
        if let (Some(before), Some(named)) = (before, &named)
            && before.id != named.id
        {
            self.warn_of_move(before);
        }
        Ok(named)
    }

    fn warn_of_move(&self, before: &Image) {
        self.warn(format!(
            "{} on this machine ({}) has other content; the name moves to the new image",
            self.version(),
            before.id.short()
        ));
    }

    fn warn(&self, text: String) {
        self.tools.reporter.report(Event::Warning(text));
    }

    fn version(&self) -> &str {
        self.reference.tag().unwrap_or_default()
    }
}
