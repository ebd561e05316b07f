//! HTTP to the engine where bollard doesn't reach: upgrades, and streams that may be silent for
//! longer than its one time-out.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, HOST};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_util::task::AbortOnDropHandle;

use super::fault;
use crate::settings::EngineAddress;
use crate::{Error, Result};

const CONNECT: Duration = Duration::from_secs(5);
/// For answers that the engine has at hand.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

type Body = UnsyncBoxBody<Bytes, io::Error>;
/// A response's body in the pieces it arrives in.
pub(super) type Chunks = Pin<Box<dyn Stream<Item = hyper::Result<Bytes>> + Send>>;

/// Opens one connection for each request. Dropping what comes back closes it, which is how the
/// engine learns that nobody waits any more.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    address: EngineAddress,
}

/// An answer and the connection it comes over.
pub(super) struct Exchange {
    pub(super) response: Response<Incoming>,
    pub(super) connection: AbortOnDropHandle<()>,
}

trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

impl Wire {
    pub(super) fn new(address: EngineAddress) -> Self {
        Self { address }
    }

    pub(super) fn address(&self) -> &EngineAddress {
        &self.address
    }

    /// Sends a request whatever time its answer takes.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Exchange> {
        let stream = self.open().await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fault::cut(&self.address).caused_by(error))?;
        // Errors of the connection reach the reader of the response too.
        let connection = AbortOnDropHandle::new(tokio::spawn(async move {
            let _ = connection.with_upgrades().await;
        }));
        let host = match &self.address {
            EngineAddress::Unix(_) => "localhost",
            EngineAddress::Tcp(address) => address,
        };
        let host = host
            .parse()
            .map_err(|error| Error::usage(format!("`{host}` is not a host")).caused_by(error))?;
        request.headers_mut().insert(HOST, host);
        let response = sender.send_request(request).await.map_err(|error| {
            let fault = if error.is_parse() {
                fault::foreign(&self.address)
            } else {
                fault::cut(&self.address)
            };
            fault.caused_by(error)
        })?;
        Ok(Exchange {
            response,
            connection,
        })
    }

    /// Sends a request that the engine answers at once when it is well.
    pub(super) async fn ask(&self, request: Request<Body>) -> Result<Exchange> {
        tokio::time::timeout(ANSWER, self.send(request))
            .await
            .map_err(|_| fault::hanging(&self.address, ANSWER))?
    }

    async fn open(&self) -> Result<Box<dyn Transport>> {
        let opening = async {
            Ok::<Box<dyn Transport>, io::Error>(match &self.address {
                EngineAddress::Unix(path) => Box::new(UnixStream::connect(path).await?),
                EngineAddress::Tcp(address) => {
                    let stream = TcpStream::connect(address.as_str()).await?;
                    stream.set_nodelay(true)?;
                    Box::new(stream)
                }
            })
        };
        tokio::time::timeout(CONNECT, opening)
            .await
            .map_err(|_| fault::hanging(&self.address, CONNECT))?
            .map_err(|error| fault::unreachable(&self.address, error))
    }
}

impl Exchange {
    /// The JSON document of a successful answer.
    pub(super) async fn document<T: DeserializeOwned>(self) -> Result<T> {
        let text = self.accepted().await?.text().await?;
        serde_json::from_str(&text).map_err(|error| {
            Error::unexpected("the Docker Engine's answer can't be read").caused_by(error)
        })
    }

    /// The answer, when it is a success; otherwise the engine's message as an error.
    pub(super) async fn accepted(self) -> Result<Self> {
        let status = self.response.status();
        if status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(self);
        }
        let text = self.text().await.unwrap_or_default();
        Err(fault::answered(status.as_u16(), &fault::message_of(&text)))
    }

    /// The whole body, for answers known to be small.
    pub(super) async fn text(self) -> Result<String> {
        let bytes = tokio::time::timeout(ANSWER, self.response.into_body().collect())
            .await
            .map_err(|_| Error::unavailable("the Docker Engine stopped answering"))?
            .map_err(|error| {
                Error::unavailable("the Docker Engine's answer broke off").caused_by(error)
            })?
            .to_bytes();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The body as it comes in, and the connection to hold on to meanwhile.
    pub(super) fn body(self) -> (Chunks, AbortOnDropHandle<()>) {
        let body = self.response.into_body().into_data_stream();
        (Box::pin(body), self.connection)
    }
}

/// A request without a body.
pub(super) fn empty() -> Body {
    Full::new(Bytes::new())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A body of unknown length, sent in chunks as it is produced.
pub(super) fn streamed(content: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    StreamBody::new(content.map_ok(Frame::data)).boxed_unsync()
}

/// `POST path?query` with an empty body.
pub(super) fn post(path: &str, query: &[(&str, &str)]) -> Request<Body> {
    Request::post(target(path, query))
        .header(CONTENT_LENGTH, 0)
        .body(empty())
        .expect("path and query are encoded")
}

/// `GET path`.
pub(super) fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .body(empty())
        .expect("paths are constants")
}

/// Path and encoded query.
pub(super) fn target(path: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    format!("{path}?{query}")
}
