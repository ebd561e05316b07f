//! The context of a build, as the engine is served it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::plan::BuildPlan;
use super::project::Project;
use crate::Result;
use crate::builder::{Content, Entry};
use crate::image::Digest;
use crate::plan::{self, Layout, Placed, PlacedContent};
use crate::settings::Settings;
use crate::source::FileTimes;

/// Every file of the context with its time. Remembers the times on this machine; blocks.
pub(super) fn entries(
    project: &Project,
    plan: &BuildPlan,
    settings: &Settings,
) -> Result<Vec<Entry>> {
    let location = FileTimes::location(&settings.state_dir, &project.id());
    let known = FileTimes::load(&location);
    let times = known.updated(&project.listing, SystemTime::now());
    if times != known {
        times.save(&location)?;
    }
    let layout = Layout::served();
    let own = plan::own_files(&plan.recipe, &project.listing, &layout)?;
    let app = plan::app_files(&project.listing, &layout);
    let files = own.into_iter().chain(app);
    Ok(std::iter::once(source_folder(&layout))
        .chain(files.map(|placed| entry(placed, &times)))
        .collect())
}

/// The app's folder, which `COPY` needs even where no file is in it.
fn source_folder(layout: &Layout) -> Entry {
    Entry {
        path: layout.source.trim_end_matches('/').to_owned(),
        mode: 0o755,
        modified: time_of_content(&Content::Folder),
        content: Content::Folder,
    }
}

fn entry(placed: Placed, times: &FileTimes) -> Entry {
    let listed = placed.listed.as_deref().and_then(|path| times.of(path));
    let (mode, content) = match placed.content {
        PlacedContent::Bytes(bytes) => (0o755, Content::Bytes(bytes)),
        PlacedContent::Disk {
            origin,
            size,
            executable,
        } => (
            if executable { 0o755 } else { 0o644 },
            Content::Disk { path: origin, size },
        ),
        PlacedContent::Link(target) => {
            (0o777, Content::Link(target.to_string_lossy().into_owned()))
        }
    };
    let modified = listed.unwrap_or_else(|| time_of_content(&content));
    Entry {
        path: placed.path,
        mode,
        modified,
        content,
    }
}

/// The engine asks only for files whose time or size has changed, so a file of ours has a time
/// that stands for its content.
fn time_of_content(content: &Content) -> SystemTime {
    let seconds = match content {
        Content::Bytes(bytes) => {
            let digest = Digest::of(bytes);
            u64::from_str_radix(&digest.hex()[..7], 16).expect("hex digits")
        }
        _ => 0,
    };
    UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds)
}
