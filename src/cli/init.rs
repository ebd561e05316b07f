use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::Session;
use crate::ops::init::{InitOptions, Survey, survey};
use crate::stack::Proposal;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas init                      look, ask if need be, write app.toml
  paas init --yes                ask nothing: take the best guess
  paas init --base python -C api";

/// `paas init`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// Ask nothing, take the best guess
    #[arg(short, long)]
    yes: bool,
    /// The app's name [default: that of its folder]
    #[arg(long)]
    name: Option<String>,
    /// The base image: a name that `paas base list` shows, or any image reference
    #[arg(long)]
    base: Option<String>,
    /// Replace the app.toml that is there
    #[arg(long)]
    force: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    path: &'a Path,
    base: &'a str,
    detected: &'a [String],
    notes: &'a [String],
}

impl Init {
    /// Writes an `app.toml`.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = match &session.global.directory {
            Some(folder) => folder.clone(),
            None => session.environment.current_folder()?,
        };
        let survey = survey(&InitOptions {
            folder,
            name: self.name.clone(),
            force: self.force,
            config_home: session.settings()?.config_home,
        })?;
        let proposal = self.choose(&survey, session)?;
        survey.write(&proposal)?;
        tell(&survey, &proposal, session);
        if session.global.json {
            session.ui.print_json(&Document {
                path: &survey.path,
                base: &proposal.base,
                detected: &proposal.names,
                notes: &proposal.notes,
            })?;
        }
        Ok(())
    }

    fn choose(&self, survey: &Survey, session: &Session) -> Result<Proposal> {
        if let Some(base) = &self.base {
            return survey.with_base(base);
        }
        let best = survey.best();
        let prompt = session.ui.prompt(self.yes);
        match best {
            [] if prompt.is_interactive() => {
                let names: Vec<_> = survey.choice().map(|base| base.name.as_str()).collect();
                let choices: Vec<_> = survey
                    .choice()
                    .map(|base| format!("{}: {}", base.name, base.description))
                    .collect();
                let question = "No file tells what the app is written in. Which base image?";
                let chosen = prompt.choose(question, &choices, "--base NAME")?;
                survey.with_base(names[chosen])
            }
            [] => Err(survey.nothing_found()),
            [only] => Ok(only.clone()),
            [first, ..] if self.yes => Ok(first.clone()),
            several if prompt.is_interactive() => {
                let choices: Vec<_> = several.iter().map(described).collect();
                let chosen = prompt.choose("What is the app?", &choices, "--base NAME")?;
                Ok(several[chosen].clone())
            }
            several => Err(ambiguous(several)),
        }
    }
}

fn described(proposal: &Proposal) -> String {
    format!("{} (base {})", proposal.title(), proposal.base)
}

fn ambiguous(several: &[Proposal]) -> Error {
    let described: Vec<_> = several.iter().map(described).collect();
    let flags: Vec<_> = several
        .iter()
        .map(|proposal| format!("`--base {}`", proposal.base))
        .collect();
    Error::usage(format!("the app may be {}", described.join(" or "))).hint(format!(
        "choose with {}, or take the first with `--yes`",
        flags.join(" or ")
    ))
}

fn tell(survey: &Survey, proposal: &Proposal, session: &Session) {
    let ui = &session.ui;
    if !proposal.names.is_empty() {
        ui.note(&format!("found {}", described(proposal)));
    }
    let others = survey.proposals.iter();
    for other in others.filter(|other| other.starts() && other.base != proposal.base) {
        ui.note(&format!(
            "found {} as well: `--base {}` takes it",
            other.title(),
            other.base
        ));
    }
    for note in &proposal.notes {
        ui.warning(note);
    }
    ui.note(&format!("wrote {}", survey.path.display()));
    ui.note("next: read it, commit it (`git add app.toml && git commit`), then `paas build`");
}
