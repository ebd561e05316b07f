use clap::Args;

use super::Session;
use super::target::EnvironmentArgument;
use crate::Result;
use crate::ops::clusters;
use crate::ops::deploy::Selected;
use crate::ops::history::{self, Happening};
use crate::ui::format;
use crate::ui::table::Table;

/// `paas events`.
#[derive(Args, Debug)]
pub struct Events {
    #[command(flatten)]
    environment: EnvironmentArgument,
}

impl Events {
    /// Lists.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let events = session.operate(async |reporter| {
            let selected = Selected::load(&folder, self.environment.environment.as_deref())?;
            let cluster = clusters::open(&selected.cluster, &settings, &reporter).await?;
            history::events(&*cluster, &selected.target).await
        })?;
        if session.global.json {
            return session.ui.print_json(&events);
        }
        if events.is_empty() {
            session.ui.note("nothing was done yet");
            return Ok(());
        }
        session.ui.print(&table(&events))
    }
}

fn table(events: &[Happening]) -> String {
    let mut table = Table::new(["AGE", "WHO", "WHAT", "RESULT"]);
    for event in events {
        table.row([
            format::age_of(event.time).as_str(),
            &event.who,
            &event.what,
            event.error.as_deref().unwrap_or("done"),
        ]);
    }
    table.render()
}
