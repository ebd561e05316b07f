mod keys;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::value::Value;
use crate::config::Script;
use crate::config::problem::{Problems, Refusal, quoted};
use crate::config::spec::{self, Grammar, Key, Kind, Presence, Table};
use crate::config::values::Converted;

/// Reads one table by its description. A key that the description doesn't have can't be read, and
/// a described key that nobody reads is a defect that [`Reader::finish`] notices.
pub(super) struct Reader<'d> {
    spec: &'static Table,
    /// As in `[header]`; empty at the top.
    path: String,
    /// What messages call it: `[build]`, `[[ports]]`, `the file`.
    header: String,
    table: &'d DeTable<'d>,
    /// The header, or what stands for it.
    span: Range<usize>,
    text: &'d str,
    problems: &'d Problems,
    read: RefCell<BTreeSet<&'static str>>,
}

impl<'d> Reader<'d> {
    pub fn new(document: &'d Spanned<DeTable<'d>>, text: &'d str, problems: &'d Problems) -> Self {
        let reader = Self {
            spec: &spec::APP,
            path: String::new(),
            header: "the file".to_owned(),
            table: document.get_ref(),
            span: document.span(),
            text,
            problems,
            read: RefCell::default(),
        };
        reader.report_unknown_keys();
        reader
    }

    /// Makes sure that the reader and the description agree.
    pub fn finish(self) {
        for key in self.spec.keys {
            debug_assert!(
                self.read.borrow().contains(key.name),
                "`{}` is never read",
                key.name
            );
        }
    }

    pub fn text<T>(&self, key: &'static str, convert: fn(&str) -> Converted<T>) -> Option<T> {
        let Kind::Text(grammar) = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        self.tell(
            value,
            value.text(&self.named(key), grammar).and_then(convert),
        )
    }

    pub fn list<T: PartialEq>(
        &self,
        key: &'static str,
        convert: fn(&str) -> Converted<T>,
    ) -> Option<Vec<T>> {
        let Kind::List(grammar) = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        let items = self.tell(value, value.array(&self.named(key), "a list of strings"))?;
        let mut list = Vec::new();
        for item in items {
            let item = Value(item);
            let converted = item
                .text(&format!("an item of {}", self.named(key)), grammar)
                .and_then(convert);
            let Some(converted) = self.tell(item, converted) else {
                continue;
            };
            if list.contains(&converted) {
                let twice = format!(
                    "{} is listed twice",
                    quoted(self.text.get(item.span()).unwrap_or_default())
                );
                self.problems.add(item.span(), Refusal::new(twice));
            } else {
                list.push(converted);
            }
        }
        Some(list)
    }

    pub fn texts(
        &self,
        key: &'static str,
        name: fn(&str) -> Converted<String>,
    ) -> BTreeMap<String, String> {
        let Kind::Texts { names, values } = self.spec(key).kind else {
            self.misread(key)
        };
        self.map(key, names, name, |path, value| {
            value.text(path, values).map(str::to_owned)
        })
    }

    pub fn integers(
        &self,
        key: &'static str,
        name: fn(&str) -> Converted<String>,
    ) -> BTreeMap<String, u32> {
        let Kind::Integers { names, max } = self.spec(key).kind else {
            self.misread(key)
        };
        self.map(key, names, name, |path, value| value.integer(path, 0, max))
    }

    pub fn integer<T: TryFrom<u32>>(&self, key: &'static str) -> Option<T> {
        let Kind::Integer { min, max } = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        let number = self.tell(value, value.integer(&self.named(key), min, max))?;
        number.try_into().ok()
    }

