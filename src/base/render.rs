use tera::{Context, Tera};

use super::Definition;
use crate::image::Reference;
use crate::{Error, Result};

/// The step that installs `packages`.
pub(super) const PACKAGES: &str = include_str!("../../templates/base/packages.Dockerfile.tera");

/// The step that runs `setup.sh`.
pub(super) const SETUP: &str = include_str!("../../templates/base/setup.Dockerfile.tera");

impl Definition {
    /// The Dockerfile, from the image `parent`.
    pub fn render(&self, parent: &Reference) -> Result<String> {
        let failed = |error: tera::Error| {
            Error::usage(format!(
                "the Dockerfile.tera of base `{}` is not valid",
                self.name
            ))
            .caused_by(error)
            .hint("its only variable is `parent`; see docs/base-images.md")
        };
        let template = self
            .files
            .get("Dockerfile.tera")
            .and_then(|file| file.text());
        let template = template.ok_or_else(|| {
            Error::usage(format!(
                "base `{}` has no Dockerfile.tera in UTF-8",
                self.name
            ))
        })?;
        let mut tera = Tera::default();
        tera.add_raw_templates([
            ("base/packages.Dockerfile.tera", PACKAGES),
            ("base/setup.Dockerfile.tera", SETUP),
            ("Dockerfile.tera", template),
        ])
        .map_err(failed)?;
        let mut context = Context::new();
        context.insert("parent", &parent.to_string());
        tera.render("Dockerfile.tera", &context).map_err(failed)
    }
}
