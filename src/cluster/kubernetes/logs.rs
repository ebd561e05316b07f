//! Lines that instances wrote.

use super::Kubernetes;
use crate::Result;
use crate::cluster::{LogOptions, LogStream};
use crate::release::Target;

impl Kubernetes {
    pub(super) async fn log_lines(
        &self,
        _target: &Target,
        _options: &LogOptions,
    ) -> Result<LogStream> {
        Err(super::not_yet("logs"))
    }
}
