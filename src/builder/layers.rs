//! The layers of a push or pull as one step.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::messages::{Message, ProgressDetail};
use crate::report::{Event, Outcome, Reporter, StepId};

/// Follows one transfer, from the first news of a layer. Reported as canceled when it is dropped
/// before its end.
pub(super) struct Layers {
    reporter: Arc<dyn Reporter>,
    transfer: String,
    began: Option<Instant>,
    seen: BTreeMap<String, Layer>,
}

#[derive(Default)]
struct Layer {
    done: u64,
    total: u64,
    is_new: bool,
}

impl Layers {
    /// `transfer` is the step's name: `push shop-api:v1`.
    pub(super) fn new(reporter: Arc<dyn Reporter>, transfer: String) -> Self {
        Self {
            reporter,
            transfer,
            began: None,
            seen: BTreeMap::new(),
        }
    }

    pub(super) fn apply(&mut self, message: &Message) {
        let (Some(id), Some(status)) = (&message.id, &message.status) else {
            return;
        };
        // Engines have no codes for these either.
        let is_new = match status.as_str() {
            "Pushed" | "Pull complete" | "Pushing" | "Downloading" => true,
            "Layer already exists"
            | "Already exists"
            | "Preparing"
            | "Waiting"
            | "Pulling fs layer" => false,
            status if status.starts_with("Mounted from") => false,
            _ => return,
        };
        if self.began.is_none() {
            self.began = Some(Instant::now());
            self.reporter.report(Event::StepStarted {
                id: self.step(),
                parent: None,
                name: self.transfer.clone(),
            });
        }
        let layer = self.seen.entry(id.clone()).or_default();
        layer.is_new |= is_new;
        let progress = message.progress.as_ref();
        if let Some(done) = progress.and_then(ProgressDetail::done) {
            layer.done = done;
            layer.total = progress.and_then(ProgressDetail::total).unwrap_or(0);
            let sum = |of: fn(&Layer) -> u64| self.seen.values().map(of).sum::<u64>();
            let total = sum(|layer| layer.total);
            self.reporter.report(Event::StepProgress {
                id: self.step(),
                done: sum(|layer| layer.done),
                total: (total > 0).then_some(total),
            });
        }
    }

    /// Everything is there.
    pub(super) fn finish(mut self) {
        let is_new = self.seen.values().any(|layer| layer.is_new);
        self.end(if is_new {
            Outcome::Done
        } else {
            Outcome::Cached
        });
    }

    /// The registry or the engine gave up, and said why.
    pub(super) fn fail(mut self, text: &str) {
        let reason = text.lines().next().unwrap_or_default();
        self.end(Outcome::Failed(reason.to_owned()));
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(began) = self.began.take() {
            self.reporter.report(Event::StepEnded {
                id: self.step(),
                outcome,
                duration: began.elapsed(),
            });
        }
    }

    fn step(&self) -> StepId {
        StepId(self.transfer.clone())
    }
}

impl Drop for Layers {
    fn drop(&mut self) {
        self.end(Outcome::Canceled);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Recorder(Mutex<Vec<Event>>);

    impl Reporter for Recorder {
        fn report(&self, event: Event) {
            self.0.lock().unwrap().push(event);
        }
    }

    fn events(messages: &[&str]) -> Vec<Event> {
        let recorder = Arc::new(Recorder::default());
        let mut layers = Layers::new(recorder.clone(), "push shop:v1".to_owned());
        for message in messages {
            layers.apply(&serde_json::from_str(message).unwrap());
        }
        layers.finish();
        std::mem::take(&mut *recorder.0.lock().unwrap())
    }

    #[test]
    fn all_layers_are_one_step() {
        let found = events(&[
            r#"{"status":"The push refers to repository [r/shop]"}"#,
            r#"{"status":"Preparing","id":"aa"}"#,
            r#"{"status":"Pushing","id":"aa","progressDetail":{"current":5,"total":10}}"#,
            r#"{"status":"Pushing","id":"bb","progressDetail":{"current":2,"total":20}}"#,
            r#"{"status":"Pushed","id":"aa"}"#,
            r#"{"status":"Layer already exists","id":"cc"}"#,
        ]);
        let moved: Vec<_> = found
            .iter()
            .filter_map(|event| match event {
                Event::StepProgress { done, total, .. } => Some((*done, *total)),
                _ => None,
            })
            .collect();
        assert_eq!(moved, [(5, Some(10)), (7, Some(30))]);
        let count = |is: fn(&Event) -> bool| found.iter().filter(|event| is(event)).count();
        assert_eq!(count(|event| matches!(event, Event::StepStarted { .. })), 1);
        let is_done = |event: &Event| matches!(event, Event::StepEnded { outcome, .. } if *outcome == Outcome::Done);
        assert!(found.last().is_some_and(is_done), "{found:?}");
    }

    #[test]
    fn layers_that_are_there_already_are_cached() {
        let found = events(&[
            r#"{"status":"Preparing","id":"aa"}"#,
            r#"{"status":"Layer already exists","id":"aa"}"#,
        ]);
        assert!(matches!(
            found.last(),
            Some(Event::StepEnded {
                outcome: Outcome::Cached,
                ..
            })
        ));
    }
}
