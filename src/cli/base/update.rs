use clap::Args;
use serde_json::json;

use crate::cli::Session;
use crate::config::LOCK_FILE;
use crate::image::Digest;
use crate::ops::{Toolbox, base};
use crate::ui::table::Table;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas base update          then commit app.lock
  paas base update --check  exit code 3 when app.lock is behind";

/// `paas base update`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Update {
    /// Write nothing; exit code 3 when app.lock would change
    #[arg(long)]
    check: bool,
}

impl Update {
    pub(super) fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let settings = session.settings()?;
        let (app, settings) = (&folder, &settings);
        let update = session.operate(|reporter| async move {
            let toolbox = Toolbox::open(settings, &reporter).await?;
            let update = base::update(app, &toolbox.tools()).await?;
            if !self.check {
                update.save(app).await?;
            }
            Ok(update)
        })?;
        if session.global.json {
            session.ui.print_json(&json!({
                "changed": update.is_change(),
                "previous_revision": update.previous_revision,
                "revision": update.revision(),
                "moved": update.moved,
            }))?;
        } else {
            session.ui.print(&text(&update))?;
        }
        if self.check && update.is_change() {
            return Err(Error::refused(format!("{LOCK_FILE} is behind"))
                .hint("run `paas base update` and commit it"));
        }
        Ok(())
    }
}

fn text(update: &base::Update) -> String {
    if !update.is_change() {
        return format!("{LOCK_FILE} is up to date: r{}\n", update.revision());
    }
    let mut table = Table::new(["BASE", "FROM", "TO"]);
    for pin in &update.moved {
        let from = pin.from.as_ref().map_or("-", Digest::short);
        table.row([pin.name.as_str(), from, pin.to.short()]);
    }
    let previous = update
        .previous_revision
        .map_or_else(String::new, |r| format!("r{r} → "));
    format!(
        "{}{LOCK_FILE}: {previous}r{}\n",
        table.render(),
        update.revision()
    )
}
