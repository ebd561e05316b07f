//! The layers of a push or pull as steps.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::messages::Message;
use crate::report::{Event, Outcome, Reporter, StepId};

/// Follows the layers of one transfer. Those that are open when it is dropped are reported as
/// canceled.
pub(super) struct Layers {
    reporter: Arc<dyn Reporter>,
    transfer: String,
    seen: BTreeMap<String, Layer>,
}

struct Layer {
    began: Instant,
    ended: bool,
}

impl Layers {
    /// `transfer` sets the steps apart from those of others.
    pub(super) fn new(reporter: Arc<dyn Reporter>, transfer: String) -> Self {
        Self {
            reporter,
            transfer,
            seen: BTreeMap::new(),
        }
    }

    pub(super) fn apply(&mut self, message: &Message) {
        let (Some(id), Some(status)) = (&message.id, &message.status) else {
            return;
        };
        // Engines have no codes for these either.
        let outcome = match status.as_str() {
            "Pushed" | "Pull complete" => Some(Outcome::Done),
            "Layer already exists" | "Already exists" => Some(Outcome::Cached),
            "Preparing" | "Waiting" | "Pulling fs layer" | "Pushing" | "Downloading" => None,
            status if status.starts_with("Mounted from") => Some(Outcome::Cached),
            _ => return,
        };
        let step = self.step(id);
        let layer = self.seen.entry(id.clone()).or_insert_with(|| {
            self.reporter.report(Event::StepStarted {
                id: step.clone(),
                parent: None,
                name: format!("layer {id}"),
            });
            Layer {
                began: Instant::now(),
                ended: false,
            }
        });
        if layer.ended {
            return;
        }
        if let Some(outcome) = outcome {
            layer.ended = true;
            self.reporter.report(Event::StepEnded {
                id: step,
                outcome,
                duration: layer.began.elapsed(),
            });
        } else if let Some(progress) = &message.progress
            && let Some(done) = progress.done()
        {
            self.reporter.report(Event::StepProgress {
                id: step,
                done,
                total: progress.total(),
            });
        }
    }

    fn step(&self, layer: &str) -> StepId {
        StepId(format!("{} {layer}", self.transfer))
    }
}

impl Drop for Layers {
    fn drop(&mut self) {
        for (id, layer) in self.seen.iter().filter(|(_, layer)| !layer.ended) {
            self.reporter.report(Event::StepEnded {
                id: self.step(id),
                outcome: Outcome::Canceled,
                duration: layer.began.elapsed(),
            });
        }
    }
}
