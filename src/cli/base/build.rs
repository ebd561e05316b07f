use std::path::Path;

use clap::Args;

use crate::Result;
use crate::base::Definition;
use crate::cli::Session;
use crate::ops::Toolbox;
use crate::ops::base::{self, Built, Forced};
use crate::ui::format;
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas base build python
  paas base build bases/machine-learning  a team's own, from its folder
  paas base build --all --pull            all of the platform's, with the newest packages";

/// `paas base build`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Build {
    /// Bases by name, or folders with a base.toml
    #[arg(value_name = "NAME|PATH", required_unless_present = "all")]
    bases: Vec<String>,
    /// All of the platform's bases
    #[arg(long, conflicts_with = "bases")]
    all: bool,
    /// Get the image that the first base is made from anew
    #[arg(long)]
    pull: bool,
    /// Run every step, also those whose result the engine has
    #[arg(long)]
    no_cache: bool,
}

impl Build {
    pub(super) fn run(self, session: &Session) -> Result<()> {
        let definitions = self.definitions()?;
        let settings = session.settings()?;
        let built = session.operate(|reporter| async move {
            let toolbox = Toolbox::open(&settings, &reporter).await?;
            let mut forced = Forced {
                pull: self.pull,
                no_cache: self.no_cache,
            };
            let mut built = Vec::new();
            for definition in &definitions {
                built.push(base::build(definition, forced, &toolbox.tools()).await?);
                // One root is enough for all of them.
                forced.pull = false;
            }
            Ok(built)
        })?;
        if session.global.json {
            return session.ui.print_json(&built);
        }
        session.ui.print(&table(&built)?)
    }

    fn definitions(&self) -> Result<Vec<Definition>> {
        if self.all {
            return Ok(Definition::embedded_all());
        }
        self.bases.iter().map(|base| definition(base)).collect()
    }
}

/// A path has a slash, as `./python`, or is a folder with a `base.toml` that is none of the
/// platform's.
fn definition(text: &str) -> Result<Definition> {
    let folder = Path::new(text);
    if text.contains('/') || text == "." || text == ".." {
        return Definition::load(folder);
    }
    match Definition::embedded(text) {
        Some(definition) => Ok(definition),
        None if folder.join("base.toml").is_file() => Definition::load(folder),
        None => Err(base::unknown(text)),
    }
}

fn table(built: &[Built]) -> Result<String> {
    let mut table = Table::new(["IMAGE", "SIZE", "STATE"]);
    for built in built {
        let image = &built.image;
        let name = base::repository(&image.name, None)?.tagged(image.id.short())?;
        let state = if built.unchanged { "up to date" } else { "new" };
        table.row([name.to_string().as_str(), &format::bytes(image.size), state]);
    }
    Ok(table.render())
}
