use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Display;
use super::steps::Steps;
use super::tree::{Frame, Size};
use crate::report::{Event, Reporter};
use crate::ui::palette::Palette;
use crate::ui::sanitize;

const FRAME_TIME: Duration = Duration::from_millis(100);

/// `--progress tty`: a tree that is redrawn in place. Events only change the state; a thread of its
/// own draws it ten times a second, however many events there are.
pub struct LiveTree {
    shared: Arc<Shared>,
    drawer: Mutex<Option<JoinHandle<()>>>,
    palette: Palette,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    finishing: Condvar,
}

#[derive(Default)]
struct State {
    steps: Steps,
    /// Notes and warnings to print above the tree.
    messages: Vec<String>,
    finished: bool,
}

/// What a frame changes.
struct Drawing {
    /// Lines that stay, above the live ones.
    settled: Vec<String>,
    live: Vec<String>,
    last: bool,
}

impl LiveTree {
    /// A tree on stderr.
    pub fn new(palette: Palette) -> Self {
        let shared = Arc::new(Shared::default());
        let drawer = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || draw_until_finished(&shared, palette))
        };
        Self {
            shared,
            drawer: Mutex::new(Some(drawer)),
            palette,
        }
    }
}

impl Reporter for LiveTree {
    fn report(&self, event: Event) {
        let mut state = self.shared.state.lock().expect("no holder panics");
        match event {
            Event::StepStarted { id, parent, name } => {
                state.steps.start(id, parent, &name, Instant::now());
            }
            Event::StepLog { id, line } => state.steps.log(&id, &line),
            Event::StepProgress { id, done, total } => state.steps.transfer(&id, done, total),
            Event::StepEnded {
                id,
                outcome,
                duration,
            } => state.steps.end(&id, outcome, duration),
            Event::Note(text) => state.messages.push(sanitize::block(&text).into_owned()),
            Event::Warning(text) => {
                let label = self.palette.warning("warning");
                state
                    .messages
                    .push(format!("{label}: {}", sanitize::block(&text)));
            }
        }
    }
}

impl Display for LiveTree {
    fn finish(&self) {
        self.shared.state.lock().expect("no holder panics").finished = true;
        self.shared.finishing.notify_all();
        if let Some(drawer) = self.drawer.lock().expect("no holder panics").take() {
            // A drawer that panicked has said so; the operation's result matters more.
            let _ = drawer.join();
        }
    }
}

impl Shared {
    /// Waits for the next frame's time, or the end.
    fn next_drawing(&self, palette: Palette, size: Size, number: usize) -> Drawing {
        let state = self.state.lock().expect("no holder panics");
        let (mut state, _) = self
            .finishing
            .wait_timeout_while(state, FRAME_TIME, |state| !state.finished)
            .expect("no holder panics");
        let frame = Frame {
            size,
            palette,
            now: Instant::now(),
            number,
        };
        let last = state.finished;
        if last {
            state.steps.cancel_running(frame.now);
        }
        let messages = std::mem::take(&mut state.messages);
        let ended = state.steps.take_ended();
        let settled = messages
            .into_iter()
            .chain(ended.iter().map(|step| frame.step(step)))
            .collect();
        Drawing {
            settled,
            live: frame.live(&state.steps),
            last,
        }
    }
}

fn draw_until_finished(shared: &Shared, palette: Palette) {
    let terminal = Term::stderr();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{msg}").expect("a constant template"));
    for number in 0.. {
        let (height, width) = terminal.size();
        let size = Size {
            width: width.into(),
            height: height.into(),
        };
        let drawing = shared.next_drawing(palette, size, number);
        bar.set_message(drawing.live.join("\n"));
        if !drawing.settled.is_empty() {
            // Nobody is left to tell when stderr is closed.
            let _ = bar.suspend(|| terminal.write_line(&drawing.settled.join("\n")));
        }
        if drawing.last {
            bar.finish_and_clear();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::report::Outcome;
    use crate::ui::progress::steps::tests::{ended, example_events, logged, started};

    /// Set in the process that runs in the terminal.
    const IN_TERMINAL: &str = "PAAS_TEST_IN_TERMINAL";
    const THIS_TEST: &str = "ui::progress::tty::tests::a_real_terminal_ends_with_one_line_a_step";

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "tells the process in the terminal from the test"
    )]
    fn a_real_terminal_ends_with_one_line_a_step() {
        if std::env::var_os(IN_TERMINAL).is_some() {
            return draw_example();
        }
        let test = std::env::current_exe().unwrap();
        let inner = format!(
            "stty cols 80 rows 24; {} --exact {THIS_TEST} --nocapture",
            test.display()
        );
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command", &inner, "/dev/null"])
            .env(IN_TERMINAL, "1")
            .env("TERM", "xterm")
            .output()
            .expect("script(1) of util-linux");
        let raw = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{raw}");
        assert!(
            raw.contains("line 99999"),
            "logs of a running step were drawn: {raw}"
        );
        assert!(raw.contains("\u{1b}["), "the tree was redrawn in place");
        assert!(
            raw.len() < 200_000,
            "drawing was throttled, not {} bytes",
            raw.len()
        );
        assert!(!raw.contains("\u{1b}]0;"), "no title was set");
        // What was settled comes last and is never drawn over.
        let end = raw.rfind("building v1.2.0").expect("the note");
        let settled = console::strip_ansi_codes(&raw[end..]).replace('\r', "");
        insta::assert_snapshot!(settled.split("test ").next().unwrap().trim_end(), @r"
        building v1.2.0-g3f9c2d1a-r7
        warning: python 3.8 is past its end
        ■ noisy  canceled after 0.4 s
        ■ build image  canceled after 1 min 1 s
          ✓ send context  80 ms
          ✓ install packages  cached
          ✗ install dependencies  12.3 s  exit status 1
        ");
    }

    fn draw_example() {
        let tree = LiveTree::new(Palette::NONE);
        tree.report(started("loop", None, "noisy"));
        for number in 0..100_000 {
            tree.report(logged("loop", &format!("\u{1b}]0;title\u{7}line {number}")));
        }
        std::thread::sleep(3 * FRAME_TIME);
        for event in example_events() {
            tree.report(event);
        }
        tree.report(ended("loop", Outcome::Canceled, 400));
        tree.finish();
        tree.report(started("late", None, "too late"));
    }
}
