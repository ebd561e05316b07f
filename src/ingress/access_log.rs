//! One JSON line per request. Requests never wait for it: what the writer cannot keep up with is
//! dropped, and counted.

use std::io::{BufWriter, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Lines that wait to be written.
const BACKLOG: usize = 8192;
/// Bytes that are written at once.
const BUFFER: usize = 64 * 1024;
/// Lines that follow each other faster than this wait for more: to wake the writer for each of them
/// takes requests longer than the line does.
const BUSY: Duration = Duration::from_millis(1);
const PAUSE: Duration = Duration::from_millis(5);

/// A request that ended.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    /// Milliseconds since 1970.
    pub(super) time: i64,
    pub(super) target: Option<Arc<str>>,
    pub(super) release: Option<u64>,
    pub(super) upstream: Option<std::net::SocketAddr>,
    pub(super) method: String,
    pub(super) host: String,
    /// Without the query: tokens stand there.
    pub(super) path: String,
    /// 0: the client went away before there was one.
    pub(super) status: u16,
    pub(super) bytes: usize,
    pub(super) ms: f64,
    pub(super) client: Option<IpAddr>,
}

/// What the writer is given.
#[derive(Debug)]
enum Entry {
    Line(Line),
    /// To be answered when all that came before is written.
    Flush(oneshot::Sender<()>),
}

/// Where lines go.
#[derive(Clone, Debug)]
pub struct AccessLog {
    entries: SyncSender<Entry>,
    dropped: Arc<AtomicU64>,
}

impl AccessLog {
    /// Begins a thread that writes to `sink` until the last clone of this value is gone.
    pub fn to(sink: Box<dyn Write + Send>) -> Self {
        let (entries, received) = sync_channel(BACKLOG);
        std::thread::spawn(move || write(sink, &received));
        Self {
            entries,
            dropped: Arc::default(),
        }
    }

    /// Lines that were not written.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn log(&self, line: Line) {
        if self.entries.try_send(Entry::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns when all lines so far are written.
    pub(super) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let entries = self.entries.clone();
        // It may have to wait for a place.
        let asked = spawn_blocking(move || entries.send(Entry::Flush(done)).is_ok());
        if matches!(asked.await, Ok(true)) {
            // A writer that is gone has written what it could.
            let _ = written.await;
        }
    }

    /// The line of a request that begins.
    pub(super) fn begin(&self, arrived: Instant, line: Line) -> Open {
        Open {
            log: self.clone(),
            arrived,
            line: Some(line),
        }
    }
}

/// The line of a request that runs, written when this is dropped: however it ends.
#[derive(Debug)]
pub(super) struct Open {
    log: AccessLog,
    arrived: Instant,
    /// `Some` until then.
    line: Option<Line>,
}

impl Open {
    pub(super) fn note(&mut self, note: impl FnOnce(&mut Line)) {
        self.line.as_mut().map(note);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(mut line) = self.line.take() {
            line.ms = self.arrived.elapsed().as_secs_f64() * 1e3;
            self.log.log(line);
        }
    }
}

fn write(sink: Box<dyn Write + Send>, entries: &Receiver<Entry>) {
    let mut sink = BufWriter::with_capacity(BUFFER, sink);
    let mut written = Instant::now();
    while let Ok(first) = entries.recv() {
        if written.elapsed() < BUSY {
            std::thread::sleep(PAUSE);
        }
        // Nobody is there to be told that nobody reads, or waits.
        for entry in std::iter::once(first).chain(entries.try_iter()) {
            match entry {
                Entry::Line(line) => {
                    let json = serde_json::to_string(&line).expect("a line has no maps");
                    let _ = writeln!(sink, "{json}");
                }
                Entry::Flush(done) => {
                    let _ = sink.flush();
                    let _ = done.send(());
                }
            }
        }
        let _ = sink.flush();
        written = Instant::now();
    }
}
