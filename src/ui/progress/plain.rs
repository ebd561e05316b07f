use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::{Clock, Display, Sink};
use crate::report::{Event, Outcome, Reporter, StepId};
use crate::ui::palette::Palette;
use crate::ui::{format, sanitize};

/// How often a transfer is worth a line.
const TRANSFER_LINES_EVERY: Duration = Duration::from_secs(5);

/// After how long a silent step is said to run.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How often silent steps are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `--progress plain`: lines with the time and the step's name; for files and CI. A step that ran gets
/// a line when it ends, and now and then while it is silent; those that were cached share one in the
/// end.
pub struct PlainLines(Arc<Lines>);

struct Lines {
    state: Mutex<State>,
    clock: Clock,
    palette: Palette,
}

struct State {
    sink: Sink,
    running: HashMap<StepId, Step>,
    cached: Vec<String>,
    is_finished: bool,
}

struct Step {
    name: String,
    began: Timestamp,
    last_line: Timestamp,
}

impl PlainLines {
    /// Lines on `sink`, with local times from `clock`.
    pub fn new(sink: Sink, palette: Palette, clock: Clock) -> Self {
        let state = State {
            sink,
            running: HashMap::new(),
            cached: Vec::new(),
            is_finished: false,
        };
        let lines = Arc::new(Lines {
            state: Mutex::new(state),
            clock,
            palette,
        });
        let watched = Arc::downgrade(&lines);
        thread::spawn(move || {
            while let Some(lines) = watched.upgrade() {
                lines.name_silent_steps();
                drop(lines);
                thread::sleep(LOOK_EVERY);
            }
        });
        Self(lines)
    }
}

impl Lines {
    /// In a log, silence looks like a step that hangs.
    fn name_silent_steps(&self) {
        let now = (self.clock)();
        let mut state = self.state.lock().expect("no holder panics");
        let silent: Vec<_> = state
            .running
            .iter()
            .filter(|(_, step)| since(step.last_line, &now) >= LONGEST_SILENCE)
            .map(|(id, step)| (id.clone(), since(step.began, &now)))
            .collect();
        for (id, running) in silent {
            let text = format!("running for {}", format::duration(running));
            state.write(&now, Some(&id), &self.palette.dim(&text));
        }
    }

    fn step_ended(&self, outcome: &Outcome, duration: Duration) -> Option<String> {
        let took = format::duration(duration);
        let text = match outcome {
            Outcome::Done => self.palette.success(&format!("done in {took}")),
            Outcome::Cached => return None,
            Outcome::Failed(reason) => {
                let reason = sanitize::line(reason);
                self.palette
                    .failure(&format!("failed after {took}: {reason}"))
            }
            Outcome::Canceled => self.palette.warning(&format!("canceled after {took}")),
        };
        Some(text)
    }
}

impl State {
    /// Writes a line; errors are ignored, as nobody is left to tell when stderr is closed.
    fn write(&mut self, now: &Zoned, id: Option<&StepId>, text: &str) {
        let time = now.strftime("%H:%M:%S");
        let _ = match id.map(|id| (id, self.running.get_mut(id))) {
            Some((_, Some(step))) => {
                step.last_line = now.timestamp();
                writeln!(self.sink, "{time} [{}] {text}", step.name)
            }
            Some((id, None)) => {
                writeln!(self.sink, "{time} [{}] {text}", sanitize::line(&id.0))
            }
            None => writeln!(self.sink, "{time} {text}"),
        };
    }
}

fn since(past: Timestamp, now: &Zoned) -> Duration {
    now.timestamp().duration_since(past).unsigned_abs()
}

