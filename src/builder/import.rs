use std::io;

use bytes::Bytes;
use futures_util::Stream;
use hyper::Request;

use super::messages::Messages;
use super::{Engine, fault, wire};
use crate::image::{Digest, Reference};
use crate::{Error, Result};

impl Engine {
    /// Makes an image of one layer from a root file system's tar, as it is read. `changes` are
    /// Dockerfile instructions such as `ENV PATH=/bin`.
    pub async fn import_root(
        &self,
        tar: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        name: &Reference,
        changes: &[&str],
    ) -> Result<Digest> {
        let mut query = vec![
            ("fromSrc", "-"),
            ("repo", name.repository().as_str()),
            ("tag", name.tag().unwrap_or("latest")),
        ];
        query.extend(changes.iter().map(|change| ("changes", *change)));
        let request = Request::post(wire::target(&self.path("/images/create"), &query))
            .header("Content-Type", "application/x-tar")
            .body(wire::streamed(tar))
            .expect("path and query are encoded");
        let exchange = self.wire.send(request).await?.accepted().await?;
        let mut messages = Messages::of(exchange);
        let mut id = None;
        while let Some(message) = messages.next().await? {
            if let Some(text) = message.error {
                return Err(fault::disk_full(&text).unwrap_or_else(|| {
                    Error::unavailable(format!("the Docker Engine could not import `{name}`"))
                        .caused_by(text)
                }));
            }
            id = message.status.and_then(|status| status.parse().ok()).or(id);
        }
        id.ok_or_else(|| fault::cut(self.wire.address()))
    }
}
