use std::sync::Mutex;

use serde::Serialize;

use super::{Clock, Display, Sink};
use crate::Error;
use crate::report::{Event, Outcome, Reporter};
use crate::ui::error::ErrorDocument;

/// `--progress json`: one JSON object a line for each event.
pub struct JsonLines {
    sink: Mutex<Sink>,
    clock: Clock,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    #[serde(flatten)]
    content: Content<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Content<'a> {
    StepStarted {
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<&'a str>,
        name: &'a str,
    },
    StepLog {
        id: &'a str,
        line: &'a str,
    },
    StepProgress {
        id: &'a str,
        done: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        total: Option<u64>,
    },
    StepEnded {
        id: &'a str,
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        milliseconds: u128,
    },
    Note {
        message: &'a str,
    },
    Warning {
        message: &'a str,
    },
    Error(ErrorDocument),
}

impl<'a> From<&'a Event> for Content<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::StepStarted { id, parent, name } => Self::StepStarted {
                id: &id.0,
                parent: parent.as_ref().map(|id| &*id.0),
                name,
            },
            Event::StepLog { id, line } => Self::StepLog { id: &id.0, line },
            Event::StepProgress { id, done, total } => Self::StepProgress {
                id: &id.0,
                done: *done,
                total: *total,
            },
            Event::StepEnded {
                id,
                outcome,
                duration,
            } => {
                let (outcome, reason) = match outcome {
                    Outcome::Done => ("done", None),
                    Outcome::Cached => ("cached", None),
                    Outcome::Failed(reason) => ("failed", Some(&**reason)),
                    Outcome::Canceled => ("canceled", None),
                };
                let milliseconds = duration.as_millis();
                Self::StepEnded {
                    id: &id.0,
                    outcome,
                    reason,
                    milliseconds,
                }
            }
            Event::Note(message) => Self::Note { message },
            Event::Warning(message) => Self::Warning { message },
        }
    }
}

impl JsonLines {
    /// Lines on `sink`, with times from `clock`.
    pub fn new(sink: Sink, clock: Clock) -> Self {
        Self {
            sink: Mutex::new(sink),
            clock,
        }
    }

    /// The error that ended the command, as one more line.
    pub fn error(&self, error: &Error) {
        self.write(Content::Error(error.into()));
    }

    fn write(&self, content: Content<'_>) {
        let line = Line {
            time: (self.clock)().timestamp().to_string(),
            content,
        };
        let mut text = serde_json::to_string(&line).expect("strings and numbers always serialise");
        text.push('\n');
        // Nobody is left to tell when stderr is closed.
        let _ = self
            .sink
            .lock()
            .expect("no holder panics")
            .write_all(text.as_bytes());
    }
}

impl Reporter for JsonLines {
    fn report(&self, event: Event) {
        self.write((&event).into());
    }
}

impl Display for JsonLines {
    fn finish(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::progress::steps::tests::{Recording, example_events, fixed_clock};

    #[test]
    fn each_event_is_one_line() {
        let recording = Recording::default();
        let lines = JsonLines::new(recording.sink(), fixed_clock());
        for event in example_events() {
            lines.report(event);
        }
        lines.error(&Error::usage("no `app.toml`").hint("run `paas init`"));
        insta::assert_snapshot!(recording.text(), @r#"
        {"time":"2026-01-02T12:03:04Z","event":"note","message":"building v1.2.0-g3f9c2d1a-r7"}
        {"time":"2026-01-02T12:03:04Z","event":"step_started","id":"build","name":"build image"}
        {"time":"2026-01-02T12:03:04Z","event":"step_started","id":"context","parent":"build","name":"send context"}
        {"time":"2026-01-02T12:03:04Z","event":"step_progress","id":"context","done":1500000,"total":3000000}
        {"time":"2026-01-02T12:03:04Z","event":"step_ended","id":"context","outcome":"done","milliseconds":80}
        {"time":"2026-01-02T12:03:04Z","event":"step_started","id":"packages","parent":"build","name":"install packages"}
        {"time":"2026-01-02T12:03:04Z","event":"step_ended","id":"packages","outcome":"cached","milliseconds":0}
        {"time":"2026-01-02T12:03:04Z","event":"step_started","id":"dependencies","parent":"build","name":"install dependencies"}
        {"time":"2026-01-02T12:03:04Z","event":"step_log","id":"dependencies","line":"\u001b[32mCollecting\u001b[0m flask"}
        {"time":"2026-01-02T12:03:04Z","event":"step_log","id":"unknown","line":"a step that never began"}
        {"time":"2026-01-02T12:03:04Z","event":"warning","message":"python 3.8 is past its end"}
        {"time":"2026-01-02T12:03:04Z","event":"step_ended","id":"dependencies","outcome":"failed","reason":"exit status 1","milliseconds":12340}
        {"time":"2026-01-02T12:03:04Z","event":"step_ended","id":"build","outcome":"canceled","milliseconds":61000}
        {"time":"2026-01-02T12:03:04Z","event":"error","kind":"usage","exit_code":2,"message":"no `app.toml`","causes":[],"hints":["run `paas init`"]}
        "#);
    }
}
