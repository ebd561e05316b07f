//! The terminal: progress, prompts, tables, errors. The only user of indicatif and dialoguer.
//!
//! stdout is data, stderr is people.

pub mod error;
pub mod format;
pub mod palette;
pub mod progress;
pub mod prompt;
pub mod sanitize;
pub mod table;
pub mod terminal;

use std::fmt;
use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use jiff::Zoned;
use serde::Serialize;

use crate::report::{Event, Reporter};
use crate::{Error, Result};
use palette::Palette;
use progress::{JsonLines, LiveTree, PlainLines, Progress, WarningsOnly};
use prompt::Prompt;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that has them, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also into files and pipes.
    Always,
    /// Nowhere.
    Never,
}

/// `--progress`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressChoice {
    /// A live tree on a terminal with somebody in front of it, else plain lines.
    #[default]
    Auto,
    /// A live tree.
    Tty,
    /// Lines with the time.
    Plain,
    /// One JSON object a line for each event.
    Json,
}

/// What the user and the environment want of the terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// `--color`.
    pub color: ColorChoice,
    /// `--progress`.
    pub progress: ProgressChoice,
    /// `--quiet`.
    pub quiet: bool,
    /// The terminal can't move its cursor (`TERM=dumb`).
    pub dumb_terminal: bool,
    /// Nobody watches.
    pub ci: bool,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProgressStyle {
    Tree,
    Lines,
    Json,
    Quiet,
}

/// stdout and stderr of one invocation.
#[derive(Clone)]
pub struct Ui {
    progress: ProgressStyle,
    stdout: Palette,
    stderr: Palette,
    interactive: bool,
}

/// The reader of stdout has gone, as in `paas images | head -1`. The cause of an error that ends the
/// command without a word.
#[derive(Debug)]
pub struct StdoutClosed;

impl fmt::Display for StdoutClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads stdout any more")
    }
}

impl std::error::Error for StdoutClosed {}

impl Ui {
    /// The process's terminal.
    pub fn new(wishes: Wishes) -> Self {
        let stderr_terminal = io::stderr().is_terminal();
        let palette = |terminal| {
            let enabled = match wishes.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => terminal && !wishes.dumb_terminal,
            };
            if enabled {
                Palette::COLORFUL
            } else {
                Palette::NONE
            }
        };
        Self {
            progress: progress_style(wishes, stderr_terminal),
            stdout: palette(io::stdout().is_terminal()),
            stderr: palette(stderr_terminal),
            interactive: io::stdin().is_terminal()
                && stderr_terminal
                && !wishes.ci
                && !wishes.dumb_terminal,
        }
    }

    /// Data, as it is: a Dockerfile, a version, a table.
    pub fn print(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| {
                let failed = Error::unexpected("cannot write to stdout");
                if error.kind() == io::ErrorKind::BrokenPipe {
                    failed.caused_by(StdoutClosed)
                } else {
                    failed.caused_by(error)
                }
            })
    }

    /// stdout for data that a program writes by itself, as long as it runs.
    pub fn data_sink() -> Box<dyn Write + Send> {
        Box::new(io::stdout())
    }

    /// Makes stdout's terminal empty, for data that is shown again and again.
    pub fn clear(&self) -> Result<()> {
        if io::stdout().is_terminal() {
            return self.print("\x1b[H\x1b[2J");
        }
        Ok(())
    }

    /// Data for `--json`: one document, with a line end.
    pub fn print_json(&self, document: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(document)
            .map_err(|error| Error::unexpected("cannot write JSON").caused_by(error))?;
        self.print(&format!("{text}\n"))
    }

    /// Colours for data on stdout.
    pub fn stdout_palette(&self) -> Palette {
        self.stdout
    }

    /// Says something on stderr, unless `--quiet`.
    pub fn note(&self, text: &str) {
        match self.progress {
            ProgressStyle::Quiet => {}
            ProgressStyle::Json => json_lines().report(Event::Note(text.to_owned())),
            ProgressStyle::Tree | ProgressStyle::Lines => {
                to_stderr(&format!("{}\n", sanitize::block(text)));
            }
        }
    }

    /// Warns on stderr, also with `--quiet`.
    pub fn warning(&self, text: &str) {
        if self.progress == ProgressStyle::Json {
            json_lines().report(Event::Warning(text.to_owned()));
        } else {
            let label = self.stderr.warning("warning");
            to_stderr(&format!("{label}: {}\n", sanitize::block(text)));
        }
    }

    /// Shows the error that ended the command.
    pub fn error(&self, error: &Error) {
        if self.progress == ProgressStyle::Json {
            json_lines().error(error);
        } else {
            let log = match self.progress {
                ProgressStyle::Lines => error::Log::Shown,
                _ => error::Log::Unseen,
            };
            to_stderr(&error::render(error, log, self.stderr));
        }
    }

    /// Shows an operation's progress until it is dropped.
    pub fn progress(&self) -> Progress {
        let sink = Box::new(io::stderr());
        match self.progress {
            ProgressStyle::Tree => Progress::new(LiveTree::new(self.stderr)),
            ProgressStyle::Lines => {
                Progress::new(PlainLines::new(sink, self.stderr, Box::new(Zoned::now)))
            }
            ProgressStyle::Json => Progress::new(json_lines()),
            ProgressStyle::Quiet => Progress::new(WarningsOnly::new(sink, self.stderr)),
        }
    }

    /// Asks questions. `assume_yes`: the user has said `--yes` and is not to be asked.
    pub fn prompt(&self, assume_yes: bool) -> Prompt {
        Prompt::new(self.interactive && !assume_yes, self.stderr.has_colors())
    }
}

