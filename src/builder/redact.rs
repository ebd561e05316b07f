use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;
use zeroize::Zeroizing;

/// Shorter values would mask half of every log and give themselves away by it.
const SHORTEST: usize = 4;
const MASK: &[u8] = b"***";

/// A secret's value: shown by nothing, overwritten when dropped.
#[derive(Clone)]
pub struct SecretBytes(Arc<Zeroizing<Vec<u8>>>);

impl SecretBytes {
    /// Takes the value over.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Zeroizing::new(value.into())))
    }

    /// The value itself; only for handing it to whoever needs it.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(***)")
    }
}

/// Replaces secrets in text that is about to be shown. Knows each secret as a whole and line by
/// line, since logs come in lines.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    patterns: Vec<SecretBytes>,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretBytes>) -> Self {
        let mut patterns = Vec::new();
        for secret in secrets {
            let lines = secret.expose().split(|&byte| byte == b'\n');
            let parts = lines.map(<[u8]>::trim_ascii).chain([secret.expose()]);
            patterns.extend(
                parts
                    .filter(|part| part.len() >= SHORTEST)
                    .map(SecretBytes::new),
            );
        }
        Self { patterns }
    }

    /// How many bytes at the end of an unfinished text may be the beginning of a secret.
    pub(crate) fn longest_beginning(&self) -> usize {
        let lengths = self.patterns.iter().map(|pattern| pattern.expose().len());
        lengths.max().unwrap_or(1) - 1
    }

    /// `bytes` with every secret masked.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(bytes.len());
        let mut copied = 0;
        for found in self.occurrences(bytes) {
            clean.extend_from_slice(&bytes[copied..found.start]);
            clean.extend_from_slice(MASK);
            copied = found.end;
        }
        clean.extend_from_slice(&bytes[copied..]);
        clean
    }

    /// `text` with every secret masked.
    pub(crate) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Where secrets are, in order; those that overlap or touch are one.
    fn occurrences(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for pattern in self.patterns.iter().map(SecretBytes::expose) {
            let mut from = 0;
            while let Some(at) = memmem::find(&bytes[from..], pattern) {
                let start = from + at;
                found.push(start..start + pattern.len());
                from = start + 1;
            }
        }
        found.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_secrets_however_they_lie() {
        let secrets = ["hunter22", "ter22xyz", "line one\r\nline two\n\nab"].map(SecretBytes::new);
        let redactor = Redactor::new(&secrets);
        for (text, clean) in [
            ("nothing here", "nothing here"),
            ("a hunter22 b", "a *** b"),
            ("hunter22xyz!", "***!"),
            ("hunter22hunter22", "***"),
            ("<line one>", "<***>"),
            ("line two", "***"),
            ("ab is too short", "ab is too short"),
        ] {
            assert_eq!(redactor.text(text), clean);
        }
        assert!(!format!("{secrets:?}").contains("hunter"));
    }

    #[test]
    fn a_repetitive_secret_leaves_no_rest() {
        let redactor = Redactor::new(&[SecretBytes::new("aaaa")]);
        assert_eq!(redactor.text("baaaaaac"), "b***c");
    }
}
