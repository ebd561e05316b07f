use std::collections::VecDeque;

use super::redact::Redactor;

/// A line that doesn't end is shown in pieces of about this size.
const LONGEST_LINE: usize = 64 * 1024;
const LAST_LINES: usize = 30;

/// Puts the chunks of one output stream together to lines, without secrets.
#[derive(Default)]
pub(crate) struct LineBuffer {
    partial: Vec<u8>,
}

impl LineBuffer {
    /// The lines that `chunk` completes.
    pub(crate) fn push(&mut self, chunk: &[u8], redactor: &Redactor) -> Vec<String> {
        self.partial.extend_from_slice(chunk);
        let mut lines = Vec::new();
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', &self.partial) {
            lines.push(shown(&redactor.bytes(&self.partial[from..at])));
            from = at + 1;
        }
        self.partial.drain(..from);
        if self.partial.len() > LONGEST_LINE {
            // The end may be a secret's beginning: it waits for the rest.
            let clean = redactor.bytes(&self.partial);
            let wait = redactor.longest_beginning().min(clean.len());
            let (now, later) = clean.split_at(clean.len() - wait);
            lines.push(shown(now));
            self.partial = later.to_vec();
        }
        lines
    }

    /// What was written after the last line end.
    pub(crate) fn rest(&mut self, redactor: &Redactor) -> Option<String> {
        let partial = std::mem::take(&mut self.partial);
        (!partial.is_empty()).then(|| shown(&redactor.bytes(&partial)))
    }
}

/// A progress bar redraws its line after each carriage return: the last drawing counts.
fn shown(line: &[u8]) -> String {
    let drawings = line.split(|&byte| byte == b'\r');
    let last = drawings.rev().find(|drawing| !drawing.is_empty());
    String::from_utf8_lossy(last.unwrap_or_default()).into_owned()
}

/// The end of a step's output.
#[derive(Default)]
pub(super) struct LastLines(VecDeque<String>);

impl LastLines {
    pub(super) fn push(&mut self, line: String) {
        if self.0.len() == LAST_LINES {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::SecretBytes;

    #[test]
    fn makes_lines_of_chunks() {
        let mut buffer = LineBuffer::default();
        let none = Redactor::default();
        assert_eq!(buffer.push(b"one\ntw", &none), ["one"]);
        assert_eq!(
            buffer.push(b"o\r\n\n10%\r20%\r\n", &none),
            ["two", "", "20%"]
        );
        assert_eq!(buffer.push(b"\xff\xfe rest", &none), [""; 0]);
        assert_eq!(buffer.rest(&none).as_deref(), Some("\u{fffd}\u{fffd} rest"));
        assert_eq!(buffer.rest(&none), None);
    }

    #[test]
    fn masks_across_chunks_in_endless_lines() {
        let redactor = Redactor::new(&[SecretBytes::new("canary-canary")]);
        let mut output = vec![b'x'; 3 * LONGEST_LINE];
        for at in (0..output.len() - 20).step_by(1_021) {
            output[at..at + 13].copy_from_slice(b"canary-canary");
        }
        for size in [1_000, 4_096, 70_000] {
            let mut buffer = LineBuffer::default();
            let mut text = String::new();
            for chunk in output.chunks(size) {
                text.extend(buffer.push(chunk, &redactor));
            }
            text.extend(buffer.rest(&redactor));
            assert!(!text.contains("canary"), "{size}");
            assert!(text.contains("***"));
        }
    }

    #[test]
    fn keeps_the_last_thirty() {
        let mut last = LastLines::default();
        (0..100).for_each(|n| last.push(n.to_string()));
        let lines = last.take();
        assert_eq!(
            (lines.len(), lines[0].as_str(), lines[29].as_str()),
            (30, "70", "99")
        );
    }
}
