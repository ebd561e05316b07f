//! Connections that the engine hands over, to talk with what runs in a container.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, UPGRADE};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Engine, fault};
use crate::Result;

impl Engine {
    /// POSTs `body`, and gives the connection that the engine answers with: bytes both ways, until either
    /// side closes. `path` is encoded already.
    pub(crate) async fn attach(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>> {
        let body = body.to_string();
        let request = Request::post(self.path(path))
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "tcp")
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, body.len())
            .body(
                Full::new(Bytes::from(body))
                    .map_err(|never| match never {})
                    .boxed_unsync(),
            )
            .expect("the path is encoded");
        let exchange = self.wire.send(request).await?.accepted().await?;
        let address = self.wire.address();
        if exchange.response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(fault::foreign(address));
        }
        let upgraded = hyper::upgrade::on(exchange.response)
            .await
            .map_err(|error| fault::cut(address).caused_by(error))?;
        Ok(TokioIo::new(upgraded))
    }
}
