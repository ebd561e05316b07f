use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::{Clock, Display, Sink};
use crate::report::{Event, Outcome, Reporter, StepId};
use crate::ui::palette::Palette;
use crate::ui::{format, sanitize};

/// How often a transfer is worth a line.
const TRANSFER_LINES_EVERY: Duration = Duration::from_secs(5);

/// `--progress plain`: lines with the time and the step's name; for files and CI.
pub struct PlainLines {
    state: Mutex<State>,
    clock: Clock,
    palette: Palette,
}

struct State {
    sink: Sink,
    running: HashMap<StepId, Step>,
}

struct Step {
    name: String,
    last_transfer_line: Timestamp,
}

impl PlainLines {
    /// Lines on `sink`, with local times from `clock`.
    pub fn new(sink: Sink, palette: Palette, clock: Clock) -> Self {
        let state = State {
            sink,
            running: HashMap::new(),
        };
        Self {
            state: Mutex::new(state),
            clock,
            palette,
        }
    }

    fn step_ended(&self, outcome: &Outcome, duration: Duration) -> String {
        let took = format::duration(duration);
        match outcome {
            Outcome::Done => self.palette.success(&format!("done in {took}")),
            Outcome::Cached => self.palette.success("cached"),
            Outcome::Failed(reason) => {
                let reason = sanitize::line(reason);
                self.palette
                    .failure(&format!("failed after {took}: {reason}"))
            }
            Outcome::Canceled => self.palette.warning(&format!("canceled after {took}")),
        }
    }
}

impl State {
    /// Writes a line; errors are ignored, as nobody is left to tell when stderr is closed.
    fn write(&mut self, now: &Zoned, id: Option<&StepId>, text: &str) {
        let time = now.strftime("%H:%M:%S");
        let _ = match id.map(|id| (id, self.running.get(id))) {
            Some((_, Some(step))) => writeln!(self.sink, "{time} [{}] {text}", step.name),
            Some((id, None)) => {
                writeln!(self.sink, "{time} [{}] {text}", sanitize::line(&id.0))
            }
            None => writeln!(self.sink, "{time} {text}"),
        };
    }
}

impl Reporter for PlainLines {
    fn report(&self, event: Event) {
        let now = (self.clock)();
        let mut state = self.state.lock().expect("no holder panics");
        match event {
            Event::StepStarted { id, name, .. } => {
                let name = sanitize::line(&name).into_owned();
                let last_transfer_line = now.timestamp();
                state.running.insert(
                    id.clone(),
                    Step {
                        name,
                        last_transfer_line,
                    },
                );
                state.write(&now, Some(&id), &self.palette.dim("started"));
            }
            Event::StepLog { id, line } => state.write(&now, Some(&id), &sanitize::line(&line)),
            Event::StepProgress { id, done, total } => {
                let Some(step) = state.running.get_mut(&id) else {
                    return;
                };
                let silence = now
                    .timestamp()
                    .duration_since(step.last_transfer_line)
                    .unsigned_abs();
                if silence >= TRANSFER_LINES_EVERY {
                    step.last_transfer_line = now.timestamp();
                    state.write(&now, Some(&id), &format::transfer(done, total));
                }
            }
            Event::StepEnded {
                id,
                outcome,
                duration,
            } => {
                state.write(&now, Some(&id), &self.step_ended(&outcome, duration));
                state.running.remove(&id);
            }
            Event::Note(text) => state.write(&now, None, &sanitize::block(&text)),
            Event::Warning(text) => {
                let label = self.palette.warning("warning");
                state.write(&now, None, &format!("{label}: {}", sanitize::block(&text)));
            }
        }
    }
}

impl Display for PlainLines {
    fn finish(&self) {}
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::ui::progress::steps::tests::{Recording, example_events, fixed_clock, started};

    #[test]
    fn lines_carry_time_and_step() {
        let recording = Recording::default();
        let lines = PlainLines::new(recording.sink(), Palette::NONE, fixed_clock());
        for event in example_events() {
            lines.report(event);
        }
        insta::assert_snapshot!(recording.text(), @r"
        12:03:04 building v1.2.0-g3f9c2d1a-r7
        12:03:04 [build image] started
        12:03:04 [send context] started
        12:03:04 [send context] done in 80 ms
        12:03:04 [install packages] started
        12:03:04 [install packages] cached
        12:03:04 [install dependencies] started
        12:03:04 [install dependencies] Collecting flask
        12:03:04 [unknown] a step that never began
        12:03:04 warning: python 3.8 is past its end
        12:03:04 [install dependencies] failed after 12.3 s: exit status 1
        12:03:04 [build image] canceled after 1 min 1 s
        ");
    }

    #[test]
    fn a_transfer_gets_a_line_every_five_seconds() {
        let recording = Recording::default();
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = {
            let seconds = Arc::clone(&seconds);
            move || {
                let second = seconds.load(Ordering::Relaxed);
                Timestamp::from_second(second)
                    .unwrap()
                    .to_zoned(jiff::tz::TimeZone::UTC)
            }
        };
        let lines = PlainLines::new(recording.sink(), Palette::NONE, Box::new(clock));
        lines.report(started("push", None, "push layer"));
        for second in 0..12 {
            seconds.store(second, Ordering::Relaxed);
            let done = u64::try_from(second).unwrap() * 1_000_000;
            lines.report(Event::StepProgress {
                id: StepId("push".to_owned()),
                done,
                total: Some(12_000_000),
            });
        }
        insta::assert_snapshot!(recording.text(), @r"
        00:00:00 [push layer] started
        00:00:05 [push layer] 5.0 MB of 12.0 MB
        00:00:10 [push layer] 10.0 MB of 12.0 MB
        ");
    }
}
