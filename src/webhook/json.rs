//! JSON that nobody vouches for, read strictly: what a second reader could take for something else
//! is an error, and every error names the field.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::{Error, Result};

/// More values than any host's payload has; it bounds the memory that a body can take.
const MAX_VALUES: usize = 1_000_000;

/// A JSON value. Numbers are only checked: no field of ours is one.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Value>),
    /// Sorted by name. A slice, since maps take ten times the memory of a small hostile object.
    Object(Box<[(String, Value)]>),
}

impl Value {
    /// Reads a whole document. Exit 2 for anything but well-formed JSON: a name that stands twice,
    /// too deep (128) or too many values included.
    pub(super) fn parse(body: &[u8]) -> Result<Self> {
        let count = Cell::new(0);
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        Seed { count: &count }
            .deserialize(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value))
            .map_err(|error| Error::usage("the payload is not valid JSON").caused_by(error))
    }

    /// The document itself, to reach its fields from.
    pub(super) fn root(&self) -> Field<'_> {
        Field {
            path: String::new(),
            value: Some(self),
        }
    }

    fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    count: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count.set(self.count.get() + 1);
        if self.count.get() > MAX_VALUES {
            return Err(D::Error::custom(format_args!(
                "there are more than {MAX_VALUES} values"
            )));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(self)? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some(name) = access.next_key::<String>()? {
            object.push((name, access.next_value_seed(self)?));
        }
        object.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        if let Some(pair) = object.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let name = &pair[0].0;
            return Err(A::Error::custom(format_args!(
                "field {name:.64?} stands twice"
            )));
        }
        Ok(Value::Object(object.into_boxed_slice()))
    }
}

/// A place in the document, which may be empty; `null` counts as empty.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    path: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// The field `name` of this object; empty when this is empty.
    pub(super) fn get(&self, name: &str) -> Result<Field<'a>> {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let value = match self.value {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => object
                .binary_search_by(|(known, _)| known.as_str().cmp(name))
                .ok()
                .map(|index| &object[index].1),
            Some(other) => return Err(self.mismatch(other, "an object")),
        };
        Ok(Field {
            path,
            value: value.filter(|value| **value != Value::Null),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.value.is_none()
    }

    pub(super) fn text(&self) -> Result<Option<&'a str>> {
        match self.value {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(other) => Err(self.mismatch(other, "text")),
        }
    }

    pub(super) fn required_text(&self) -> Result<&'a str> {
        self.text()?.ok_or_else(|| self.missing())
    }

    /// Text that `read` understands; `what` it should be is for the message.
    pub(super) fn parsed<T>(
        &self,
        what: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>> {
        self.text()?
            .map(|text| read(text).ok_or_else(|| self.not(what)))
            .transpose()
    }

    pub(super) fn flag(&self) -> Result<bool> {
        match self.value {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.mismatch(other, "true or false")),
        }
    }

    /// The list's items; none when this is empty.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = Field<'a>>> {
        let list = match self.value {
            None => &[],
            Some(Value::List(list)) => list.as_slice(),
            Some(other) => return Err(self.mismatch(other, "a list")),
        };
        let path = self.path.clone();
        Ok(list.iter().enumerate().map(move |(index, value)| Field {
            path: format!("{path}[{index}]"),
            value: Some(value),
        }))
    }

    pub(super) fn missing(&self) -> Error {
        Error::usage(format!("field `{}` of the payload is missing", self.path))
    }

    pub(super) fn not(&self, what: &str) -> Error {
        Error::usage(format!(
            "field `{}` of the payload is not {what}",
            self.path
        ))
    }

    fn mismatch(&self, value: &Value, expected: &str) -> Error {
        let place = match self.path.as_str() {
            "" => "the payload".to_owned(),
            path => format!("field `{path}` of the payload"),
        };
        Error::usage(format!("{place} is {}, not {expected}", value.describe()))
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::Kind;

    fn cause(body: &[u8]) -> String {
        let error = Value::parse(body).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        error.source().unwrap().to_string()
    }

    #[test]
    fn hostile_documents_are_errors() {
        let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
        let deep_objects = b"{\"a\":".repeat(10_000);
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        let cases: &[(&[u8], &str)] = &[
            (b"", "EOF while parsing"),
            (b"{", "EOF while parsing"),
            (b"{} {}", "trailing characters"),
            (b"{\"a\":1,\"a\":2}", "field \"a\" stands twice"),
            (
                b"{\"x\":{\"a\":1,\"\\u0061\":2}}",
                "field \"a\" stands twice",
            ),
            (b"[1e999]", "number out of range"),
            (b"[01]", "invalid number"),
            (b"[NaN]", "expected value"),
            (b"\xff\xfe", "expected value"),
            (b"\xef\xbb\xbf{}", "expected value"),
            (b"\"\xc3\x28\"", "invalid unicode"),
            (b"\"\\ud800\"", "unexpected end of hex escape"),
            (b"\"a\nb\"", "control character"),
            (b"payload=%7B%7D", "expected value"),
            (&deep, "recursion limit exceeded"),
            (&deep_objects, "recursion limit exceeded"),
            (many.as_bytes(), "more than 1000000 values"),
        ];
        for (body, expected) in cases {
            let cause = cause(body);
            assert!(
                cause.contains(expected),
                "{:.40}: {cause}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn errors_name_the_field() {
        let value =
            Value::parse(br#"{"a":{"b":[{"c":1},2]},"n":null,"l":18446744073709551616}"#).unwrap();
        let a = value.root().get("a").unwrap();
        let items: Vec<_> = a.get("b").unwrap().items().unwrap().collect();
        let messages = [
            a.text().unwrap_err(),
            a.get("b").unwrap().get("x").unwrap_err(),
            a.get("b").unwrap().flag().unwrap_err(),
            items[0].get("c").unwrap().text().unwrap_err(),
            items[1].get("c").unwrap_err(),
            a.get("x")
                .unwrap()
                .get("y")
                .unwrap()
                .required_text()
                .unwrap_err(),
            value.root().get("n").unwrap().required_text().unwrap_err(),
            value.root().get("l").unwrap().items().err().unwrap(),
            value.root().items().err().unwrap(),
        ]
        .map(|error| error.message().to_owned())
        .join("\n");
        insta::assert_snapshot!(messages, @r"
        field `a` of the payload is an object, not text
        field `a.b` of the payload is a list, not an object
        field `a.b` of the payload is a list, not true or false
        field `a.b[0].c` of the payload is a number, not text
        field `a.b[1]` of the payload is a number, not an object
        field `a.x.y` of the payload is missing
        field `n` of the payload is missing
        field `l` of the payload is a number, not a list
        the payload is an object, not a list
        ");
    }
}
