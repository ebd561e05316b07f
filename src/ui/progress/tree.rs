//! Steps as lines for a terminal. Pure.

use std::time::Instant;

use super::steps::{State, Step, Steps};
use crate::report::Outcome;
use crate::ui::palette::Palette;
use crate::ui::{format, sanitize};

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const BAR_CELLS: u64 = 16;

/// A terminal's size in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub width: usize,
    pub height: usize,
}

/// How and when to draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub size: Size,
    pub palette: Palette,
    pub now: Instant,
    /// Counts frames, for the spinner.
    pub number: usize,
}

/// What a line shows, least worth its room first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Ended,
    Log,
    Running,
}

impl Frame {
    /// The live part: each step, and below each running one its last lines. Fits the terminal, or
    /// it could not be redrawn: ended steps give way first, then logs.
    pub fn live(&self, steps: &Steps) -> Vec<String> {
        let mut lines: Vec<(Content, String)> = Vec::new();
        for step in steps.in_order() {
            match &step.state {
                State::Ended { .. } => lines.push((Content::Ended, self.step(step))),
                State::Running { .. } => {
                    lines.push((Content::Running, self.step(step)));
                    let logs = step
                        .lines
                        .iter()
                        .map(|line| (Content::Log, self.log(step, line)));
                    lines.extend(logs);
                }
            }
        }
        let room = self.size.height.saturating_sub(1).max(1);
        let mut excess = lines.len().saturating_sub(room);
        for least in [Content::Ended, Content::Log, Content::Running] {
            lines.retain(|(content, _)| {
                let drop = excess > 0 && *content == least;
                excess -= usize::from(drop);
                !drop
            });
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// One step's line.
    pub fn step(&self, step: &Step) -> String {
        let palette = self.palette;
        let (sign, rest) = match &step.state {
            State::Running { since } => {
                let sign = palette.hint(SPINNER[self.number % SPINNER.len()]);
                let elapsed = format::duration(self.now.duration_since(*since));
                let transfer = step.transfer.map(|(done, total)| transfer(done, total));
                let parts: Vec<_> = [elapsed].into_iter().chain(transfer).collect();
                (sign, parts.join("  "))
            }
            State::Ended { outcome, duration } => {
                let took = format::duration(*duration);
                match outcome {
                    Outcome::Done => (palette.success("✓"), took),
                    Outcome::Cached => (palette.success("✓"), "cached".to_owned()),
                    Outcome::Failed(reason) => (
                        palette.failure("✗"),
                        format!("{took}  {}", sanitize::line(reason)),
                    ),
                    Outcome::Canceled => (palette.warning("■"), format!("canceled after {took}")),
                }
            }
        };
        let indent = "  ".repeat(step.depth);
        self.cut(&format!(
            "{indent}{sign} {}  {}",
            step.name,
            palette.dim(&rest)
        ))
    }

    fn log(&self, step: &Step, line: &str) -> String {
        let indent = "  ".repeat(step.depth + 1);
        self.cut(&format!(
            "{indent}{}",
            self.palette.dim(&format!("│ {line}"))
        ))
    }

    fn cut(&self, line: &str) -> String {
        // The last column stays free: some terminals wrap as soon as it is written.
        console::truncate_str(line, self.size.width.saturating_sub(1), "…").into_owned()
    }
}

fn transfer(done: u64, total: Option<u64>) -> String {
    let amount = format::transfer(done, total);
    match total {
        Some(total) if total > 0 => {
            let filled = BAR_CELLS * done.min(total) / total;
            let cells = |count: u64, cell: &str| cell.repeat(usize::try_from(count).unwrap_or(0));
            format!(
                "{}{} {amount}",
                cells(filled, "━"),
                cells(BAR_CELLS - filled, "┄")
            )
        }
        _ => amount,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ui::progress::steps::tests::id;

    fn example(start: Instant) -> Steps {
        let mut steps = Steps::default();
        steps.start(id("build"), None, "build image", start);
        steps.start(id("context"), Some(id("build")), "send context", start);
        steps.end(&id("context"), Outcome::Done, Duration::from_millis(80));
        steps.start(id("packages"), Some(id("build")), "install packages", start);
        steps.end(&id("packages"), Outcome::Cached, Duration::ZERO);
        steps.start(id("pip"), Some(id("build")), "install dependencies", start);
        for package in ["flask", "jinja2", "werkzeug"] {
            steps.log(&id("pip"), &format!("Collecting \u{1b}[1m{package}"));
        }
        steps.start(id("push"), None, "push layer", start);
        steps.transfer(&id("push"), 15_000_000, Some(60_000_000));
        steps
    }

    fn frame(start: Instant, height: usize) -> Frame {
        Frame {
            size: Size { width: 60, height },
            palette: Palette::NONE,
            now: start + Duration::from_millis(12_300),
            number: 1,
        }
    }

    #[test]
    fn running_steps_show_their_last_lines() {
        let start = Instant::now();
        insta::assert_snapshot!(frame(start, 24).live(&example(start)).join("\n"), @r"
        ⠙ build image  12.3 s
          ✓ send context  80 ms
          ✓ install packages  cached
          ⠙ install dependencies  12.3 s
            │ Collecting flask
            │ Collecting jinja2
            │ Collecting werkzeug
        ⠙ push layer  12.3 s  ━━━━┄┄┄┄┄┄┄┄┄┄┄┄ 15.0 MB of 60.0 MB
        ");
    }

    #[test]
    fn ended_steps_and_logs_give_way_in_a_low_terminal() {
        let start = Instant::now();
        insta::assert_snapshot!(frame(start, 5).live(&example(start)).join("\n"), @r"
        ⠙ build image  12.3 s
          ⠙ install dependencies  12.3 s
            │ Collecting werkzeug
        ⠙ push layer  12.3 s  ━━━━┄┄┄┄┄┄┄┄┄┄┄┄ 15.0 MB of 60.0 MB
        ");
        assert_eq!(frame(start, 0).live(&example(start)).len(), 1);
    }

    #[test]
    fn long_lines_are_cut_by_what_is_visible() {
        let start = Instant::now();
        let mut steps = Steps::default();
        steps.start(id("a"), None, &"wide 字 ".repeat(20), start);
        steps.log(&id("a"), &"x".repeat(10_000));
        for palette in [Palette::NONE, Palette::COLORFUL] {
            let frame = Frame {
                palette,
                ..frame(start, 24)
            };
            for line in frame.live(&steps) {
                let width = console::measure_text_width(&line);
                assert!((58..60).contains(&width), "{width}: {line}");
            }
        }
    }
}
