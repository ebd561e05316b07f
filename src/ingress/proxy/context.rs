use std::sync::Arc;
use std::time::Instant;

use super::admission::Admitted;
use super::request::Wish;
use crate::ingress::access_log::{self, Line};
use crate::ingress::table::{Measured, Tunnel, Upstream, Visit};

/// What is known of one request. Its guards end the counts, also when the connection is dropped.
#[derive(Debug)]
pub(in crate::ingress) struct Context {
    pub(super) arrived: Instant,
    pub(super) wish: Wish,
    /// Host name as routes have it.
    pub(super) host: String,
    pub(super) passage: Option<Passage>,
    pub(super) tunnel: Option<Tunnel>,
    /// Instances that could not be reached.
    pub(super) tried: Vec<Arc<Upstream>>,
    /// `None`: not logged.
    pub(super) line: Option<access_log::Open>,
}

/// A request's way to an instance.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) visit: Visit,
    pub(super) measured: Measured,
    pub(super) group: u64,
    /// Whether a connection was made for it.
    pub(super) used: bool,
}

impl Context {
    pub(super) fn new() -> Self {
        Self {
            arrived: Instant::now(),
            wish: Wish::None,
            host: String::new(),
            passage: None,
            tunnel: None,
            tried: Vec::new(),
            line: None,
        }
    }

    /// Takes the way that was found.
    pub(super) fn enter(&mut self, admitted: Admitted) {
        self.note(|line| {
            line.target = Some(Arc::clone(&admitted.entry.key));
            line.release = Some(admitted.release);
            line.upstream = Some(admitted.visit.upstream().address);
        });
        self.passage = Some(Passage {
            measured: admitted.meter.begin(self.arrived),
            visit: admitted.visit,
            group: admitted.group,
            used: false,
        });
    }

    /// Adds to the line of the log.
    pub(super) fn note(&mut self, note: impl FnOnce(&mut Line)) {
        if let Some(line) = &mut self.line {
            line.note(note);
        }
    }
}
