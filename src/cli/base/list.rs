use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::Result;
use crate::builder::Engine;
use crate::cli::Session;
use crate::ops::base::{self, BaseRow};
use crate::report::Event;
use crate::ui::format;
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas base list
  paas base list --json | jq -r '.[] | select(.behind != []) | .name'";

/// `paas base list`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {}

impl List {
    pub(super) fn run(self, session: &Session) -> Result<()> {
        let Self {} = self;
        let settings = session.settings()?;
        let current = session.environment.current_folder()?;
        let folder = session.global.directory.clone().unwrap_or(current);
        let root = repository_root(&folder);
        let rows = session.operate(|reporter| async move {
            let engine = match Engine::connect(&settings.engine).await {
                Ok(engine) => Some(engine),
                Err(error) => {
                    reporter.report(Event::Warning(format!("{error}: images are not shown")));
                    None
                }
            };
            base::list(engine.as_ref(), &root, &*reporter).await
        })?;
        if session.global.json {
            return session.ui.print_json(&rows);
        }
        session.ui.print(&table(&rows, Timestamp::now()))
    }
}

/// The work tree that holds `folder`, or the folder itself outside of one.
fn repository_root(folder: &Path) -> PathBuf {
    let root = folder.ancestors().find(|above| above.join(".git").exists());
    root.unwrap_or(folder).to_owned()
}

fn table(rows: &[BaseRow], now: Timestamp) -> String {
    let mut table = Table::new(["NAME", "IMAGE", "SIZE", "AGE", "BEHIND", "DESCRIPTION"]);
    for row in rows {
        let (id, size, age) = match &row.image {
            Some(image) => (
                image.id.short().to_owned(),
                format::bytes(image.size),
                image.created.map_or_else(String::new, |created| {
                    let age = now.duration_since(created);
                    format::age(age.try_into().unwrap_or_default())
                }),
            ),
            None => ("-".to_owned(), String::new(), String::new()),
        };
        let behind: Vec<_> = row.behind.iter().map(|app| app.to_string_lossy()).collect();
        let cells = [
            &row.name,
            &id,
            &size,
            &age,
            &behind.join(", "),
            &row.description,
        ];
        table.row(cells.map(String::as_str));
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Digest;
    use crate::ops::base::BaseImage;

    #[test]
    fn a_row_for_each_base() {
        let now: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
        let row = |name: &str, image, behind: &[&str]| BaseRow {
            name: name.to_owned(),
            description: format!("the base {name}"),
            platform: true,
            image,
            behind: behind.iter().map(PathBuf::from).collect(),
        };
        let image = BaseImage {
            name: "python".to_owned(),
            id: Digest::of(b"python"),
            size: 123_000_000,
            created: "2026-01-01T00:00:00Z".parse().ok(),
        };
        let rows = [
            row("debian", None, &[]),
            row("python", Some(image), &["shop", "trade/api"]),
        ];
        insta::assert_snapshot!(table(&rows, now));
    }
}
