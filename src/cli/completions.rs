use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Arguments, Session};
use crate::Result;

const EXAMPLES: &str = "\
Examples:
  paas completions bash > ~/.local/share/bash-completion/completions/paas
  paas completions fish > ~/.config/fish/completions/paas.fish";

/// `paas completions`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub fn run(self, session: &Session) -> Result<()> {
        session.ui.print(&script(self.shell))
    }
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "paas", &mut script);
    String::from_utf8(script).expect("our texts are UTF-8")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::ValueEnum;

    use super::*;
    use crate::cli::man::pages;

    /// Packages install these files as they stand in the repository.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "UPDATE_COMPLETIONS=1 rewrites the files"
    )]
    fn the_files_in_the_repository_are_current() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
        let scripts = Shell::value_variants().iter().map(|shell| {
            let name = clap_complete::Generator::file_name(shell, "paas");
            (name, script(*shell).into_bytes())
        });
        let manual = pages()
            .unwrap()
            .into_iter()
            .map(|(name, page)| (format!("man/{name}"), page));
        let files: Vec<_> = scripts.chain(manual).collect();
        if std::env::var_os("UPDATE_COMPLETIONS").is_some() {
            std::fs::remove_dir_all(&folder).ok();
            std::fs::create_dir_all(folder.join("man")).unwrap();
            for (name, content) in &files {
                std::fs::write(folder.join(name), content).unwrap();
            }
        }
        for (name, content) in &files {
            let stored = std::fs::read(folder.join(name)).unwrap_or_default();
            assert!(
                stored == *content,
                "completions/{name}: run with UPDATE_COMPLETIONS=1"
            );
        }
        let stored = ["", "man"]
            .iter()
            .flat_map(|inner| folder.join(inner).read_dir().unwrap());
        let stored = stored.filter(|entry| entry.as_ref().unwrap().path().is_file());
        assert_eq!(
            stored.count(),
            files.len(),
            "a command has gone: run with UPDATE_COMPLETIONS=1"
        );
    }
}
