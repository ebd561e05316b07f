//! Lines of several instances in one stream.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::task::AbortOnDropHandle;

use super::{LogLine, LogStream};
use crate::Result;

/// Lines of one source that wait for those of the others.
const WAITING: usize = 16;

/// Where a source's lines go.
pub(super) type Sender = mpsc::Sender<Result<LogLine>>;

/// Sources that end, each in the order of its times.
#[derive(Default)]
pub(super) struct Sources {
    readers: JoinSet<()>,
    lines: Vec<mpsc::Receiver<Result<LogLine>>>,
}

impl Sources {
    /// Adds one; `read` sends its lines.
    pub(super) fn add<F>(&mut self, read: impl FnOnce(Sender) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.readers.spawn(read(sender));
        self.lines.push(receiver);
    }

    /// All lines by time, few of them in memory at once.
    pub(super) fn by_time(self) -> LogStream {
        let merge = Merge {
            due: (0..self.lines.len()).collect(),
            sources: self,
            heads: BTreeMap::new(),
        };
        Box::pin(stream::unfold(merge, async |mut merge| {
            Some((merge.next().await?, merge))
        }))
    }
}

/// The next line of each source.
struct Merge {
    sources: Sources,
    /// By time and source.
    heads: BTreeMap<(Timestamp, usize), LogLine>,
    /// Sources whose next line is not known.
    due: Vec<usize>,
}

impl Merge {
    async fn next(&mut self) -> Option<Result<LogLine>> {
        while let Some(source) = self.due.pop() {
            match self.sources.lines[source].recv().await {
                Some(Ok(line)) => {
                    // What has no time belongs to the line before it.
                    let time = line.time.parse().unwrap_or(Timestamp::MIN);
                    self.heads.insert((time, source), line);
                }
                Some(Err(error)) => return Some(Err(error)),
                None => {}
            }
        }
        let ((_, source), line) = self.heads.pop_first()?;
        self.due.push(source);
        Some(Ok(line))
    }
}

/// Lines as they come, at most `ahead` of whoever reads them; `follow` ends with the stream.
pub(super) fn followed<F>(ahead: usize, follow: impl FnOnce(Sender) -> F) -> LogStream
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(ahead);
    let task = AbortOnDropHandle::new(tokio::spawn(follow(sender)));
    Box::pin(ReceiverStream::new(receiver).map(move |line| {
        let _ = &task;
        line
    }))
}

/// Where the text begins behind `2026-01-02T03:04:05.123456789Z `.
pub(super) fn after_time(line: &[u8]) -> usize {
    memchr::memchr(b' ', line).map_or(line.len(), |blank| blank + 1)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::Error;

    fn line(source: &str, time: &str) -> LogLine {
        LogLine {
            instance: "web.1".parse().unwrap(),
            release: 1,
            time: time.to_owned(),
            line: Bytes::from(format!("{source} {time}")),
            stderr: false,
        }
    }

    async fn merged(sources: Vec<Vec<Result<LogLine>>>) -> Vec<String> {
        let mut all = Sources::default();
        for lines in sources {
            all.add(async move |sender| {
                for line in lines {
                    sender.send(line).await.unwrap();
                }
            });
        }
        let lines = all.by_time().map(|line| match line {
            Ok(line) => String::from_utf8_lossy(&line.line).into_owned(),
            Err(error) => error.message().to_owned(),
        });
        lines.collect().await
    }

    #[tokio::test]
    async fn lines_come_by_time_and_in_their_own_order() {
        let first = vec![
            Ok(line("a", "2026-01-02T03:04:05.1Z")),
            Ok(line("a", "2026-01-02T03:04:07Z")),
            Ok(line("a", "")),
        ];
        let second = vec![
            // Go cuts zeros off, so that times can't be compared as texts.
            Ok(line("b", "2026-01-02T03:04:05.12Z")),
            Ok(line("b", "2026-01-02T05:04:06+02:00")),
            Ok(line("b", "2026-01-02T03:04:08Z")),
        ];
        assert_eq!(
            merged(vec![first, second]).await,
            [
                "a 2026-01-02T03:04:05.1Z",
                "b 2026-01-02T03:04:05.12Z",
                "b 2026-01-02T05:04:06+02:00",
                "a 2026-01-02T03:04:07Z",
                "a ",
                "b 2026-01-02T03:04:08Z",
            ]
        );
    }

    #[tokio::test]
    async fn a_source_that_fails_is_heard_of() {
        let broken = vec![Err(Error::unavailable("away"))];
        let lines = vec![Ok(line("a", "2026-01-02T03:04:05Z"))];
        assert!(
            merged(vec![lines, broken])
                .await
                .contains(&"away".to_owned())
        );
    }
}
