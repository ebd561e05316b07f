//! What instances write, one among the other.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::query_parameters::{LogsOptions, LogsOptionsBuilder};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::DockerHost;
use super::containers::Found;
use crate::builder::Engine;
use crate::cluster::merge::{Sender, Sources, after_time, followed};
use crate::cluster::{LogLine, LogOptions, LogStream};
use crate::release::{InstanceState, Target};
use crate::{Error, Result};

/// How soon the lines of a new instance are followed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Lines on their way to whoever reads them.
const AHEAD: usize = 1024;

impl DockerHost {
    pub(super) async fn log_lines(
        &self,
        target: &Target,
        options: &LogOptions,
    ) -> Result<LogStream> {
        let mut found = self.instances(target).await?;
        found.retain(|found| is_wanted(options, found));
        if let (true, Some(name)) = (found.is_empty(), &options.instance) {
            return Err(Error::usage(format!("there is no {name} of {target}"))
                .hint("`paas status` shows the instances"));
        }
        if options.follow {
            return Ok(self.follow(target, options));
        }
        let mut sources = Sources::default();
        for found in found {
            sources.add(|sender| {
                let reader = Reader::of(&self.engine, found, options, sender);
                async move { drop(reader.read().await) }
            });
        }
        Ok(sources.by_time())
    }

    /// Instances that run, and those that come, until nobody reads.
    fn follow(&self, target: &Target, options: &LogOptions) -> LogStream {
        followed(AHEAD, |sender| {
            let follower = Follower {
                host: Self::new(self.engine.clone(), self.settings.clone()),
                target: target.clone(),
                options: options.clone(),
                sender,
            };
            follower.run()
        })
    }
}

fn is_wanted(options: &LogOptions, found: &Found) -> bool {
    let one = options.instance.as_ref();
    one.is_none_or(|name| *name == found.instance.name)
}

/// Follows the instances of a target.
struct Follower {
    host: DockerHost,
    target: Target,
    options: LogOptions,
    sender: Sender,
}

