use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::Result;
use crate::builder::Image;
use crate::image::{Digest, Repository};

/// The base's name.
pub(super) const NAME: &str = "io.paas.base";
/// The definition's digest.
pub(super) const DEFINITION: &str = "io.paas.base.definition";
/// The ID of the image that it was made from.
pub(super) const PARENT: &str = "io.paas.base.parent";

/// A base on the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaseImage {
    /// The base.
    pub name: String,
    /// The engine's ID.
    pub id: Digest,
    /// Bytes of all its layers, unpacked.
    pub size: u64,
    /// When it was made.
    #[serde(serialize_with = "as_text")]
    pub created: Option<Timestamp>,
}

impl BaseImage {
    pub(super) fn of(name: &str, image: &Image) -> Self {
        Self {
            name: name.to_owned(),
            id: image.id.clone(),
            size: image.size,
            created: image.created,
        }
    }
}

/// RFC 3339.
#[expect(clippy::ref_option, reason = "serde's signature")]
fn as_text<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.to_string()).serialize(serializer)
}

/// Where a base's images are: `[<registry>/]paas/<name>`.
pub fn repository(name: &str, registry: Option<&str>) -> Result<Repository> {
    match registry {
        Some(registry) => format!("{registry}/paas/{name}").parse(),
        None => format!("paas/{name}").parse(),
    }
}
