use std::pin::pin;

use bytes::Bytes;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::LogParams;
use tokio::io::AsyncBufReadExt as _;
use tokio_util::compat::FuturesAsyncReadCompatExt as _;

use crate::cluster::LogLine;
use crate::cluster::merge::{Sender, after_time};
use crate::release::InstanceName;

/// A longer line comes in pieces, so that nobody can make us hold it.
const LONGEST: usize = 16 * 1024;

/// Reads one log.
pub(super) struct Reader {
    pub(super) api: Api<Pod>,
    pub(super) pod: String,
    pub(super) instance: InstanceName,
    pub(super) release: u64,
    pub(super) parameters: LogParams,
    /// Lines up to this time were read before.
    pub(super) after: Option<Timestamp>,
}

/// How far it was read.
pub(super) struct Read {
    /// The time of the last line.
    pub(super) last: Option<Timestamp>,
    /// `None`: to its end, or until nobody reads.
    pub(super) error: Option<kube::Error>,
}

impl Reader {
    pub(super) async fn read(self, sender: &Sender) -> Read {
        let mut lines = Lines {
            last: self.after,
            skips: false,
            time: String::new(),
            reader: &self,
            sender,
        };
        let error = lines.read().await.err();
        Read {
            last: lines.last,
            error,
        }
    }
}

struct Lines<'a> {
    reader: &'a Reader,
    sender: &'a Sender,
    last: Option<Timestamp>,
    /// The present line was read before.
    skips: bool,
    /// Of the present line.
    time: String,
}

impl Lines<'_> {
    async fn read(&mut self) -> Result<(), kube::Error> {
        let reader = self.reader;
        let input = reader.api.log_stream(&reader.pod, &reader.parameters);
        let mut input = pin!(input.await?.compat());
        let mut piece = Vec::new();
        let mut is_begin = true;
        loop {
            let read = input.fill_buf().await.map_err(kube::Error::ReadEvents)?;
            if read.is_empty() {
                if !piece.is_empty() {
                    self.pass_on(is_begin, &piece).await;
                }
                return Ok(());
            }
            let room = LONGEST - piece.len();
            let end = memchr::memchr(b'\n', &read[..read.len().min(room)]);
            let text = end.unwrap_or(read.len().min(room));
            piece.extend_from_slice(&read[..text]);
            input.consume(text + usize::from(end.is_some()));
            if end.is_some() || piece.len() == LONGEST {
                if !self.pass_on(is_begin, &piece).await {
                    return Ok(());
                }
                is_begin = end.is_some();
                piece.clear();
            }
        }
    }

    /// `false` when nobody reads any more.
    async fn pass_on(&mut self, is_begin: bool, mut text: &[u8]) -> bool {
        if is_begin {
            let (time, rest) = text.split_at(after_time(text));
            let time = String::from_utf8_lossy(time).trim_end().to_owned();
            if let Ok(parsed) = time.parse::<Timestamp>() {
                self.skips = self.reader.after.is_some_and(|after| parsed <= after);
                self.last = self.last.max(Some(parsed));
                self.time = time;
                text = rest;
            }
        }
        if self.skips {
            return true;
        }
        let line = LogLine {
            instance: self.reader.instance.clone(),
            release: self.reader.release,
            time: self.time.clone(),
            line: Bytes::copy_from_slice(text),
            stderr: false,
        };
        self.sender.send(Ok(line)).await.is_ok()
    }
}