impl Follower {
    async fn run(self) {
        let mut options = self.options.clone();
        let mut readers: JoinSet<(String, String)> = JoinSet::new();
        let mut followed: HashSet<String> = HashSet::new();
        // The time of the last line of an instance whose log ended: it may be started again.
        let mut ended: HashMap<String, String> = HashMap::new();
        let begun = Timestamp::now().to_string();
        let mut is_first = true;
        loop {
            let found = match self.host.instances(&self.target).await {
                Ok(found) => found,
                Err(error) => {
                    // Nobody reads any more, or this is the last thing they read.
                    let _ = self.sender.send(Err(error)).await;
                    return;
                }
            };
            for found in found {
                let runs = found.instance.state == InstanceState::Running;
                if is_first && !runs {
                    // What it wrote before is no news when it is woken.
                    ended.insert(found.id.clone(), begun.clone());
                }
                if runs && is_wanted(&options, &found) && followed.insert(found.id.clone()) {
                    let after = ended.get(&found.id).cloned();
                    let sender = self.sender.clone();
                    let mut reader = Reader::of(&self.host.engine, found, &options, sender);
                    if let Some(time) = after {
                        reader.resume(time);
                    }
                    readers.spawn(reader.read());
                }
            }
            is_first = false;
            // Whoever comes later is followed from its beginning.
            options.tail = None;
            options.since = None;
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.sender.closed() => return,
                Some(Ok((id, last))) = readers.join_next() => {
                    followed.remove(&id);
                    ended.insert(id, last);
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    }
}

/// Reads the log of one instance.
struct Reader {
    engine: Engine,
    found: Found,
    query: LogsOptions,
    /// Lines up to this time were read before.
    after: String,
    sender: Sender,
}

impl Reader {
    fn of(engine: &Engine, found: Found, options: &LogOptions, sender: Sender) -> Self {
        let tail = options
            .tail
            .map_or_else(|| "all".to_owned(), |lines| lines.to_string());
        let since = options.since.map_or(0, |seconds| {
            seconds_of(
                Timestamp::now()
                    .as_second()
                    .saturating_sub_unsigned(seconds),
            )
        });
        let query = LogsOptionsBuilder::new()
            .follow(options.follow)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .tail(&tail)
            .since(since)
            .build();
        Self {
            engine: engine.clone(),
            found,
            query,
            after: String::new(),
            sender,
        }
    }

    /// Goes on behind a line of this time.
    fn resume(&mut self, time: String) {
        "all".clone_into(&mut self.query.tail);
        let second = time.parse::<Timestamp>().map_or(0, Timestamp::as_second);
        self.query.since = seconds_of(second);
        self.after = time;
    }

    /// To the log's end, or until nobody reads: the container, and the time of the last line.
    async fn read(self) -> (String, String) {
        let client = self.engine.client().clone();
        let mut output = Box::pin(client.logs(&self.found.id, Some(self.query.clone())));
        let mut pieces = Pieces::default();
        let mut last = self.after.clone();
        while let Some(piece) = output.next().await {
            let lines = match piece {
                Ok(piece) => pieces.push(piece),
                Err(error) => {
                    // Nobody reads any more, or they read this.
                    let _ = self.sender.send(Err(self.engine.fault(error))).await;
                    return (self.found.id, last);
                }
            };
            for line in lines {
                if !self.pass_on(line, &mut last).await {
                    return (self.found.id, last);
                }
            }
        }
        for line in pieces.rest() {
            self.pass_on(line, &mut last).await;
        }
        (self.found.id, last)
    }

    /// `false` when nobody reads any more.
    async fn pass_on(&self, (stderr, line): (bool, Bytes), last: &mut String) -> bool {
        let line = parsed(&self.found, stderr, &line);
        if line.time <= self.after {
            return true;
        }
        last.clone_from(&line.time);
        self.sender.send(Ok(line)).await.is_ok()
    }
}

fn seconds_of(second: i64) -> i32 {
    i32::try_from(second).unwrap_or(0)
}

/// Puts lines together: the engine sends a long one in pieces, each with the time before it.
#[derive(Default)]
struct Pieces {
    stdout: BytesMut,
    stderr: BytesMut,
}

impl Pieces {
    fn push(&mut self, piece: LogOutput) -> Vec<(bool, Bytes)> {
        let is_stderr = matches!(piece, LogOutput::StdErr { .. });
        let buffer = if is_stderr {
            &mut self.stderr
        } else {
            &mut self.stdout
        };
        let piece = piece.into_bytes();
        let text = if buffer.is_empty() {
            &piece[..]
        } else {
            &piece[after_time(&piece)..]
        };
        buffer.extend_from_slice(text);
        let mut lines = Vec::new();
        while let Some(end) = memchr::memchr(b'\n', buffer) {
            let mut line = buffer.split_to(end + 1);
            line.truncate(end);
            lines.push((is_stderr, line.freeze()));
        }
        lines
    }

    /// What was written without a line end.
    fn rest(self) -> impl Iterator<Item = (bool, Bytes)> {
        let both = [(false, self.stdout), (true, self.stderr)];
        both.into_iter()
            .filter(|(_, line)| !line.is_empty())
            .map(|(is_stderr, line)| (is_stderr, line.freeze()))
    }
}

fn parsed(found: &Found, stderr: bool, line: &Bytes) -> LogLine {
    let text = after_time(line);
    let time = String::from_utf8_lossy(&line[..text]);
    LogLine {
        instance: found.instance.name.clone(),
        release: found.instance.release,
        time: time.trim_end().to_owned(),
        line: line.slice(text..),
        stderr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stdout(text: &str) -> LogOutput {
        LogOutput::StdOut {
            message: Bytes::copy_from_slice(text.as_bytes()),
        }
    }

    #[test]
    fn a_long_line_comes_in_pieces_with_a_time_each() {
        let mut pieces = Pieces::default();
        assert!(pieces.push(stdout("2026-01-02T03:04:05Z begin")).is_empty());
        assert!(
            pieces
                .push(stdout("2026-01-02T03:04:05Z  middle"))
                .is_empty()
        );
        let lines = pieces.push(stdout("2026-01-02T03:04:05Z  end\n"));
        let text: Vec<_> = lines.iter().map(|(_, line)| &line[..]).collect();
        assert_eq!(text, [b"2026-01-02T03:04:05Z begin middle end"]);
        pieces.push(stdout("2026-01-02T03:04:06Z no line end"));
        let rest: Vec<_> = pieces.rest().collect();
        assert_eq!(rest.len(), 1);
        assert_eq!(&rest[0].1[..], b"2026-01-02T03:04:06Z no line end");
    }
}
