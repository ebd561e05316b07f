use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// What follows the marked place is of no use beyond this many bytes.
const AFTER: usize = 200;

/// The line of `text` that `span` begins in, with place and caret; with a `title` above and hints
/// below. Never lets a control character through.
pub(super) fn render(
    path: &str,
    text: &str,
    span: &Range<usize>,
    title: Option<&str>,
    hints: &[String],
) -> String {
    let place = Place::of(text, span);
    let snippet = Snippet::source(&place.line)
        .line_start(place.number)
        .path(path)
        .annotation(AnnotationKind::Primary.span(place.marked.clone()));
    let mut group = match title {
        Some(title) => Level::ERROR.primary_title(title).element(snippet),
        None => Group::with_level(Level::ERROR).element(snippet),
    };
    for hint in hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    Renderer::plain().render(&[group])
}

/// The one-based number of the line that byte `at` is in.
pub(super) fn line_number(text: &str, at: usize) -> usize {
    text[..text.floor_char_boundary(at)].matches('\n').count() + 1
}

struct Place {
    number: usize,
    line: String,
    marked: Range<usize>,
}

impl Place {
    fn of(text: &str, span: &Range<usize>) -> Self {
        let at = text.floor_char_boundary(span.start);
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..]
            .find('\n')
            .map_or(text.len(), |length| at + length);
        let end = text.floor_char_boundary(end.min(at + AFTER));
        let before = shown(&text[start..at]);
        let marked = shown(text[at..end.min(span.end).max(at)].trim_end_matches('\r'));
        let after = shown(&text[end.min(span.end).max(at)..end]);
        Self {
            number: line_number(text, at),
            marked: before.len()..before.len() + marked.len(),
            line: before + &marked + &after,
        }
    }
}

/// Without what a terminal would obey: one visible character for each character, so that columns
/// stay.
pub(super) fn shown(text: &str) -> String {
    text.trim_end_matches('\r')
        .chars()
        .map(|char| match char {
            '\t' => ' ',
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'),
            '\x7f' => '\u{2421}',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            char if char.is_control() => '\u{fffd}',
            char => char,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn excerpt(text: &str, marked: &str) -> String {
        let at = text.find(marked).unwrap();
        render("app.toml", text, &(at..at + marked.len()), None, &[])
    }

    #[test]
    fn shows_place_line_and_caret() {
        assert_snapshot!(excerpt("name = \"x\"\n[build]\nbase = 1\n", "1"));
    }

    #[test]
    fn a_value_of_many_lines_is_marked_where_it_begins() {
        assert_snapshot!(excerpt(
            "script = \"\"\"\na\nb\n\"\"\"\n",
            "\"\"\"\na\nb\n\"\"\""
        ));
    }

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        let line = "a = 'x\u{1b}[31m\u{9b}2J\u{202e}\u{7}\t' # é\r\n";
        assert_snapshot!(excerpt(line, "'"));
        assert!(
            !excerpt(line, "'")
                .chars()
                .any(|c| c.is_control() && c != '\n')
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let line = format!("a = \"{}\" b = HERE {}", "x".repeat(5000), "y".repeat(5000));
        assert_snapshot!(excerpt(&line, "HERE"));
    }

    #[test]
    fn the_end_of_the_file_can_be_marked() {
        let text = "name = \"x";
        assert_snapshot!(render(
            "app.toml",
            text,
            &(text.len()..text.len()),
            None,
            &[]
        ));
        assert_snapshot!(render(
            "app.toml",
            "",
            &(0..0),
            Some("empty"),
            &["write it".into()]
        ));
    }
}