fn progress_style(wishes: Wishes, terminal: bool) -> ProgressStyle {
    match wishes.progress {
        // A program reads this one, so `--quiet` does not concern it.
        ProgressChoice::Json => ProgressStyle::Json,
        _ if wishes.quiet => ProgressStyle::Quiet,
        ProgressChoice::Tty => ProgressStyle::Tree,
        ProgressChoice::Auto if terminal && !wishes.ci && !wishes.dumb_terminal => {
            ProgressStyle::Tree
        }
        ProgressChoice::Auto | ProgressChoice::Plain => ProgressStyle::Lines,
    }
}

fn json_lines() -> JsonLines {
    JsonLines::new(Box::new(io::stderr()), Box::new(Zoned::now))
}

/// Writes in one piece. Errors are ignored: nobody is left to tell when stderr is closed.
fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_needs_a_terminal_with_somebody_in_front_of_it() {
        let wishes = Wishes::default();
        let auto = |wishes, terminal| progress_style(wishes, terminal);
        assert_eq!(auto(wishes, true), ProgressStyle::Tree);
        assert_eq!(auto(wishes, false), ProgressStyle::Lines);
        assert_eq!(
            auto(Wishes { ci: true, ..wishes }, true),
            ProgressStyle::Lines
        );
        assert_eq!(
            auto(
                Wishes {
                    dumb_terminal: true,
                    ..wishes
                },
                true
            ),
            ProgressStyle::Lines
        );
    }

    #[test]
    fn the_user_decides() {
        let wish = |progress, quiet| Wishes {
            progress,
            quiet,
            ci: true,
            ..Wishes::default()
        };
        for (wishes, style) in [
            (wish(ProgressChoice::Tty, false), ProgressStyle::Tree),
            (wish(ProgressChoice::Plain, false), ProgressStyle::Lines),
            (wish(ProgressChoice::Plain, true), ProgressStyle::Quiet),
            (wish(ProgressChoice::Json, true), ProgressStyle::Json),
        ] {
            assert_eq!(progress_style(wishes, false), style);
        }
    }
}
