//! The lines of JSON that builds, pushes, pulls and imports answer with.

use bytes::BytesMut;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::task::AbortOnDropHandle;

use super::wire::{Chunks, Exchange};
use crate::{Error, Result};

/// No message of a well-behaved engine is longer: the largest carry a few log lines.
const LONGEST: usize = 64 * 1024 * 1024;

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    pub(super) id: Option<String>,
    pub(super) status: Option<String>,
    #[serde(rename = "progressDetail")]
    pub(super) progress: Option<ProgressDetail>,
    pub(super) aux: Option<Value>,
    pub(super) error: Option<String>,
}

/// Bytes moved; engines write -1 for what they don't know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProgressDetail {
    current: i64,
    total: i64,
}

impl ProgressDetail {
    /// Bytes so far, once there are any.
    pub(super) fn done(&self) -> Option<u64> {
        known(self.current)
    }

    /// Bytes in all, when known.
    pub(super) fn total(&self) -> Option<u64> {
        known(self.total)
    }
}

fn known(count: i64) -> Option<u64> {
    u64::try_from(count).ok().filter(|count| *count > 0)
}

/// Reads an answer line by line.
pub(super) struct Messages {
    body: Chunks,
    buffer: BytesMut,
    _connection: AbortOnDropHandle<()>,
}

impl Messages {
    pub(super) fn of(exchange: Exchange) -> Self {
        let (body, connection) = exchange.body();
        Self {
            body,
            buffer: BytesMut::new(),
            _connection: connection,
        }
    }

    /// The next line; `None` at a clean end. A connection that breaks is `Kind::Unavailable`.
    pub(super) async fn next(&mut self) -> Result<Option<Message>> {
        let mut searched = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[searched..]) {
                let line = self.buffer.split_to(searched + at + 1);
                searched = 0;
                if let Some(message) = parse(&line)? {
                    return Ok(Some(message));
                }
                continue;
            }
            searched = self.buffer.len();
            if searched > LONGEST {
                return Err(Error::unexpected(
                    "the Docker Engine sent an endless message",
                ));
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    return Err(Error::unavailable(
                        "the connection to the Docker Engine broke off",
                    )
                    .caused_by(error)
                    .hint("see whether it was restarted: `sudo journalctl --unit docker --since -10min`"));
                }
                None => return parse(&self.buffer.split()),
            }
        }
    }
}

fn parse(line: &[u8]) -> Result<Option<Message>> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(line).map(Some).map_err(|error| {
        Error::unexpected("the Docker Engine's answer can't be read").caused_by(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_as_engines_write_them() {
        let line = br#"{"status":"Pushing","progressDetail":{"current":512,"total":-1},"id":"5f"}"#;
        let message = parse(line).unwrap().unwrap();
        let progress = message.progress.unwrap();
        assert_eq!((progress.done(), progress.total()), (Some(512), None));
        let done = parse(b"{\"status\":\"Pushed\",\"progressDetail\":{}}\r\n");
        assert_eq!(done.unwrap().unwrap().progress.unwrap().done(), None);
        assert!(parse(b"\r\n").unwrap().is_none());
        assert!(parse(b"<html>").is_err());
    }
}
