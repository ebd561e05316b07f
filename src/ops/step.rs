use std::sync::Arc;
use std::time::Instant;

use crate::report::{Event, Outcome, Reporter, StepId};

/// A step of an operation, reported as canceled when it is dropped before its end.
pub(super) struct Step {
    reporter: Arc<dyn Reporter>,
    id: StepId,
    began: Instant,
    ended: bool,
}

impl Step {
    /// `id` is unique within the operation.
    pub fn start(reporter: &Arc<dyn Reporter>, id: impl Into<String>, name: &str) -> Self {
        let id = StepId(id.into());
        reporter.report(Event::StepStarted {
            id: id.clone(),
            parent: None,
            name: name.to_owned(),
        });
        Self {
            reporter: Arc::clone(reporter),
            id,
            began: Instant::now(),
            ended: false,
        }
    }

    pub fn log(&self, line: String) {
        let id = self.id.clone();
        self.reporter.report(Event::StepLog { id, line });
    }

    /// As `result` says.
    pub fn end_with<T>(self, result: crate::Result<T>) -> crate::Result<T> {
        let outcome = match &result {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Failed(error.to_string()),
        };
        self.end(outcome);
        result
    }

    pub fn end(mut self, outcome: Outcome) {
        self.ended = true;
        self.report_end(outcome);
    }

    fn report_end(&self, outcome: Outcome) {
        self.reporter.report(Event::StepEnded {
            id: self.id.clone(),
            outcome,
            duration: self.began.elapsed(),
        });
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.report_end(Outcome::Canceled);
        }
    }
}