    pub fn number(&self, key: &'static str) -> Option<f64> {
        let Kind::Number { max } = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        self.tell(value, value.number(&self.named(key), max))
    }

    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let Kind::Flag = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        self.tell(value, value.flag(&self.named(key)))
    }

    pub fn script(&self, key: &'static str) -> Option<Script> {
        let Kind::Script = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        match value.script(&self.named(key), self.text) {
            Ok(script) => Some(script),
            Err((span, refusal)) => {
                self.problems.add(span, refusal);
                None
            }
        }
    }

    /// `[key]`.
    pub fn table<T>(&self, key: &'static str, read: fn(Reader<'d>) -> Option<T>) -> Option<T> {
        let Kind::Table(table) = self.spec(key).kind else {
            self.misread(key)
        };
        let value = self.value(key)?;
        read(self.inner(table, self.path_of(key), value)?)
    }

    /// `[[key]]`: each table with its reader's span.
    pub fn tables<T>(
        &self,
        key: &'static str,
        read: fn(Reader<'d>) -> Option<T>,
    ) -> Vec<Spanned<T>> {
        let Kind::Tables(table) = self.spec(key).kind else {
            self.misread(key)
        };
        let path = self.path_of(key);
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let expected = format!("a list of tables (`[[{path}]]`)");
        let Some(items) = self.tell(value, value.array(&self.named(key), &expected)) else {
            return Vec::new();
        };
        let read_item = |item| {
            let header = format!("[[{path}]]");
            let reader = self.inner_with_header(table, path.clone(), header, Value(item))?;
            let span = reader.span.clone();
            Some(Spanned::new(span, read(reader)?))
        };
        items.iter().filter_map(read_item).collect()
    }

    /// `[key.<name>]`.
    pub fn named_tables<T>(
        &self,
        key: &'static str,
        name: fn(&str) -> Converted<String>,
        read: impl Fn(Reader<'d>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let Kind::Named { names, table } = self.spec(key).kind else {
            self.misread(key)
        };
        let path = self.path_of(key);
        self.entries(key, names, name, |name, value| {
            read(self.inner(table, format!("{path}.{name}"), value)?)
        })
    }

    fn spec(&self, key: &'static str) -> &'static Key {
        self.read.borrow_mut().insert(key);
        self.spec.key(key).unwrap_or_else(|| self.misread(key))
    }

    fn misread(&self, key: &str) -> ! {
        panic!("`{key}` of {} is not read as it is described", self.header)
    }

    fn value(&self, key: &'static str) -> Option<Value<'d>> {
        let value = self.table.get(key);
        if value.is_none() && matches!(self.spec(key).presence, Presence::Required) {
            self.report_missing(self.spec(key));
        }
        value.map(Value)
    }

    fn inner(&self, spec: &'static Table, path: String, value: Value<'d>) -> Option<Self> {
        let header = format!("[{path}]");
        self.inner_with_header(spec, path, header, value)
    }

    fn inner_with_header(
        &self,
        spec: &'static Table,
        path: String,
        header: String,
        value: Value<'d>,
    ) -> Option<Self> {
        let expected = format!("a table (`{header}`)");
        let table = self.tell(value, value.table(&format!("`{path}`"), &expected))?;
        let reader = Self {
            spec,
            path,
            header,
            table,
            span: value.span(),
            text: self.text,
            problems: self.problems,
            read: RefCell::default(),
        };
        reader.report_unknown_keys();
        Some(reader)
    }

    fn map<T>(
        &self,
        key: &'static str,
        names: &Grammar,
        name: fn(&str) -> Converted<String>,
        read: impl Fn(&str, Value<'d>) -> Converted<T>,
    ) -> BTreeMap<String, T> {
        let path = self.path_of(key);
        self.entries(key, names, name, |name, value| {
            self.tell(value, read(&format!("`{path}.{name}`"), value))
        })
    }

    fn entries<T>(
        &self,
        key: &'static str,
        names: &Grammar,
        name: fn(&str) -> Converted<String>,
        read: impl Fn(&str, Value<'d>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let path = self.path_of(key);
        let Some(value) = self.value(key) else {
            return BTreeMap::new();
        };
        let expected = format!("a table (`[{path}]`)");
        let table = self.tell(value, value.table(&self.named(key), &expected));
        let mut map = BTreeMap::new();
        for (key, value) in table.into_iter().flatten() {
            match names.check(key.get_ref()).and_then(name) {
                Ok(name) => {
                    if let Some(value) = read(&name, Value(value)) {
                        map.insert(name, value);
                    }
                }
                Err(refusal) => self.problems.add(key.span(), refusal),
            }
        }
        map
    }

    fn tell<T>(&self, value: Value<'d>, result: Converted<T>) -> Option<T> {
        result
            .map_err(|refusal| self.problems.add(value.span(), refusal))
            .ok()
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn named(&self, key: &str) -> String {
        format!("`{}`", self.path_of(key))
    }
}
