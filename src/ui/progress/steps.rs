//! The steps of an operation, as the live tree knows them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::report::{Outcome, StepId};
use crate::ui::sanitize;

/// How many of a step's last lines are kept for display.
pub(super) const LINES_KEPT: usize = 6;

/// A step and its place in the tree.
#[derive(Debug)]
pub(super) struct Step {
    pub name: String,
    pub depth: usize,
    pub children: Vec<StepId>,
    pub lines: VecDeque<String>,
    pub transfer: Option<(u64, Option<u64>)>,
    pub state: State,
}

/// Where a step stands.
#[derive(Debug)]
pub(super) enum State {
    Running {
        since: Instant,
    },
    Ended {
        outcome: Outcome,
        duration: Duration,
    },
}

/// All steps, in the order in which they began. Every change costs the same however much was logged
/// before.
#[derive(Debug, Default)]
pub(super) struct Steps {
    roots: Vec<StepId>,
    steps: HashMap<StepId, Step>,
}

impl Steps {
    pub fn start(&mut self, id: StepId, parent: Option<StepId>, name: &str, now: Instant) {
        if self.steps.contains_key(&id) {
            return;
        }
        let parent = parent.and_then(|parent| self.steps.get_mut(&parent));
        let depth = if let Some(parent) = parent {
            parent.children.push(id.clone());
            parent.depth + 1
        } else {
            self.roots.push(id.clone());
            0
        };
        let step = Step {
            name: sanitize::line(name).into_owned(),
            depth,
            children: Vec::new(),
            lines: VecDeque::new(),
            transfer: None,
            state: State::Running { since: now },
        };
        self.steps.insert(id, step);
    }

    pub fn log(&mut self, id: &StepId, line: &str) {
        if let Some(step) = self.steps.get_mut(id) {
            if step.lines.len() == LINES_KEPT {
                step.lines.pop_front();
            }
            step.lines.push_back(sanitize::line(line).into_owned());
        }
    }

    pub fn transfer(&mut self, id: &StepId, done: u64, total: Option<u64>) {
        if let Some(step) = self.steps.get_mut(id) {
            step.transfer = Some((done, total));
        }
    }

    pub fn end(&mut self, id: &StepId, outcome: Outcome, duration: Duration) {
        if let Some(step) = self.steps.get_mut(id) {
            step.lines.clear();
            step.state = State::Ended { outcome, duration };
        }
    }

    /// Ends what still runs, since the operation is over.
    pub fn cancel_running(&mut self, now: Instant) {
        for step in self.steps.values_mut() {
            if let State::Running { since } = step.state {
                let duration = now.duration_since(since);
                step.lines.clear();
                step.state = State::Ended {
                    outcome: Outcome::Canceled,
                    duration,
                };
            }
        }
    }

    /// Takes the leading trees in which nothing runs any more: nothing above them will change, so
    /// they can scroll away.
    pub fn take_ended(&mut self) -> Vec<Step> {
        let ended = self
            .roots
            .iter()
            .take_while(|root| !self.runs(root))
            .count();
        let roots: Vec<StepId> = self.roots.drain(..ended).collect();
        let mut taken = Vec::new();
        for root in roots {
            self.take(&root, &mut taken);
        }
        taken
    }

    /// All steps, parents before their children.
    pub fn in_order(&self) -> Vec<&Step> {
        let mut ordered = Vec::with_capacity(self.steps.len());
        let mut pending: Vec<&StepId> = self.roots.iter().rev().collect();
        while let Some(step) = pending.pop().and_then(|id| self.steps.get(id)) {
            pending.extend(step.children.iter().rev());
            ordered.push(step);
        }
        ordered
    }

    fn runs(&self, id: &StepId) -> bool {
        self.steps.get(id).is_some_and(|step| {
            matches!(step.state, State::Running { .. })
                || step.children.iter().any(|child| self.runs(child))
        })
    }

    fn take(&mut self, id: &StepId, taken: &mut Vec<Step>) {
        if let Some(mut step) = self.steps.remove(id) {
            let children = std::mem::take(&mut step.children);
            taken.push(step);
            for child in children {
                self.take(&child, taken);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::report::Event;
    use crate::ui::progress::{Clock, Sink};

    /// What was written to its sinks.
    #[derive(Clone, Default)]
    pub struct Recording(Arc<Mutex<Vec<u8>>>);

    impl Recording {
        pub fn sink(&self) -> Sink {
            Box::new(self.clone())
        }

        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Recording {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// 2 January 2026, 12:03:04 UTC, for ever.
    pub fn fixed_clock() -> Clock {
        Box::new(|| "2026-01-02T12:03:04[UTC]".parse().unwrap())
    }

    pub fn id(id: &str) -> StepId {
        StepId(id.to_owned())
    }

    pub fn started(step: &str, parent: Option<&str>, name: &str) -> Event {
        Event::StepStarted {
            id: id(step),
            parent: parent.map(id),
            name: name.to_owned(),
        }
    }

    pub fn logged(step: &str, line: &str) -> Event {
        Event::StepLog {
            id: id(step),
            line: line.to_owned(),
        }
    }

    pub fn ended(step: &str, outcome: Outcome, milliseconds: u64) -> Event {
        let duration = Duration::from_millis(milliseconds);
        Event::StepEnded {
            id: id(step),
            outcome,
            duration,
        }
    }

    /// One of everything.
    pub fn example_events() -> Vec<Event> {
        vec![
            Event::Note("building v1.2.0-g3f9c2d1a-r7".to_owned()),
            started("build", None, "build image"),
            started("context", Some("build"), "send context"),
            Event::StepProgress {
                id: id("context"),
                done: 1_500_000,
                total: Some(3_000_000),
            },
            ended("context", Outcome::Done, 80),
            started("packages", Some("build"), "install packages"),
            ended("packages", Outcome::Cached, 0),
            started("dependencies", Some("build"), "install dependencies"),
            logged("dependencies", "\u{1b}[32mCollecting\u{1b}[0m flask"),
            logged("unknown", "a step that never began"),
            Event::Warning("python 3.8 is past its end".to_owned()),
            ended(
                "dependencies",
                Outcome::Failed("exit status 1".to_owned()),
                12_340,
            ),
            ended("build", Outcome::Canceled, 61_000),
        ]
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let mut steps = Steps::default();
        steps.start(id("a"), None, "a", Instant::now());
        for number in 0..100_000 {
            steps.log(&id("a"), &number.to_string());
        }
        let lines: Vec<_> = steps.in_order()[0].lines.iter().cloned().collect();
        assert_eq!(
            lines,
            ["99994", "99995", "99996", "99997", "99998", "99999"]
        );
    }

    #[test]
    fn a_tree_leaves_when_nothing_in_it_or_before_it_runs() {
        let now = Instant::now();
        let mut steps = Steps::default();
        steps.start(id("first"), None, "first", now);
        steps.start(id("child"), Some(id("first")), "child", now);
        steps.start(id("second"), None, "second", now);
        steps.end(&id("second"), Outcome::Done, Duration::ZERO);
        steps.end(&id("first"), Outcome::Done, Duration::ZERO);
        assert!(steps.take_ended().is_empty());
        steps.end(&id("child"), Outcome::Done, Duration::ZERO);
        let names: Vec<_> = steps
            .take_ended()
            .into_iter()
            .map(|step| step.name)
            .collect();
        assert_eq!(names, ["first", "child", "second"]);
        assert!(steps.in_order().is_empty());
    }
}
