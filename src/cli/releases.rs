use clap::Args;

use super::Session;
use super::target::EnvironmentArgument;
use crate::Result;
use crate::ops::history::{self, ReleaseRow};
use crate::ui::format;
use crate::ui::table::Table;

/// `paas releases`.
#[derive(Args, Debug)]
pub struct Releases {
    #[command(flatten)]
    environment: EnvironmentArgument,
}

impl Releases {
    /// Lists.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let environment = self.environment.environment.as_deref();
        let rows = session.operate(async |reporter| {
            history::releases(&folder, environment, &settings, &reporter).await
        })?;
        if session.global.json {
            return session.ui.print_json(&rows);
        }
        if rows.is_empty() {
            session.ui.note("nothing was deployed yet");
            return Ok(());
        }
        session.ui.print(&table(&rows))
    }
}

fn table(rows: &[ReleaseRow]) -> String {
    let mut table = Table::new([
        "RELEASE", "VERSION", "COMMIT", "STATUS", "WHO", "AGE", "ROLLBACK",
    ]);
    for row in rows {
        let number = match row.from {
            Some(from) => format!("#{} (from #{from})", row.release),
            None => format!("#{}", row.release),
        };
        let status = match &row.reason {
            Some(reason) => format!("{}: {reason}", row.status),
            None => row.status.to_string(),
        };
        table.row([
            number.as_str(),
            &row.version,
            row.commit.get(..8).unwrap_or(&row.commit),
            &status,
            &row.by,
            &format::age_of(row.created),
            if row.can_roll_back { "yes" } else { "-" },
        ]);
    }
    table.render()
}
