use clap::Args;

use super::Session;
use crate::Result;
use crate::ops::{self, ImageRow, ImagesOptions};
use crate::ui::format;
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas images             on this machine and in the registry
  paas images --local --json";

/// `paas images`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Images {
    /// Only those on this machine
    #[arg(long, conflicts_with = "remote")]
    local: bool,
    /// Only those in the registry
    #[arg(long)]
    remote: bool,
}

impl Images {
    /// Lists.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = ImagesOptions {
            folder: session.app_folder()?,
            local: !self.remote,
            remote: !self.local,
        };
        let settings = session.settings()?;
        let rows =
            session.operate(async |reporter| ops::images(&options, &settings, &reporter).await)?;
        if session.global.json {
            return session.ui.print_json(&rows);
        }
        session.ui.print(&table(&rows))
    }
}

fn table(rows: &[ImageRow]) -> String {
    let mut table = Table::new([
        "VERSION", "COMMIT", "CONFIG", "DIGEST", "SIZE", "AGE", "WHERE",
    ]);
    for row in rows {
        let place = match (row.local, row.remote) {
            (true, Some(true)) => "here, registry",
            (true, _) => "here",
            (false, _) => "registry",
        };
        let revision = format!("r{}", row.config_revision);
        let age = row.created.map_or_else(|| "?".to_owned(), format::age_of);
        let size = format::bytes(row.size);
        let digest = row.digest.short();
        table.row([
            &*row.version,
            &row.commit,
            &revision,
            digest,
            &size,
            &age,
            place,
        ]);
    }
    table.render()
}
