//! Questions. Only where somebody can answer: never without a terminal, in CI or with `--yes`.

use std::io;

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, Password, Select};

use crate::{Error, Kind, Result};

/// Asks a person.
pub struct Prompt {
    interactive: bool,
    colors: bool,
}

impl Prompt {
    pub(super) fn new(interactive: bool, colors: bool) -> Self {
        Self {
            interactive,
            colors,
        }
    }

    /// Whether somebody is there to answer.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Yes or no; no is the default. `flag` is how to say yes without being asked.
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        self.require(question, flag)?;
        let theme = self.theme();
        Confirm::with_theme(&*theme)
            .with_prompt(question)
            .default(false)
            .interact()
            .map_err(failed)
    }

    /// A text, with a default. `flag` is how to give it without being asked.
    pub fn text(&self, question: &str, default: &str, flag: &str) -> Result<String> {
        self.require(question, flag)?;
        let theme = self.theme();
        Input::with_theme(&*theme)
            .with_prompt(question)
            .default(default.to_owned())
            .interact_text()
            .map_err(failed)
    }

    /// A text without a default; it may be empty. Only where [`Prompt::is_interactive`].
    pub fn typed(&self, question: &str) -> Result<String> {
        let theme = self.theme();
        Input::with_theme(&*theme)
            .with_prompt(question)
            .allow_empty(true)
            .interact_text()
            .map_err(failed)
    }

    /// A text that is not shown while it is typed. Only where [`Prompt::is_interactive`].
    pub fn password(&self, question: &str) -> Result<String> {
        let theme = self.theme();
        Password::with_theme(&*theme)
            .with_prompt(question)
            .interact()
            .map_err(failed)
    }

    /// One of `choices`, by its place; the first is the default. `flag` is how to choose without
    /// being asked.
    pub fn choose(&self, question: &str, choices: &[String], flag: &str) -> Result<usize> {
        self.require(question, flag)?;
        let theme = self.theme();
        Select::with_theme(&*theme)
            .with_prompt(question)
            .items(choices)
            .default(0)
            .interact()
            .map_err(failed)
    }

    fn require(&self, question: &str, flag: &str) -> Result<()> {
        if self.interactive {
            return Ok(());
        }
        let question = question.trim_end_matches(['?', ':']);
        Err(
            Error::usage(format!("nobody can be asked here: {question}?"))
                .hint(format!("give the answer with `{flag}`")),
        )
    }

    fn theme(&self) -> Box<dyn Theme> {
        if self.colors {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        }
    }
}

fn failed(error: dialoguer::Error) -> Error {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        Error::new(Kind::Interrupted, "interrupted")
    } else {
        Error::unexpected("cannot read the answer").caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_the_flag_is_named() {
        let error = Prompt::new(false, false)
            .confirm("Delete 3 images?", "--yes")
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(
            error.message(),
            "nobody can be asked here: Delete 3 images?"
        );
        assert_eq!(error.hints(), ["give the answer with `--yes`"]);
    }
}
