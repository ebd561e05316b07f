//! The one place where an error becomes text.

use std::error::Error as StdError;
use std::fmt::Write;

use serde::Serialize;

use super::palette::Palette;
use super::sanitize;
use crate::{Error, Kind};

/// Whether somebody has seen what the steps wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// The error shows a failed step's last lines.
    Unseen,
    /// The progress has shown them all.
    Shown,
}

/// `error: …`, the detail block and the failed step's last lines, `caused by: …` for each cause,
/// `hint: …` for each hint. Ends with a line end.
pub fn render(error: &Error, log: Log, palette: Palette) -> String {
    let mut text = String::new();
    let message = sanitize::block(error.message());
    if error.kind() == Kind::Interrupted {
        writeln!(text, "{message}").expect("a String takes everything");
    } else {
        labelled(&mut text, &palette.failure("error"), "error", &message);
    }
    let log = error.log_text().filter(|_| log == Log::Unseen);
    for detail in error.detail_text().into_iter().chain(log) {
        let detail = sanitize::block(detail);
        text.push_str(detail.trim_end_matches('\n'));
        text.push('\n');
    }
    for cause in causes(error) {
        labelled(
            &mut text,
            &palette.strong("caused by"),
            "caused by",
            &sanitize::block(&cause),
        );
    }
    for hint in hints(error) {
        labelled(
            &mut text,
            &palette.hint("hint"),
            "hint",
            &sanitize::block(hint),
        );
    }
    text
}

/// An error for programs.
#[derive(Debug, Serialize)]
pub struct ErrorDocument {
    kind: &'static str,
    exit_code: u8,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl From<&Error> for ErrorDocument {
    fn from(error: &Error) -> Self {
        Self {
            kind: kind_name(error.kind()),
            exit_code: error.kind().exit_code(),
            message: error.message().to_owned(),
            detail: error
                .detail_text()
                .or(error.log_text())
                .map(ToOwned::to_owned),
            causes: causes(error),
            hints: hints(error).into_iter().map(ToOwned::to_owned).collect(),
        }
    }
}

/// Each source's message, without those that only repeat the one before.
fn causes(error: &Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut previous = error.message().to_owned();
    let mut next = error.source();
    while let Some(source) = next {
        let message = source.to_string();
        if !previous.contains(&message) {
            causes.push(message.clone());
        }
        previous = message;
        next = source.source();
    }
    causes
}

/// The error's hints and those of causes that are errors of ours.
fn hints(error: &Error) -> Vec<&str> {
    let mut hints: Vec<&str> = error.hints().iter().map(String::as_str).collect();
    let mut next = error.source();
    while let Some(source) = next {
        let ours = source.downcast_ref::<Error>().map_or(&[][..], Error::hints);
        hints.extend(ours.iter().map(String::as_str));
        next = source.source();
    }
    hints
}

/// Lines after the first stand below the first one's text.
fn labelled(text: &mut String, label: &str, plain_label: &str, message: &str) {
    let indent = " ".repeat(plain_label.len() + 2);
    let message = message.trim_end().replace('\n', &format!("\n{indent}"));
    writeln!(text, "{label}: {message}").expect("a String takes everything");
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Unexpected => "unexpected",
        Kind::Usage => "usage",
        Kind::Refused => "refused",
        Kind::Unavailable => "unavailable",
        Kind::BuildFailed => "build_failed",
        Kind::DeployFailed => "deploy_failed",
        Kind::Busy => "busy",
        Kind::Interrupted => "interrupted",
        Kind::Exited(_) => "exited",
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn example() -> Error {
        let root = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
        let middle = Error::unavailable("no answer from registry.example")
            .caused_by(root)
            .hint("is the VPN up?");
        Error::unavailable("cannot push shop-api:v1.2.0-g3f9c2d1a-r7")
            .caused_by(middle)
            .detail("  layer 3 of 7\n  12.3 MB sent\n")
            .hint("run `paas doctor`\nand look at its last line")
    }

    #[test]
    fn everything_has_its_place() {
        insta::assert_snapshot!(render(&example(), Log::Unseen, Palette::NONE), @r"
        error: cannot push shop-api:v1.2.0-g3f9c2d1a-r7
          layer 3 of 7
          12.3 MB sent
        caused by: no answer from registry.example
        caused by: connection refused
        hint: run `paas doctor`
              and look at its last line
        hint: is the VPN up?
        ");
    }

    #[test]
    fn what_the_progress_has_shown_is_not_shown_again() {
        let error = Error::usage("the script failed").detail("here").log("oops");
        let shown = |log| render(&error, log, Palette::NONE);
        assert_eq!(shown(Log::Unseen), "error: the script failed\nhere\noops\n");
        assert_eq!(shown(Log::Shown), "error: the script failed\nhere\n");
    }

    #[test]
    fn only_labels_are_coloured() {
        let text = render(
            &Error::usage("no").hint("yes"),
            Log::Unseen,
            Palette::COLORFUL,
        );
        assert_eq!(
            text,
            "\u{1b}[31m\u{1b}[1merror\u{1b}[0m: no\n\u{1b}[36m\u{1b}[1mhint\u{1b}[0m: yes\n"
        );
    }

    #[test]
    fn escape_sequences_of_others_do_not_reach_the_terminal() {
        let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2Jtext";
        let error = Error::usage(hostile)
            .detail(hostile)
            .caused_by(io::Error::other(hostile))
            .hint(hostile);
        let text = render(&error, Log::Unseen, Palette::NONE);
        assert_eq!(text, "error: text\ntext\nhint: text\n");
    }

    #[test]
    fn an_interruption_is_one_line() {
        let error = Error::new(Kind::Interrupted, "interrupted");
        assert_eq!(render(&error, Log::Unseen, Palette::NONE), "interrupted\n");
    }

    #[test]
    fn the_document_has_the_exit_code() {
        insta::assert_json_snapshot!(ErrorDocument::from(&example()), @r#"
        {
          "kind": "unavailable",
          "exit_code": 4,
          "message": "cannot push shop-api:v1.2.0-g3f9c2d1a-r7",
          "detail": "  layer 3 of 7\n  12.3 MB sent\n",
          "causes": [
            "no answer from registry.example",
            "connection refused"
          ],
          "hints": [
            "run `paas doctor`\nand look at its last line",
            "is the VPN up?"
          ]
        }
        "#);
    }
}
