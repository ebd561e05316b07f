use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::{Arguments, Session};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas man | man -l -
  paas man --out ~/.local/share/man/man1";

/// `paas man`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Man {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    /// Prints the main page, or writes all.
    pub fn run(self, session: &Session) -> Result<()> {
        let pages = pages()?;
        let Some(folder) = self.out else {
            let (_, page) = pages
                .first()
                .expect("there is always the program's own page");
            return session.ui.print(&String::from_utf8_lossy(page));
        };
        let failed = |path: &PathBuf, error| {
            Error::usage(format!("cannot write {}", path.display())).caused_by(error)
        };
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        for (name, page) in pages {
            let path = folder.join(name);
            fs::write(&path, page).map_err(|error| failed(&path, error))?;
        }
        Ok(())
    }
}

/// Name and content of each page, the program's own first.
pub(super) fn pages() -> Result<Vec<(String, Vec<u8>)>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    render(&program, "paas", &mut pages)?;
    Ok(pages)
}

fn render(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let mut page = Vec::new();
    let titled = command.clone().display_name(name.to_owned());
    clap_mangen::Man::new(titled)
        .date("")
        .source(concat!("paas ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|error| Error::unexpected("cannot render the manual").caused_by(error))?;
    pages.push((format!("{name}.1"), page));
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        render(inner, &format!("{name}-{}", inner.get_name()), pages)?;
    }
    Ok(())
}