impl Reporter for PlainLines {
    fn report(&self, event: Event) {
        let Self(lines) = self;
        let now = (lines.clock)();
        let mut state = lines.state.lock().expect("no holder panics");
        if state.is_finished {
            return;
        }
        match event {
            Event::StepStarted { id, name, .. } => {
                let name = sanitize::line(&name).into_owned();
                let step = Step {
                    name,
                    began: now.timestamp(),
                    last_line: now.timestamp(),
                };
                state.running.insert(id, step);
            }
            Event::StepLog { id, line } => state.write(&now, Some(&id), &sanitize::line(&line)),
            Event::StepProgress { id, done, total } => {
                let step = state.running.get(&id);
                if step.is_some_and(|step| since(step.last_line, &now) >= TRANSFER_LINES_EVERY) {
                    state.write(&now, Some(&id), &format::transfer(done, total));
                }
            }
            Event::StepEnded {
                id,
                outcome,
                duration,
            } => {
                if let Some(text) = lines.step_ended(&outcome, duration) {
                    state.write(&now, Some(&id), &text);
                }
                let step = state.running.remove(&id);
                if let Some(step) = step.filter(|_| outcome == Outcome::Cached)
                    && !state.cached.contains(&step.name)
                {
                    state.cached.push(step.name);
                }
            }
            Event::Note(text) => state.write(&now, None, &sanitize::block(&text)),
            Event::Warning(text) => {
                let label = lines.palette.warning("warning");
                state.write(&now, None, &format!("{label}: {}", sanitize::block(&text)));
            }
        }
    }
}

impl Display for PlainLines {
    fn finish(&self) {
        let Self(lines) = self;
        let mut state = lines.state.lock().expect("no holder panics");
        state.is_finished = true;
        state.running.clear();
        let cached = std::mem::take(&mut state.cached);
        if !cached.is_empty() {
            let text = format!("cached: {}", cached.join(", "));
            state.write(&(lines.clock)(), None, &lines.palette.success(&text));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::ui::progress::steps::tests::{
        Recording, example_events, fixed_clock, logged, started,
    };

    #[test]
    fn lines_carry_time_and_step() {
        let recording = Recording::default();
        let lines = PlainLines::new(recording.sink(), Palette::NONE, fixed_clock());
        for event in example_events() {
            lines.report(event);
        }
        lines.finish();
        insta::assert_snapshot!(recording.text(), @r"
        12:03:04 building v1.2.0-g3f9c2d1a-r7
        12:03:04 [send context] done in 80 ms
        12:03:04 [install dependencies] Collecting flask
        12:03:04 [unknown] a step that never began
        12:03:04 warning: python 3.8 is past its end
        12:03:04 [install dependencies] failed after 12.3 s: exit status 1
        12:03:04 [build image] canceled after 1 min 1 s
        12:03:04 cached: install packages
        ");
    }

    /// A clock that shows so many seconds.
    fn settable_clock(seconds: &Arc<AtomicI64>) -> Clock {
        let seconds = Arc::clone(seconds);
        Box::new(move || {
            let time = Timestamp::from_second(seconds.load(Ordering::Relaxed));
            time.unwrap().to_zoned(jiff::tz::TimeZone::UTC)
        })
    }

    #[test]
    fn a_silent_step_gets_a_line_every_thirty_seconds() {
        let recording = Recording::default();
        let seconds = Arc::new(AtomicI64::new(0));
        let lines = PlainLines::new(recording.sink(), Palette::NONE, settable_clock(&seconds));
        lines.report(started("build", None, "run the build script"));
        for second in 0..80 {
            seconds.store(second, Ordering::Relaxed);
            if second == 10 {
                lines.report(logged("build", "compiling"));
            }
            lines.0.name_silent_steps();
        }
        lines.finish();
        seconds.store(200, Ordering::Relaxed);
        lines.0.name_silent_steps();
        lines.report(logged("build", "too late"));
        insta::assert_snapshot!(recording.text(), @r"
        00:00:10 [run the build script] compiling
        00:00:40 [run the build script] running for 40.0 s
        00:01:10 [run the build script] running for 1 min 10 s
        ");
    }

    #[test]
    fn a_transfer_gets_a_line_every_five_seconds() {
        let recording = Recording::default();
        let seconds = Arc::new(AtomicI64::new(0));
        let lines = PlainLines::new(recording.sink(), Palette::NONE, settable_clock(&seconds));
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
        00:00:05 [push layer] 5.0 MB of 12.0 MB
        00:00:10 [push layer] 10.0 MB of 12.0 MB
        ");
    }
}
