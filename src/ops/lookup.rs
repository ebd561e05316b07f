//! Nothing changed means no build: the content may be on the engine or in the registry already.

use super::{Tools, labels, transfer};
use crate::Result;
use crate::builder::Image;
use crate::image::{Digest, Reference};
use crate::plan::ContentKey;
use crate::registry::Client;
use crate::report::Event;

/// Where content is looked for, and the name it is wanted under.
pub(super) struct Lookup<'a> {
    pub tools: &'a Tools<'a>,
    /// Asks the registry.
    pub client: &'a Client,
    /// `[group/]name`.
    pub app: &'a str,
    pub reference: &'a Reference,
    pub content: &'a ContentKey,
}

impl Lookup<'_> {
    /// The image with this content under the wanted name, if anybody has it.
    pub async fn find(&self) -> Result<Option<Image>> {
        if let Some(image) = self.tools.engine.image(self.reference).await? {
            if self.matches(&image) {
                return Ok(Some(image));
            }
            self.warn_of_other_content(&image);
        }
        if let Some(id) = self.on_engine().await? {
            return self.name(&id).await;
        }
        match self.in_registry().await {
            Ok(Some(reference)) => {
                transfer::pull(&reference, self.tools).await?;
                self.name(&reference).await
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.tools.reporter.report(Event::Warning(format!(
                    "built without a look into the registry: {error}"
                )));
                Ok(None)
            }
        }
    }

    fn matches(&self, image: &Image) -> bool {
        image
            .config
            .labels
            .get(labels::CONTENT)
            .is_some_and(|key| key == self.content.as_str())
    }

    fn warn_of_other_content(&self, image: &Image) {
        let version = self.reference.tag().unwrap_or_default();
        self.tools.reporter.report(Event::Warning(format!(
            "{version} on this machine ({}) has other content; the name moves to the new image",
            image.id.short()
        )));
    }

    async fn on_engine(&self) -> Result<Option<Digest>> {
        let app = format!("{}={}", labels::APP, self.app);
        let content = format!("{}={}", labels::CONTENT, self.content);
        let images = self.tools.engine.images(&[&app, &content]).await?;
        Ok(images
            .into_iter()
            .max_by_key(|image| image.created)
            .map(|image| image.id))
    }

    async fn in_registry(&self) -> Result<Option<Reference>> {
        let repository = self.reference.repository();
        if repository.host().is_none() {
            return Ok(None);
        }
        let found = self
            .client
            .resolve(&repository.tagged(&self.content.tag())?)
            .await?;
        Ok(found.map(|manifest| repository.at(&manifest.digest)))
    }

    async fn name(&self, image: impl std::fmt::Display) -> Result<Option<Image>> {
        self.tools.engine.tag(image, self.reference).await?;
        self.tools.engine.image(self.reference).await
    }
}
