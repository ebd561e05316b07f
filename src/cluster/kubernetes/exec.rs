//! Commands of people: in an instance, or in a pod of their own.

use super::Kubernetes;
use crate::Result;
use crate::cluster::{Process, TerminalSize};
use crate::release::{InstanceName, Target};

impl Kubernetes {
    /// In an instance of what serves.
    pub(super) async fn run_in(
        &self,
        _target: &Target,
        _instance: &InstanceName,
        _command: &[String],
        _terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        Err(super::not_yet("exec"))
    }

    /// In a pod of its own, with the live release's image and parameters, removed at its end.
    pub(super) async fn run_beside(
        &self,
        _target: &Target,
        _command: &[String],
        _terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        Err(super::not_yet("run"))
    }
}
