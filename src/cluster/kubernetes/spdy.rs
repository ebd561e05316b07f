//! SPDY/3.1 as every API server speaks it for commands in pods. A `WebSocket` can't end the command's input
//! alone before Kubernetes 1.30, so that `paas exec web.1 -- psql < dump.sql` would never end, or lose its
//! answer.
//!
//! What is sent of SPDY is little: a stream each for input, outputs, status and terminal size.

mod frame;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected};
use hyper::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::api::AttachParams;
use kube::client::Body;
use kube::{Client, Resource as _};
use serde_json::json;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, SimplexStream,
    WriteHalf,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

use crate::cluster::{Output, TerminalSize};

use frame::{Frame, Opening, data, pong, read_frame};

/// On its way in each direction.
const BUFFER: usize = 64 * 1024;
/// Pieces of output that wait for whoever reads them; none is longer than [`frame::LONGEST`].
const PIECES: usize = 16;
/// Of the status.
const LONGEST_STATUS: usize = 64 * 1024;
/// How the streams are used.
const PROTOCOL: &str = "v4.channel.k8s.io";

/// Streams by their numbers, in the order in which they are opened.
const STATUS: u32 = 1;
const INPUT: u32 = 3;
const STDOUT: u32 = 5;
const STDERR: u32 = 7;
const SIZE: u32 = 9;

/// A command in a pod, as it is spoken with.
pub(super) struct Conversation {
    /// Its standard input; ends where this is shut down.
    pub(super) input: Option<WriteHalf<SimplexStream>>,
    pub(super) output: Option<mpsc::Receiver<Output>>,
    /// How it ended; nothing is sent where the connection breaks.
    pub(super) status: oneshot::Receiver<Status>,
    frames: mpsc::Sender<Bytes>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

/// A container in a pod.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) client: Client,
    pub(super) namespace: String,
    pub(super) pod: String,
    pub(super) container: String,
}

impl Place {
    /// Starts a command there.
    pub(super) async fn start(
        &self,
        command: &[String],
        has_terminal: bool,
    ) -> Result<Conversation, kube::Error> {
        let parameters = AttachParams {
            container: Some(self.container.clone()),
            stdin: true,
            stdout: true,
            stderr: !has_terminal,
            tty: has_terminal,
            ..AttachParams::default()
        };
        let pods = Pod::url_path(&(), Some(&self.namespace));
        let request = kube::core::Request::new(pods).exec(&self.pod, command, &parameters);
        let mut request = request.map_err(kube::Error::BuildRequest)?.map(Body::from);
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("SPDY/3.1"));
        let protocol = HeaderValue::from_static(PROTOCOL);
        headers.insert("x-stream-protocol-version", protocol);
        let response = self.client.send(request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(refusal(response).await);
        }
        let upgraded = hyper::upgrade::on(response).await;
        let upgraded = upgraded.map_err(kube::Error::HyperError)?;
        let (reading, writing) = tokio::io::split(TokioIo::new(upgraded));
        Conversation::begin(reading, writing, has_terminal)
            .await
            .map_err(kube::Error::ReadEvents)
    }
}

/// What the API server says instead.
async fn refusal(response: hyper::Response<Body>) -> kube::Error {
    let code = response.status().as_u16();
    let body = response.into_body().collect().await;
    let body = body.map(Collected::to_bytes).unwrap_or_default();
    let status = serde_json::from_slice(&body).ok();
    kube::Error::Api(Box::new(status.unwrap_or_else(|| kube::core::Status {
        code,
        message: format!("no command can be run there: status {code}"),
        ..kube::core::Status::default()
    })))
}

impl Conversation {
    async fn begin(
        reading: impl AsyncRead + Send + Unpin + 'static,
        mut writing: impl AsyncWrite + Send + Unpin + 'static,
        has_terminal: bool,
    ) -> std::io::Result<Self> {
        let mut opening = Opening::default();
        let last = if has_terminal {
            (SIZE, "resize")
        } else {
            (STDERR, "stderr")
        };
        for (stream, kind) in [
            (STATUS, "error"),
            (INPUT, "stdin"),
            (STDOUT, "stdout"),
            last,
        ] {
            writing.write_all(&opening.open(stream, kind)).await?;
        }
        writing.flush().await?;
        let (typed, input) = tokio::io::simplex(BUFFER);
        let (frames, to_send) = mpsc::channel(PIECES);
        let (said, output) = mpsc::channel(PIECES);
        let (ended, status) = oneshot::channel();
        let sender = tokio::spawn(send(writing, typed, to_send));
        let receiver = tokio::spawn({
            let frames = frames.clone();
            async move {
                let mut status = Vec::new();
                let mut streams = vec![STATUS, STDOUT];
                streams.extend((!has_terminal).then_some(STDERR));
                // Where the connection breaks the status says so, being none.
                let _ = receive(reading, streams, (&frames, &said), &mut status).await;
                if let Ok(status) = serde_json::from_slice(&status) {
                    let _ = ended.send(status);
                }
            }
        });
        Ok(Self {
            input: Some(input),
            output: Some(output),
            status,
            frames,
            _tasks: [sender, receiver].map(AbortOnDropHandle::new),
        })
    }

    /// Tells the terminal's size. One that finds no room is left out: a newer one comes.
    pub(super) fn resize(&self, size: TerminalSize) {
        let text = json!({ "Width": size.columns, "Height": size.rows }).to_string();
        let _ = self.frames.try_send(data(SIZE, text.as_bytes(), false));
    }
}

/// Sends input and other frames until the connection ends.
async fn send(
    mut writing: impl AsyncWrite + Unpin,
    mut input: ReadHalf<SimplexStream>,
    mut frames: mpsc::Receiver<Bytes>,
) {
    let mut piece = vec![0; frame::LONGEST];
    let mut has_input = true;
    loop {
        let next = tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => frame,
                None => return,
            },
            read = input.read(&mut piece), if has_input => {
                let length = read.unwrap_or(0);
                has_input = length > 0;
                data(INPUT, &piece[..length], !has_input)
            }
        };
        // That nobody listens any more shows where answers are read.
        if writing.write_all(&next).await.is_err() || writing.flush().await.is_err() {
            return;
        }
    }
}

/// Passes on what comes, until all streams have ended or the connection has.
async fn receive(
    mut reading: impl AsyncRead + Unpin,
    mut open: Vec<u32>,
    (frames, said): (&mpsc::Sender<Bytes>, &mpsc::Sender<Output>),
    status: &mut Vec<u8>,
) -> std::io::Result<()> {
    while !open.is_empty() {
        match read_frame(&mut reading).await? {
            Frame::Data { stream, bytes, fin } => {
                let passed_on = match stream {
                    STDOUT if !bytes.is_empty() => said.send(Output::Stdout(bytes)).await,
                    STDERR if !bytes.is_empty() => said.send(Output::Stderr(bytes)).await,
                    STATUS => {
                        let room = LONGEST_STATUS.saturating_sub(status.len());
                        status.extend_from_slice(&bytes[..bytes.len().min(room)]);
                        Ok(())
                    }
                    _ => Ok(()),
                };
                if passed_on.is_err() {
                    return Ok(());
                }
                if fin {
                    open.retain(|one| *one != stream);
                }
            }
            Frame::Reset { stream } => open.retain(|one| *one != stream),
            Frame::Ping { id } => {
                let _ = frames.try_send(pong(id));
            }
            Frame::GoAway => return Ok(()),
            Frame::Other => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
