use clap::Args;

use super::Session;
use crate::Result;
use crate::image::Digest;
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

/// The engine's columns, the registry's, or both, as they were asked.
fn table(rows: &[ImageRow]) -> String {
    let here = rows.iter().any(|row| row.local);
    let there = rows.iter().any(|row| row.remote.is_some());
    let mut head = vec!["VERSION", "COMMIT", "CONFIG", "AGE"];
    if here {
        head.extend(["IMAGE ID HERE", "UNPACKED"]);
    }
    if there {
        head.extend(["DIGEST IN REGISTRY", "COMPRESSED"]);
    }
    let mut table = Table::new(head);
    for row in rows {
        let mut cells = vec![
            row.version.clone(),
            row.commit.clone(),
            format!("r{}", row.config_revision),
            row.created.map_or_else(|| "?".to_owned(), format::age_of),
        ];
        if here {
            cells.extend(content(row.image_id.as_ref(), row.unpacked_size));
        }
        if there {
            let published = row.digest.as_ref().filter(|_| row.remote == Some(true));
            cells.extend(content(published, row.compressed_size));
        }
        table.row(cells.iter().map(String::as_str));
    }
    table.render()
}

fn content(digest: Option<&Digest>, size: Option<u64>) -> [String; 2] {
    [
        digest.map_or_else(|| "-".to_owned(), |digest| digest.short().to_owned()),
        size.map_or_else(|| "-".to_owned(), format::bytes),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(version: &str, here: Option<u8>, there: Option<u8>) -> ImageRow {
        let digest = |number: u8| Digest::of(&[number]);
        ImageRow {
            version: version.to_owned(),
            commit: "3f9c2d1a".to_owned(),
            config_revision: 7,
            created: None,
            local: here.is_some(),
            image_id: here.map(digest),
            unpacked_size: here.map(|_| 90_000_000),
            remote: Some(there.is_some()),
            digest: there.map(digest),
            compressed_size: there.map(|_| 30_000_000),
        }
    }

    #[test]
    fn an_id_is_not_taken_for_a_digest() {
        let rows = [
            row("v2-g3f9c2d1a-r7", Some(1), Some(2)),
            row("v1-g3f9c2d1a-r7", None, Some(3)),
            row("v0-g3f9c2d1a-r7", Some(4), None),
        ];
        let built = ImageRow {
            remote: None,
            ..row("v2-g3f9c2d1a-r7", Some(1), None)
        };
        let published = row("v2-g3f9c2d1a-r7", None, Some(2));
        let all = [table(&rows), table(&[built]), table(&[published])];
        insta::assert_snapshot!(all.join("\n"), @r"
        VERSION          COMMIT    CONFIG  AGE  IMAGE ID HERE  UNPACKED  DIGEST IN REGISTRY  COMPRESSED
        v2-g3f9c2d1a-r7  3f9c2d1a  r7      ?    4bf5122f3445   90.0 MB   dbc1b4c900ff        30.0 MB
        v1-g3f9c2d1a-r7  3f9c2d1a  r7      ?    -              -         084fed08b978        30.0 MB
        v0-g3f9c2d1a-r7  3f9c2d1a  r7      ?    e52d9c508c50   90.0 MB   -                   -

        VERSION          COMMIT    CONFIG  AGE  IMAGE ID HERE  UNPACKED
        v2-g3f9c2d1a-r7  3f9c2d1a  r7      ?    4bf5122f3445   90.0 MB

        VERSION          COMMIT    CONFIG  AGE  DIGEST IN REGISTRY  COMPRESSED
        v2-g3f9c2d1a-r7  3f9c2d1a  r7      ?    dbc1b4c900ff        30.0 MB
        ");
    }
}
