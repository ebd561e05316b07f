//! What isn't TOML.

use std::ops::Range;

use toml::de::Error;

use crate::config::problem::{Problems, Refusal};

/// Whether what the parser made of the text can be looked at further.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Reliable,
    Unreliable,
}

/// Adds the errors that don't follow from others: those about duplicate keys, or else the first.
pub(super) fn report(text: &str, errors: &[Error], problems: &Problems) -> Tree {
    let broken = errors
        .iter()
        .filter(|error| !error.message().starts_with("duplicate key"))
        .min_by_key(|error| error.span().map_or(text.len(), |span| span.start));
    if let Some(error) = broken {
        let span = error.span().unwrap_or(0..0);
        problems.add(span.clone(), explained(text, error.message(), &span));
        return Tree::Unreliable;
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let key = text.get(span.clone()).unwrap_or_default();
        let message = format!("`{}` is there twice", key.escape_debug());
        problems.add(span, Refusal::new(message).hint("keep one of them"));
    }
    Tree::Reliable
}

fn explained(text: &str, message: &str, span: &Range<usize>) -> Refusal {
    if span.is_empty() && message.starts_with("string values must be quoted") {
        return Refusal::new("a value is missing");
    }
    if message.starts_with("string values must be quoted") {
        return Refusal::new("not TOML: a string without quotes").hint("write it in quotes");
    }
    let marked = text.get(span.start..).and_then(|rest| rest.chars().next());
    if let Some(char) = marked.filter(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Refusal::new(format!("control character U+{:04X}", u32::from(char))).hint(format!(
            "in \"…\" it is written `\\u{:04x}`",
            u32::from(char)
        ));
    }
    if message.contains("recurs") {
        return Refusal::new("nested too deeply");
    }
    Refusal::new(format!("not TOML: {message}"))
}
