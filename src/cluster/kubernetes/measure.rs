//! What instances use, and whether they are well.

use super::Kubernetes;
use crate::Result;
use crate::cluster::Measures;
use crate::release::Target;

impl Kubernetes {
    pub(super) async fn measures(&self, _target: &Target) -> Result<Measures> {
        Err(super::not_yet("status"))
    }
}
