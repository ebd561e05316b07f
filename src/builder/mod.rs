//! The Docker Engine: builds through BuildKit, images, pushes and pulls.

mod api_version;
mod attach;
mod build;
mod connect;
mod container;
mod credentials;
mod failure;
mod fault;
mod image;
mod import;
mod layers;
mod messages;
mod pull;
mod push;
mod redact;
mod request;
mod session;
mod step_log;
mod trace;
mod tree;
mod upkeep;
mod wire;

pub use api_version::ApiVersion;
pub use credentials::CredentialSource;
pub use failure::{BuildFailure, StepFailure};
pub(crate) use image::is_status;
pub use image::{Image, ImageConfig, ImageSummary};
pub(crate) use redact::Redactor;
pub use redact::SecretBytes;
pub use request::{BuildRequest, StepTitle};
pub(crate) use step_log::LineBuffer;
pub use tree::{Content, Entry};
pub use upkeep::{DiskUsage, EngineInfo};

use crate::settings::EngineAddress;

/// A Docker Engine that has answered and can build. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    docker: bollard::Docker,
    wire: wire::Wire,
    api: ApiVersion,
}

impl Engine {
    /// The newest API version that the engine speaks.
    pub fn api_version(&self) -> ApiVersion {
        self.api
    }

    /// Whether it is reached by a socket of this machine. Any other address may be another machine's,
    /// one on loopback too: a tunnel ends there.
    pub fn is_local(&self) -> bool {
        matches!(self.wire.address(), EngineAddress::Unix(_))
    }

    /// The API's client, for what runs: containers, networks, volumes.
    pub(crate) fn client(&self) -> &bollard::Docker {
        &self.docker
    }

    /// A path of the engine's newest API. What is used of it has been the same since
    /// `ApiVersion::OLDEST`, or asks `self.api`.
    fn path(&self, path: &str) -> String {
        format!("/v{}{path}", self.api)
    }
}
