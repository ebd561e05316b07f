use std::sync::LazyLock;

use regex::Regex;

use super::fault;
use crate::{Error, Kind};

static EXIT_CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"exit code: (\d+)").expect("a constant pattern"));
static BASE_IMAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:load metadata for|\A\[[^]]*\] FROM) (\S+)").expect("a constant pattern")
});

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum BuildFailure {
    /// A step of the Dockerfile failed.
    #[error(transparent)]
    Step(StepFailure),
    /// The engine, the context or a base image.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// A step that failed. Secrets are masked in every field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StepFailure {
    /// The marker of the `StepTitle` that the step matched.
    pub marker: Option<String>,
    /// What people read instead of the instruction; the instruction where it has no title.
    pub title: String,
    /// The instruction, as BuildKit names it.
    pub name: String,
    /// How its command ended, when it was a command.
    pub exit_code: Option<i64>,
    /// The last 30 lines it wrote.
    pub last_lines: Vec<String>,
    /// BuildKit's words.
    pub message: String,
}

impl StepFailure {
    pub(super) fn new(
        marker: Option<String>,
        title: String,
        name: String,
        message: String,
        last_lines: Vec<String>,
    ) -> Self {
        let exit_code = EXIT_CODE
            .captures_iter(&message)
            .last()
            .and_then(|found| found[1].parse().ok());
        Self {
            marker,
            title,
            name,
            exit_code,
            last_lines,
            message,
        }
    }
}

impl StepFailure {
    /// In one line: `exit status 2`, or BuildKit's first words where no command ran.
    pub(super) fn how(&self) -> String {
        match self.exit_code {
            Some(code) => format!("exit status {code}"),
            None => self.message.lines().next().unwrap_or_default().to_owned(),
        }
    }
}

impl BuildFailure {
    /// Sorts out what a failed vertex means for the user.
    pub(super) fn of_step(step: StepFailure) -> Self {
        let wrote = step.last_lines.iter().map(String::as_str);
        if let Some(full) = wrote
            .chain([step.message.as_str()])
            .find_map(fault::disk_full)
        {
            return Self::Engine(full.log(step.last_lines.join("\n")));
        }
        match BASE_IMAGE.captures(&step.name) {
            Some(found) => Self::Engine(base_image(&found[1], &step.message)),
            None => Self::Step(step),
        }
    }

    /// A failure that no step had.
    pub(super) fn of_engine(message: &str) -> Self {
        let error = fault::disk_full(message).unwrap_or_else(|| {
            let kind = if message.contains("dockerfile parse error") {
                Kind::Unexpected
            } else {
                Kind::Unavailable
            };
            Error::new(kind, "the Docker Engine could not build the image")
                .caused_by(message.to_owned())
        });
        Self::Engine(error)
    }
}

impl From<BuildFailure> for Error {
    fn from(failure: BuildFailure) -> Self {
        match failure {
            BuildFailure::Engine(error) => error,
            BuildFailure::Step(step) => {
                let message = format!("the step `{}` failed: {}", step.title, step.how());
                let error = Self::new(Kind::BuildFailed, message);
                if step.last_lines.is_empty() {
                    error
                } else {
                    error.log(step.last_lines.join("\n"))
                }
            }
        }
    }
}

/// The engine reports registries' answers as text only.
fn base_image(reference: &str, message: &str) -> Error {
    let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    let error = if says(&["denied", "unauthorized", "authorization", "403 Forbidden"]) {
        Error::refused(format!(
            "the base image `{reference}` doesn't exist, or needs a login"
        ))
        .hint("check its name, or log in: `docker login`")
    } else if says(&[": not found", "manifest unknown"]) {
        Error::usage(format!("the base image `{reference}` doesn't exist"))
            .hint("check its name and tag")
    } else {
        Error::unavailable(format!("the base image `{reference}` can't be fetched"))
            .hint("check that the engine reaches its registry")
    };
    error.caused_by(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(name: &str, message: &str, lines: &[&str]) -> BuildFailure {
        let lines = lines.iter().map(ToString::to_string).collect();
        let title = name.to_owned();
        BuildFailure::of_step(StepFailure::new(
            None,
            title,
            name.into(),
            message.into(),
            lines,
        ))
    }

    #[test]
    fn tells_whose_fault_it_is() {
        let metadata = "[internal] load metadata for registry.example/base:1";
        for (name, message, lines, kind) in [
            (
                "[2/3] RUN x",
                "process \"x\" did not complete: exit code: 3",
                vec!["oops"],
                Kind::BuildFailed,
            ),
            (
                "[2/3] RUN x",
                "exit code: 1",
                vec!["cp: No space left on device"],
                Kind::Unavailable,
            ),
            (
                "[2/3] COPY a b",
                "failed to compute cache key: \"/a\" not found: not found",
                vec![],
                Kind::BuildFailed,
            ),
            (
                "[build 1/4] FROM registry.example/base:1",
                "failed to copy: httpReadSeeker: unexpected EOF",
                vec![],
                Kind::Unavailable,
            ),
            (
                metadata,
                "registry.example/base:1: not found",
                vec![],
                Kind::Usage,
            ),
            (
                metadata,
                "pull access denied, repository does not exist",
                vec![],
                Kind::Refused,
            ),
            (
                metadata,
                "dial tcp: lookup registry.example: no such host",
                vec![],
                Kind::Unavailable,
            ),
        ] {
            assert_eq!(
                Error::from(failed(name, message, &lines)).kind(),
                kind,
                "{message}"
            );
        }
    }

    #[test]
    fn reads_the_exit_code_of_both_generations() {
        for message in [
            "executor failed running [/bin/sh -c exit code: 1]: exit code: 42",
            "process \"/bin/sh -c x\" did not complete successfully: exit code: 42",
        ] {
            let BuildFailure::Step(step) = failed("[1/1] RUN x", message, &[]) else {
                panic!("{message}")
            };
            assert_eq!(step.exit_code, Some(42));
        }
    }
}
