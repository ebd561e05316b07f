use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, HOST, IF_NONE_MATCH};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use zeroize::Zeroizing;

use super::{Overwrite, Relay};
use crate::ingress::protocol::{ConflictKind, FENCE_HEADER, Failure, Fence, Holder};
use crate::{Error, Kind, Result};

/// Longest wait for an answer that needs no waiting for others: it may need the disk.
const ANSWER: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(3);

/// How an ingress is reached.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// At `host:port`.
    Address(String),
    /// Through the engine.
    Relay(Relay),
}

/// Connections to one ingress.
#[derive(Clone)]
pub(super) struct Wire {
    way: Way,
    token: Zeroizing<String>,
    /// Connections through a relay, which take a while to make, between two questions.
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({:?})", self.way)
    }
}

/// A connection; dropped, it closes.
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    authorization: Zeroizing<String>,
    _task: AbortOnDropHandle<()>,
}

/// A request.
pub(super) struct Question {
    method: Method,
    path: String,
    body: Bytes,
    fence: Option<String>,
    overwrite: Overwrite,
    wait: Duration,
}

impl Question {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: Bytes::new(),
            fence: None,
            overwrite: Overwrite::Allowed,
            wait: ANSWER,
        }
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).expect("plain data").into();
        self
    }

    pub(super) fn text(mut self, body: &str) -> Self {
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self
    }

    pub(super) fn fenced(mut self, fence: Option<&Fence>) -> Self {
        self.fence = fence.map(ToString::to_string);
        self
    }

    pub(super) fn overwriting(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// The work itself takes up to `time`.
    pub(super) fn taking(mut self, time: Duration) -> Self {
        self.wait = ANSWER + time;
        self
    }

    /// The answer is worth nothing later.
    pub(super) fn within(mut self, time: Duration) -> Self {
        self.wait = time;
        self
    }
}

impl Wire {
    pub(super) fn new(way: Way, token: String) -> Self {
        Self {
            way,
            token: Zeroizing::new(token),
            idle: Arc::default(),
        }
    }

    /// The body of the answer, over any connection.
    pub(super) async fn ask(&self, question: Question) -> Result<Bytes> {
        let mut connection = match self.take_idle() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let (answer, is_over) = connection.exchange(question).await;
        if is_over && matches!(self.way, Way::Relay(_)) && !connection.is_closed() {
            self.idle().push(connection);
        }
        answer
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle();
        idle.retain(|connection| !connection.is_closed());
        idle.pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        match &self.way {
            Way::Address(address) => {
                let stream = timeout(CONNECT, TcpStream::connect(address))
                    .await
                    .map_err(silent)?
                    .map_err(silent)?;
                self.speak(stream).await
            }
            Way::Relay(relay) => {
                let stream = timeout(ANSWER, relay.connect()).await.map_err(silent)??;
                self.speak(stream).await
            }
        }
    }

    async fn speak(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Connection> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(silent)?;
        let task = tokio::spawn(async move { drop(connection.await) });
        Ok(Connection {
            sender,
            authorization: Zeroizing::new(format!("Bearer {}", *self.token)),
            _task: AbortOnDropHandle::new(task),
        })
    }
}

impl Connection {
    /// Whether the other side is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// The body of the answer.
    pub(super) async fn ask(&mut self, question: Question) -> Result<Bytes> {
        self.exchange(question).await.0
    }

    /// The same, and whether the exchange came to its end, so that another can follow.
    async fn exchange(&mut self, question: Question) -> (Result<Bytes>, bool) {
        match self.answer(question).await {
            Ok((status, body)) if status.is_success() => (Ok(body), true),
            Ok((status, body)) => (Err(refused(status, &body)), true),
            Err(error) => (Err(error), false),
        }
    }

    async fn answer(&mut self, question: Question) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(question.method)
            .uri(question.path)
            .header(HOST, "ingress")
            .header(AUTHORIZATION, self.authorization.as_str());
        if let Some(fence) = question.fence {
            request = request.header(FENCE_HEADER, fence);
        }
        if question.overwrite == Overwrite::Refused {
            request = request.header(IF_NONE_MATCH, "*");
        }
        let request = request.body(Full::new(question.body)).map_err(|error| {
            Error::unexpected("the request to the ingress can't be written").caused_by(error)
        })?;
        let exchange = async {
            self.sender.ready().await?;
            let response = self.sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>((status, body))
        };
        let answered = timeout(question.wait, exchange).await.map_err(silent)?;
        answered.map_err(silent)
    }
}

pub(super) fn parsed<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        Error::unexpected("the answer of the ingress can't be read").caused_by(error)
    })
}

fn silent(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::unavailable("the ingress does not answer")
        .caused_by(error)
        .hint("see whether its container runs: `docker ps --filter name=ingress`")
}

fn refused(status: StatusCode, body: &[u8]) -> Error {
    if let Ok(holder) = serde_json::from_slice::<Holder>(body) {
        return held(&holder);
    }
    let failure = serde_json::from_slice::<Failure>(body).unwrap_or_else(|_| Failure {
        error: String::from_utf8_lossy(body).into_owned(),
        conflict: None,
    });
    let text = failure.error;
    match (status, failure.conflict) {
        (_, Some(ConflictKind::LeaseLost)) => Error::new(Kind::Busy, text)
            .hint("somebody else may be at work; see what runs, then try again"),
        (_, Some(ConflictKind::Ending)) => {
            Error::new(Kind::Busy, text).hint("it takes a few seconds; try again")
        }
        (_, Some(ConflictKind::Exists | ConflictKind::Taken)) => Error::refused(text),
        (StatusCode::UNAUTHORIZED, _) => Error::unavailable(format!("the ingress says: {text}"))
            .hint("it may have been made anew; try again"),
        (StatusCode::INSUFFICIENT_STORAGE, _) => {
            Error::unavailable("the disk of the ingress is full")
                .detail(text)
                .hint("free some space: what was in force still is")
        }
        (status, _) if status.is_client_error() => {
            Error::unexpected(format!("the ingress does not take the request: {text}"))
        }
        _ => Error::unavailable(format!("the ingress failed: {text}")),
    }
}

fn held(holder: &Holder) -> Error {
    let seconds = (Timestamp::now().as_second() - holder.since).max(0);
    let Holder { who, what, .. } = holder;
    Error::new(
        Kind::Busy,
        format!("{who} is at work ({what}), since {seconds} s"),
    )
}
