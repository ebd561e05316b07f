use std::path::PathBuf;

use clap::Args;

use super::Session;
use crate::Result;
use crate::ops::{self, Check, Diagnosis, DoctorOptions, Status};
use crate::ui::palette::Palette;
use crate::ui::sanitize;

const EXAMPLES: &str = "\
Examples:
  paas doctor          is everything there that a build needs?
  paas doctor --json

Exits 4 when engine or registry have a problem, 2 when a file or setting has one.";

/// `paas doctor`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {}

impl Doctor {
    /// Prints what was found; a problem ends it with an error.
    #[expect(clippy::unused_self, reason = "as the other commands")]
    pub fn run(self, session: &Session) -> Result<()> {
        let settings = session.settings()?;
        let options = DoctorOptions {
            folder: folder(session)?,
        };
        let diagnosis = session.operate(async |_| ops::doctor(&options, &settings).await)?;
        if session.global.json {
            session.ui.print_json(&diagnosis)?;
        } else {
            let palette = session.ui.stdout_palette();
            let marks = if palette.has_colors() && session.environment.has_utf8() {
                SYMBOLS
            } else {
                WORDS
            };
            session.ui.print(&list(&diagnosis, marks, palette))?;
        }
        diagnosis.verdict()
    }
}

fn folder(session: &Session) -> Result<PathBuf> {
    match (session.app_folder(), &session.global.directory) {
        (Ok(folder), _) => Ok(folder),
        (Err(_), Some(folder)) if folder.is_dir() => Ok(folder.clone()),
        (Err(error), Some(_)) => Err(error),
        (Err(_), None) => session.environment.current_folder(),
    }
}

/// For ok, warning and problem.
type Marks = [&'static str; 3];
const SYMBOLS: Marks = ["✓", "!", "✗"];
const WORDS: Marks = ["ok", "warning", "problem"];

/// One line for each check, its hint below it.
fn list(diagnosis: &Diagnosis, marks: Marks, palette: Palette) -> String {
    let widest =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| text.chars().count()).max();
    let names = widest(&mut diagnosis.checks.iter().map(|check| check.name)).unwrap_or(0);
    let mark_width = widest(&mut marks.into_iter()).unwrap_or(0);
    let line = |check: &Check| {
        let (mark, color): (_, fn(Palette, &str) -> String) = match check.status {
            Status::Ok => (marks[0], Palette::success),
            Status::Warning => (marks[1], Palette::warning),
            Status::Problem => (marks[2], Palette::failure),
        };
        let mark = color(palette, &format!("{mark:mark_width$}"));
        let message = sanitize::line(&check.message);
        let mut lines = format!("{mark}  {:names$}  {message}\n", check.name);
        if let Some(hint) = &check.hint {
            let indent = mark_width + names + 4;
            let hint = palette.dim(&sanitize::line(hint));
            lines += &format!("{:indent$}{hint}\n", "");
        }
        lines
    };
    diagnosis.checks.iter().map(line).collect()
}
