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
    /// How many images stay, for each app: those named last, and always that of HEAD
    #[arg(long, value_name = "N", default_value_t = 5)]
    keep: usize,
    /// The images of all apps on the engine, not only of this one, and of old ingresses
    #[arg(long)]
    all: bool,
    /// Shrink the engine's build cache to this many GB
    #[arg(long, value_name = "GB")]
    cache: Option<u64>,
}

impl Gc {
    /// Removes.
    pub fn run(self, session: &Session) -> Result<()> {
        let options = GcOptions {
            folder: if self.all {
                session.app_folder().ok()
            } else {
                Some(session.app_folder()?)
            },
            all: self.all,
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
    for name in &done.deployed {
        text += &format!("kept {name}: a release of it can be gone back to\n");
    }
    for name in &done.ingresses {
        text += &format!("{verb} {name}: an ingress of an older paas\n");
    }
    text + &freed(done) + "\n"
}

fn freed(done: &GcDocument) -> String {
    let verb = if done.dry_run {
        "would free up to"
    } else {
        "freed"
    };
    let images = (!done.removed.is_empty() || !done.ingresses.is_empty())
        .then(|| format!("{} of images", format::bytes(done.image_bytes)));
    let cache = (done.cache_bytes > 0)
        .then(|| format!("{} of build cache", format::bytes(done.cache_bytes)));
    let parts: Vec<_> = images.into_iter().chain(cache).collect();
    if parts.is_empty() {
        return "nothing to remove".to_owned();
    }
    format!("{verb} {}", parts.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_came_of_it() {
        let done = |removed: &[&str], cache_bytes, dry_run| {
            summary(&GcDocument {
                removed: removed.iter().map(|name| name.parse().unwrap()).collect(),
                in_use: Vec::new(),
                deployed: Vec::new(),
                ingresses: Vec::new(),
                image_bytes: 3_000_000,
                cache_bytes,
                dry_run,
            })
        };
        assert_eq!(done(&[], 0, false), "nothing to remove\n");
        assert_eq!(
            done(&["a:1"], 0, false),
            "removed a:1\nfreed 3.0 MB of images\n"
        );
        assert_eq!(
            done(&[], 5_000_000, true),
            "would free up to 5.0 MB of build cache\n"
        );
        assert_eq!(
            done(&["a:1"], 5_000_000, true),
            "would remove a:1\nwould free up to 3.0 MB of images and 5.0 MB of build cache\n"
        );
    }
}
