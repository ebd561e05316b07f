use std::sync::Arc;
use std::time::Instant;

use super::admission::Admitted;
use super::request::Wish;
use crate::ingress::table::{Entry, Measured, Tunnel, Upstream, Visit};

/// What is known of one request. Its guards end the counts, also when the connection is dropped.
#[derive(Debug)]
pub(in crate::ingress) struct Context {
    pub(super) arrived: Instant,
    pub(super) wish: Wish,
    /// Host name as routes have it.
    pub(super) host: String,
    pub(super) entry: Option<Arc<Entry>>,
    pub(super) passage: Option<Passage>,
    pub(super) tunnel: Option<Tunnel>,
    /// Instances that could not be reached.
    pub(super) tried: Vec<Arc<Upstream>>,
    /// For the log: which release and instance it went to last.
    pub(super) last: Option<(u64, std::net::SocketAddr)>,
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
            entry: None,
            passage: None,
            tunnel: None,
            tried: Vec::new(),
            last: None,
        }
    }

    /// Takes the way that was found.
    pub(super) fn enter(&mut self, admitted: Admitted) {
        self.last = Some((admitted.release, admitted.visit.upstream().address));
        self.entry = Some(admitted.entry);
        self.passage = Some(Passage {
            measured: admitted.meter.begin(self.arrived),
            visit: admitted.visit,
            group: admitted.group,
            used: false,
        });
    }
}
