use clap::Args;

use crate::cli::Session;
use crate::ops::{Toolbox, base};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas base push python python-runtime
  paas base push --registry registry.example:5000 machine-learning";

/// `paas base push`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Push {
    /// Bases by name; apps need their base and its runtime
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
}

impl Push {
    pub(super) fn run(self, session: &Session) -> Result<()> {
        let settings = session.settings()?;
        let registry = settings.registry_for(None).ok_or_else(|| {
            Error::usage("no registry to push to")
                .hint("set PAAS_REGISTRY, or give it with `--registry HOST`")
        })?;
        if let Some(wrong) = self.names.iter().find(|name| !crate::base::is_name(name)) {
            return Err(base::unknown(wrong));
        }
        let (settings, names) = (&settings, &self.names);
        let pushed = session.operate(|reporter| async move {
            let toolbox = Toolbox::open(settings, &reporter).await?;
            let mut pushed = Vec::new();
            for name in names {
                pushed.push(base::push(name, registry, &toolbox.tools()).await?);
            }
            Ok(pushed)
        })?;
        if session.global.json {
            return session.ui.print_json(&pushed);
        }
        let lines = pushed.iter().map(|base| {
            let repository = base.references[0].repository();
            format!("{}\n", repository.at(&base.digest))
        });
        session.ui.print(&lines.collect::<String>())
    }
}
