//! A release's image on the engine.

use super::DockerHost;
use super::blueprint::LocalImage;
use crate::builder::Image;
use crate::cluster::Work;
use crate::release::Release;
use crate::{Error, Kind, Result};

impl DockerHost {
    /// Pulls the image where the engine does not have it.
    pub(super) async fn fetch(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        if self.find_image(release).await?.is_some() {
            return Ok(());
        }
        let reference = &release.image.reference;
        let Some(host) = reference.repository().host().map(str::to_owned) else {
            return Err(
                gone(release).hint("it was never pushed, so it can't be fetched: build it again")
            );
        };
        let source = self.settings.credentials.clone();
        let login = tokio::task::spawn_blocking(move || source(&host))
            .await
            .map_err(|error| Error::unexpected("credentials can't be read").caused_by(error))?;
        let pulled = self.engine.pull(reference, login.as_ref(), work.reporter);
        pulled.await.map_err(|error| match error.kind() {
            // The registry may have it, and can't be asked now.
            Kind::Unavailable => error,
            _ => gone(release).caused_by(error),
        })?;
        match self.find_image(release).await? {
            Some(_) => Ok(()),
            None => Err(gone(release)),
        }
    }

    /// The image that containers of `release` are made of.
    pub(super) async fn local_image(&self, release: &Release) -> Result<LocalImage> {
        self.find_image(release).await?.ok_or_else(|| {
            gone(release).hint("it was removed meanwhile: deploy again, so that it is fetched")
        })
    }

    async fn find_image(&self, release: &Release) -> Result<Option<LocalImage>> {
        let image = &release.image;
        if !image.id.is_empty()
            && let Some(found) = self.engine.image(&image.id).await?
        {
            return Ok(Some(local(found)));
        }
        let found = self.engine.image(&image.reference).await?;
        // A digest can't stand for anything else; a tag can have moved.
        let is_same = |found: &Image| {
            image.reference.digest().is_some()
                || image.id.is_empty()
                || found.id.to_string() == image.id
        };
        Ok(found.filter(is_same).map(local))
    }
}

fn local(found: Image) -> LocalImage {
    LocalImage {
        id: found.id.to_string(),
        user: found.config.user,
    }
}

fn gone(release: &Release) -> Error {
    Error::new(
        Kind::DeployFailed,
        format!(
            "the image `{}` is nowhere to be had",
            release.image.reference
        ),
    )
}
