use std::fmt;

use serde::Serialize;

/// A git object's id: 40 or 64 lower-case hex digits, not all zero. A commit, or an annotated tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ObjectId(String);

/// What hosts write in `before` and `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RefValue {
    /// All zero: the ref does not exist on that side.
    Nothing,
    /// It points there.
    Object(ObjectId),
}

impl ObjectId {
    /// `None` when the text is none, or all zero.
    pub fn parse(text: &str) -> Option<Self> {
        match RefValue::parse(text)? {
            RefValue::Object(id) => Some(id),
            RefValue::Nothing => None,
        }
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RefValue {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hex = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !hex || !matches!(text.len(), 40 | 64) {
            return None;
        }
        if text.bytes().all(|byte| byte == b'0') {
            return Some(Self::Nothing);
        }
        Some(Self::Object(ObjectId(text.to_owned())))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_gits_hashes_are_known() {
        for length in [40, 64] {
            let text = "9".repeat(length);
            assert_eq!(ObjectId::parse(&text).unwrap().as_str(), text);
            assert_eq!(
                RefValue::parse(&"0".repeat(length)),
                Some(RefValue::Nothing)
            );
            assert_eq!(ObjectId::parse(&"0".repeat(length)), None);
        }
    }

    #[test]
    fn everything_else_is_none() {
        let lengths = [0, 7, 39, 41, 63, 65, 128].map(|length| "a".repeat(length));
        let others = [
            "A".repeat(40),
            "g".repeat(40),
            "é".repeat(20),
            format!("-{}", "a".repeat(39)),
        ];
        for text in lengths.iter().chain(&others) {
            assert_eq!(RefValue::parse(text), None, "{text}");
        }
    }
}
