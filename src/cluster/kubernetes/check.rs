//! Whether the cluster can be used, and what is missing.

use super::Kubernetes;
use crate::Result;
use crate::cluster::Finding;

impl Kubernetes {
    pub(super) async fn findings(&self) -> Result<Vec<Finding>> {
        Err(super::not_yet("check"))
    }
}
