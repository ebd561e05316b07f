use clap::Args;

use super::Session;
use crate::{Result, config};

const EXAMPLES: &str = "\
Examples:
  paas schema > app.schema.json       for editors that check TOML";

/// `paas schema`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Schema {}

impl Schema {
    /// Prints the schema.
    #[expect(clippy::unused_self, reason = "as the other commands")]
    pub fn run(self, session: &Session) -> Result<()> {
        session.ui.print_json(&config::schema())
    }
}
