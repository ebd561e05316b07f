use clap::Args;

use super::Session;
use crate::{Result, ops};

const EXAMPLES: &str = "\
Examples:
  paas eject              write Dockerfile and .paas/ beside app.toml";

/// `paas eject`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Eject {
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

impl Eject {
    /// Writes the Dockerfile and its scripts.
    pub fn run(self, session: &Session) -> Result<()> {
        let ejected = ops::eject(&session.app_folder()?, &session.settings()?, self.force)?;
        if session.global.json {
            return session.ui.print_json(&ejected);
        }
        for note in &ejected.notes {
            session.ui.note(note);
        }
        let files = ejected.files.join("\n  ");
        session.ui.print(&format!(
            "Wrote\n  {files}\nBuild it without paas:\n  {}\n",
            ejected.command
        ))
    }
}
