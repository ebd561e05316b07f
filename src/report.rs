//! How operations report progress: the terminal in the CLI, a store and an event stream in a
//! server. Implementations must be cheap and must not block.

use std::time::Duration;

/// Names a step or transfer for the life of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub String);

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Done,
    /// The engine had its result already.
    Cached,
    /// It failed, with the reason in one line.
    Failed(String),
    /// It was cancelled.
    Canceled,
}

/// Something that happened in an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step began; `parent` nests it in the tree.
    StepStarted {
        /// The step.
        id: StepId,
        /// The step it belongs to.
        parent: Option<StepId>,
        /// What a person reads: `install dependencies`.
        name: String,
    },
    /// A step wrote a line (no line end, secrets already masked, control characters as they came).
    StepLog {
        /// The step.
        id: StepId,
        /// The line.
        line: String,
    },
    /// Bytes moved in a step: a layer pushed, the context sent.
    StepProgress {
        /// The step.
        id: StepId,
        /// Bytes so far.
        done: u64,
        /// Bytes in all, when known.
        total: Option<u64>,
    },
    /// A step ended.
    StepEnded {
        /// The step.
        id: StepId,
        /// How.
        outcome: Outcome,
        /// The engine's own measure, or ours.
        duration: Duration,
    },
    /// Something worth knowing that is no problem.
    Note(String),
    /// Something the user should look at.
    Warning(String),
}

/// Receives events, from any thread.
pub trait Reporter: Send + Sync {
    /// Takes one event.
    fn report(&self, event: Event);
}

/// Drops every event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&self, _event: Event) {}
}
