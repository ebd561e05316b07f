//! Text that others wrote (logs, file names, commit messages, servers' answers) made safe for a
//! terminal: it can't move the cursor, set titles, hide text or write to the clipboard.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// One line: escape sequences and control characters go, a tab becomes four spaces, and of a line
/// that was redrawn with carriage returns only the last state stays.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let last_state = text
        .trim_end_matches(['\r', '\n'])
        .rsplit('\r')
        .find(|state| !state.is_empty())
        .unwrap_or_default();
    let mut safe = String::with_capacity(last_state.len());
    let mut characters = last_state.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_sequence(&mut characters),
            '\u{9b}' => skip_control_sequence(&mut characters),
            '\t' => safe.push_str("    "),
            other if is_unsafe(other) => {}
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// A block: each line as [`line`] makes it, line ends stay.
pub fn block(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(line).collect();
    Cow::Owned(lines.join("\n"))
}

/// Control characters (C0, DEL, C1) and those that reorder the text around them.
fn is_unsafe(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Skips what follows an ESC, by ECMA-48: a control sequence, a string (title, clipboard, image)
/// up to its terminator, or a two- or three-character sequence.
fn skip_sequence(characters: &mut Peekable<Chars<'_>>) {
    match characters.next() {
        Some('[') => skip_control_sequence(characters),
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(character) = characters.next() {
                match character {
                    '\u{7}' | '\u{9c}' => return,
                    '\u{1b}' => {
                        characters.next_if_eq(&'\\');
                        return;
                    }
                    _ => {}
                }
            }
        }
        Some(' '..='/') => {
            characters.next();
        }
        _ => {}
    }
}

/// Skips parameters and the final byte of a control sequence.
fn skip_control_sequence(characters: &mut Peekable<Chars<'_>>) {
    while characters.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    characters.next_if(|c| matches!(c, '@'..='~'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_text_and_loses_its_controls() {
        for (raw, safe) in [
            ("plain text, ünïcode ✓", "plain text, ünïcode ✓"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[1;1Hgone", "gone"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]52;c;ZXZpbA==\u{1b}\\after", "after"),
            ("\u{1b}Pq#0\u{1b}\\after", "after"),
            ("\u{1b}(Bcharset", "charset"),
            ("\u{9b}31mred", "red"),
            ("a\u{8}\u{8}b\u{7}", "ab"),
            ("10%\r50%\r100%\r", "100%"),
            ("windows\r\n", "windows"),
            ("a\tb", "a    b"),
            ("cut \u{1b}[3", "cut "),
            ("cut \u{1b}", "cut "),
            ("\u{1b}]0;never ended", ""),
            ("\u{202e}reordered", "reordered"),
            ("two\nlines", "twolines"),
        ] {
            assert_eq!(line(raw), safe, "{raw:?}");
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("a\n  b\n"), "a\n  b\n");
        assert_eq!(block("\u{1b}[1mone\u{1b}[0m\r\ntwo\u{7}\n"), "one\ntwo\n");
    }
}
