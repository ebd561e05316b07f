use std::cell::RefCell;
use std::ops::Range;

use super::excerpt;
use crate::Error;

/// More than these are not shown.
const SHOWN: usize = 20;

/// Something wrong at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub span: Range<usize>,
    pub message: String,
    pub hints: Vec<String>,
}

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub message: String,
    pub hint: Option<String>,
}

impl Refusal {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub fn add(&self, span: Range<usize>, refusal: Refusal) {
        self.0.borrow_mut().push(Problem {
            span,
            message: excerpt::shown(&refusal.message),
            hints: refusal.hint.into_iter().collect(),
        });
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// One error that shows them all in the file's order.
    pub fn into_error(self, path: &str, text: &str) -> Error {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| problem.span.start);
        let count = problems.len();
        if let [problem] = problems.as_slice() {
            let excerpt = excerpt::render(path, text, &problem.span, None, &[]);
            let error = Error::usage(problem.message.clone()).detail(excerpt);
            return problem.hints.iter().fold(error, Error::hint);
        }
        let mut excerpts: Vec<String> = problems
            .iter()
            .take(SHOWN)
            .map(|p| excerpt::render(path, text, &p.span, Some(&p.message), &p.hints))
            .collect();
        if count > SHOWN {
            excerpts.push(format!("… and {} more", count - SHOWN));
        }
        Error::usage(format!("{path} has {count} errors")).detail(excerpts.join("\n\n"))
    }
}

/// What is wrong with a TOML file of another kind than `app.toml`, with its place.
pub(crate) fn toml_error(path: &str, text: &str, error: &toml::de::Error) -> Error {
    let problems = Problems::default();
    let span = error.span().unwrap_or(0..0);
    problems.add(span, Refusal::new(error.message()));
    problems.into_error(path, text)
}

/// A value as a message shows it: in quotes, without control characters, and short.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.is_empty() {
        return "an empty string".to_owned();
    }
    let mut short = String::new();
    for char in text.chars().take(LONGEST) {
        if char.is_control() {
            short.extend(char.escape_debug());
        } else {
            short.push(char);
        }
    }
    let cut = if text.chars().nth(LONGEST).is_some() {
        "…"
    } else {
        ""
    };
    format!("`{short}{cut}`")
}
