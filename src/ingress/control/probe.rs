use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::ingress::protocol::ProbeAnswer;

/// Of the body of an answer that is not healthy.
const MOST_BODY: usize = 1024;

/// One question to an instance, in a form that can be asked.
pub(super) struct Question<'a> {
    upstream: &'a str,
    request: Option<Request<Empty<Bytes>>>,
    time: Duration,
}

impl<'a> Question<'a> {
    /// The error is for people.
    pub(super) fn new(
        upstream: &'a str,
        path: Option<&str>,
        time: Duration,
    ) -> Result<Self, String> {
        let request = path.map(|path| {
            if !path.starts_with('/') {
                return Err(format!("{path:?} does not begin with /"));
            }
            Request::get(path)
                .header(HOST, "localhost")
                .header(USER_AGENT, "paas-health")
                .header(CONNECTION, "close")
                .body(Empty::new())
                .map_err(|_| format!("{path:?} is not a path"))
        });
        Ok(Self {
            upstream,
            request: request.transpose()?,
            time,
        })
    }

    /// One try; redirects are not followed.
    pub(super) async fn ask(self) -> ProbeAnswer {
        let until = Instant::now() + self.time;
        let stream = match timeout_at(until, TcpStream::connect(self.upstream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return none(unconnected(&error)),
            Err(_) => return none(format!("no connection within {:?}", self.time)),
        };
        let Some(request) = self.request else {
            return ProbeAnswer::Healthy;
        };
        match timeout_at(until, exchange(stream, request, until)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => none(unanswered(&error)),
            Err(_) => none(format!("connected, but no answer within {:?}", self.time)),
        }
    }
}

async fn exchange(
    stream: TcpStream,
    request: Request<Empty<Bytes>>,
    until: Instant,
) -> hyper::Result<ProbeAnswer> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answered = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        if status.is_success() || status.is_redirection() {
            return Ok(ProbeAnswer::Healthy);
        }
        Ok(ProbeAnswer::Status {
            status: status.as_u16(),
            body: beginning(response, until).await,
        })
    };
    // In this task, so that the connection ends with the question.
    let connection = async {
        drop(connection.await);
        std::future::pending().await
    };
    tokio::select! {
        biased;
        answer = answered => answer,
        never = connection => never,
    }
}

/// As much of the body as comes in time: the status is known anyway.
async fn beginning(mut response: Response<hyper::body::Incoming>, until: Instant) -> String {
    let mut body = BytesMut::new();
    while body.len() < MOST_BODY {
        // A little before the whole question's time is up.
        let until = until.checked_sub(Duration::from_millis(1)).unwrap_or(until);
        let Ok(Some(Ok(frame))) = timeout_at(until, response.frame()).await else {
            break;
        };
        if let Ok(data) = frame.into_data() {
            body.extend_from_slice(&data);
        }
    }
    body.truncate(MOST_BODY);
    String::from_utf8_lossy(&body).into_owned()
}

fn none(reason: impl Into<String>) -> ProbeAnswer {
    ProbeAnswer::None {
        reason: reason.into(),
    }
}

fn unconnected(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        _ => format!("no connection: {error}"),
    }
}

fn unanswered(error: &hyper::Error) -> String {
    let io = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    if error.is_parse() {
        "what it answered is not HTTP".to_owned()
    } else if error.is_incomplete_message()
        || error.is_canceled()
        || error.is_closed()
        || io.is_some()
    {
        "it closed the connection without an answer".to_owned()
    } else {
        format!("no answer: {error}")
    }
}
