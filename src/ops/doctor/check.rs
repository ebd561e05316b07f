use std::error::Error as StdError;

use serde::Serialize;

use crate::{Error, Kind};

/// Everything that was looked at; `paas doctor --json` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// In the order in which to repair them.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What: `engine`, `disk`.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// What was found.
    pub message: String,
    /// What to do about it, or what follows from it.
    pub hint: Option<String>,
    #[serde(skip)]
    fault: Fault,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Builds work, but look at it.
    Warning,
    /// Builds fail.
    Problem,
}

/// Whose a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Configuration,
    Outside,
}

impl Check {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, message)
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Warning, message)
    }

    /// A problem with the engine or a registry, in their error's words.
    pub(super) fn unavailable(name: &'static str, error: &Error) -> Self {
        let mut check = Self::problem(name, error);
        if error.kind() != Kind::Usage {
            check.fault = Fault::Outside;
        }
        check
    }

    /// A problem of files and settings, in their error's words.
    pub(super) fn problem(name: &'static str, error: &Error) -> Self {
        let mut message = error.message().to_owned();
        let mut cause = error.source();
        while let Some(inner) = cause {
            message = format!("{message}: {inner}");
            cause = inner.source();
        }
        Self {
            hint: (!error.hints().is_empty()).then(|| error.hints().join("; ")),
            ..Self::new(name, Status::Problem, message)
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            hint: None,
            fault: Fault::Configuration,
        }
    }
}

impl Diagnosis {
    /// Ends the command when there is a problem: exit 2 when a file or setting is wrong, which no
    /// further try will change, else 4.
    pub fn verdict(&self) -> Result<(), Error> {
        let is_problem = |check: &&Check| check.status == Status::Problem;
        let problems: Vec<_> = self.checks.iter().filter(is_problem).collect();
        let kind = match problems.as_slice() {
            [] => return Ok(()),
            found
                if found
                    .iter()
                    .any(|check| check.fault == Fault::Configuration) =>
            {
                Kind::Usage
            }
            _ => Kind::Unavailable,
        };
        let names: Vec<_> = problems.iter().map(|check| check.name).collect();
        Err(Error::new(
            kind,
            format!("not as it should be: {}", names.join(", ")),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit_code(checks: Vec<Check>) -> Option<u8> {
        let verdict = Diagnosis { checks }.verdict();
        verdict.err().map(|error| error.kind().exit_code())
    }

    #[test]
    fn wrong_settings_weigh_more_than_what_may_come_back() {
        let down = || Check::unavailable("engine", &Error::unavailable("down"));
        let denied = || Check::unavailable("registry", &Error::refused("no"));
        let wrong = || Check::problem("app.toml", &Error::usage("wrong"));
        let fine = || Check::warning("git", "old");
        assert_eq!(exit_code(vec![fine()]), None);
        assert_eq!(exit_code(vec![fine(), down(), denied()]), Some(4));
        assert_eq!(exit_code(vec![down(), wrong()]), Some(2));
    }

    #[test]
    fn an_error_keeps_its_causes_and_hints() {
        let error = Error::unavailable("it broke")
            .caused_by(Error::unexpected("gears").caused_by("sand"))
            .hint("oil it")
            .hint("or ride");
        let check = Check::unavailable("engine", &error);
        assert_eq!(check.message, "it broke: gears: sand");
        assert_eq!(check.hint.as_deref(), Some("oil it; or ride"));
    }
}
