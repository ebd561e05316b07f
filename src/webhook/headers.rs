use std::fmt;

use crate::{Error, Result};

/// More headers than any host sends.
const MAX_HEADERS: usize = 256;

/// The longest line taken, in bytes; HTTP servers draw the line here as well.
const MAX_LINE: usize = 8 * 1024;

/// A request's headers: names without regard to case, order and doubles kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads lines `Name: value`; empty lines don't count. Exit 2 names the line that is none.
    pub fn parse(text: &str) -> Result<Self> {
        let mut headers = Self::new();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() {
                continue;
            }
            let place = |error: Error| {
                Error::usage(format!(
                    "line {} of the headers is not `Name: value`",
                    index + 1
                ))
                .caused_by(error)
            };
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| place(Error::usage("it has no colon")))?;
            headers.add(name, value).map_err(place)?;
        }
        Ok(headers)
    }

    /// Adds one. Exit 2 when the name is no HTTP token or the value holds control characters.
    pub fn add(&mut self, name: &str, value: &str) -> Result<()> {
        if self.0.len() == MAX_HEADERS {
            return Err(Error::usage(format!(
                "there are more than {MAX_HEADERS} headers"
            )));
        }
        if name.len() + value.len() > MAX_LINE {
            return Err(Error::usage(format!(
                "a header is longer than {MAX_LINE} bytes"
            )));
        }
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Error::usage(
                "a header's name has characters that HTTP does not allow",
            ));
        }
        let value = value.trim_matches([' ', '\t']);
        if value.chars().any(char::is_control) {
            return Err(Error::usage(format!(
                "header `{name}` has control characters"
            )));
        }
        self.0.push((name.to_ascii_lowercase(), value.to_owned()));
        Ok(())
    }

    /// Whether it is there at all, even empty.
    pub fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The only header of that name; an empty one counts as none. Exit 3 when it stands twice: two
    /// readers could take two different ones.
    pub fn only(&self, name: &str) -> Result<Option<&str>> {
        let mut values = self.values(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Error::refused(format!("header `{name}` stands twice")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    fn values<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Names only: GitLab sends the secret itself as a value.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn names_have_no_case_and_values_lose_outer_blanks() {
        let headers = Headers::parse("X-GitHub-Event:  push \r\n\r\nx-other:a:b\n").unwrap();
        assert_eq!(headers.only("x-github-EVENT").unwrap(), Some("push"));
        assert_eq!(headers.only("X-Other").unwrap(), Some("a:b"));
        assert_eq!(headers.only("X-Missing").unwrap(), None);
    }

    #[test]
    fn doubles_are_refused_whatever_their_case() {
        let headers = Headers::parse("X-Sig: a\nx-sig: a").unwrap();
        assert_eq!(headers.only("X-Sig").unwrap_err().kind(), Kind::Refused);
    }

    #[test]
    fn empty_ones_are_there_and_say_nothing() {
        let headers = Headers::parse("X-Sig:").unwrap();
        assert!(headers.has("x-sig"));
        assert_eq!(headers.only("x-sig").unwrap(), None);
    }

    #[test]
    fn debug_output_hides_the_values() {
        let headers = Headers::parse("X-Gitlab-Token: hunter2").unwrap();
        assert_eq!(format!("{headers:?}"), r#"{"x-gitlab-token"}"#);
    }

    #[test]
    fn lines_that_are_no_headers_are_errors() {
        let long = format!("X: {}", "a".repeat(MAX_LINE));
        let many = "X: a\n".repeat(MAX_HEADERS + 1);
        let lines = [
            "no colon",
            ": value",
            " X: folded",
            "X Y: blank",
            "X : blank",
            "X: \u{1b}[2J",
            "X: a\u{85}b",
            "X: a\0b",
            "Ä: b",
            &long,
            &many,
        ];
        for text in lines {
            assert_eq!(
                Headers::parse(text).unwrap_err().kind(),
                Kind::Usage,
                "{text:.30}"
            );
        }
    }
}
