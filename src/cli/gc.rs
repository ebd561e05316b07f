use clap::Args;

use super::Session;
use crate::Result;
use crate::ops::{self, GcDocument, GcOptions};
use crate::ui::format;

const EXAMPLES: &str = "\
Examples:
  paas gc --dry-run               what would go
  paas gc --keep 3                keep the three newest of this app
  paas gc --all --cache 2         all apps, and all but 2 GB of build cache";

/// `paas gc`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Gc {
    /// Only say what would be removed
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// How many of the newest images stay, for each app
    #[arg(long, value_name = "N", default_value_t = 5)]
    keep: usize,
    /// The images of all apps on the engine, not only of this one
    #[arg(long)]
    all: bool,
    /// Shrink the engine's build cache to so many GB
    #[arg(long, value_name = "GB")]
    cache: Option<u64>,
}

impl Gc {
    /// Removes.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = GcOptions {
            folder: if self.all {
                None
            } else {
                Some(session.app_folder()?)
            },
            keep: self.keep,
            keep_cache: self
                .cache
                .map(|gigabytes| gigabytes.saturating_mul(1_000_000_000)),
            dry_run: self.dry_run,
        };
        let settings = session.settings()?;
        let done =
            session.operate(async |reporter| ops::gc(&options, &settings, &reporter).await)?;
        if session.global.json {
            session.ui.print_json(&done)
        } else {
            session.ui.print(&summary(&done))
        }
    }
}

fn summary(done: &GcDocument) -> String {
    let verb = if done.dry_run {
        "would remove"
    } else {
        "removed"
    };
    let mut text: String = done
        .removed
        .iter()
        .map(|name| format!("{verb} {name}\n"))
        .collect();
    for name in &done.in_use {
        text += &format!("kept {name}: a container uses it\n");
    }
    text += &format!("{verb} {} of images", format::bytes(done.image_bytes));
    if done.cache_bytes > 0 {
        text += &format!(" and {} of build cache", format::bytes(done.cache_bytes));
    }
    text + "\n"
}
