use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::config::problem::{Refusal, quoted};
use crate::config::spec::{Grammar, SCRIPT, SCRIPT_FILE};
use crate::config::values::{Converted, relative};
use crate::config::{Script, ScriptSource, excerpt};

/// One value of the document.
#[derive(Clone, Copy)]
pub(super) struct Value<'d>(pub &'d Spanned<DeValue<'d>>);

impl<'d> Value<'d> {
    pub fn span(self) -> Range<usize> {
        self.0.span()
    }

    /// A string that keeps to `grammar`.
    pub fn text(self, name: &str, grammar: &Grammar) -> Converted<&'d str> {
        let unquoted = match self.0.get_ref() {
            DeValue::String(text) => return grammar.check(text),
            DeValue::Integer(integer) => integer.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            other => return Err(wrong(name, "a string", other)),
        };
        let hint = if grammar.accepts(&unquoted) {
            format!("write it in quotes: `\"{unquoted}\"`")
        } else {
            format!("{} is {}", grammar.what, grammar.rule)
        };
        Err(wrong(name, "a string", self.0.get_ref()).hint(hint))
    }

    pub fn flag(self, name: &str) -> Converted<bool> {
        match self.0.get_ref() {
            DeValue::Boolean(flag) => Ok(*flag),
            other => Err(wrong(name, "`true` or `false`", other)),
        }
    }

    pub fn integer(self, name: &str, min: u32, max: u32) -> Converted<u32> {
        let DeValue::Integer(integer) = self.0.get_ref() else {
            return Err(wrong(name, "a whole number", self.0.get_ref()));
        };
        i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| Refusal::new(format!("{name} is not between {min} and {max}")))
    }

    pub fn number(self, name: &str, max: u32) -> Converted<f64> {
        let number = match self.0.get_ref() {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .and_then(|number| i32::try_from(number).ok())
                .map(f64::from),
            DeValue::Float(float) => float.as_str().parse().ok(),
            other => return Err(wrong(name, "a number", other)),
        };
        number
            .filter(|number| *number > 0.0 && *number <= f64::from(max))
            .ok_or_else(|| Refusal::new(format!("{name} is not above 0 and at most {max}")))
    }

    pub fn array(self, name: &str, expected: &str) -> Converted<&'d DeArray<'d>> {
        match self.0.get_ref() {
            DeValue::Array(array) => Ok(array),
            other => Err(wrong(name, expected, other)),
        }
    }

    pub fn table(self, name: &str, expected: &str) -> Converted<&'d DeTable<'d>> {
        match self.0.get_ref() {
            DeValue::Table(table) => Ok(table),
            other => Err(wrong(name, expected, other)),
        }
    }

    /// `"code"` or `{ file = "path" }`; an error with its place, which may be inside the table.
    pub fn script(self, name: &str, text: &str) -> Result<Script, (Range<usize>, Refusal)> {
        let here = |refusal| (self.span(), refusal);
        let table = match self.0.get_ref() {
            DeValue::String(code) => {
                let code = grammatical_script(name, code).map_err(here)?;
                let line = Some(first_code_line(text, &self.span()));
                return Ok(Script {
                    source: ScriptSource::Inline(code),
                    line,
                });
            }
            DeValue::Table(table) => table,
            other => {
                let expected = "a script, or a table with the `file` that holds it";
                return Err(here(wrong(name, expected, other)));
            }
        };
        let form = "write `{ file = \"scripts/build.sh\" }`";
        if let Some(other) = table.keys().find(|key| key.get_ref() != "file") {
            let message = format!("{name} has no key {}", quoted(other.get_ref()));
            return Err((other.span(), Refusal::new(message).hint(form)));
        }
        let Some(file) = table.get("file").map(Value) else {
            return Err(here(
                Refusal::new(format!("{name} has no `file`")).hint(form),
            ));
        };
        let path = file
            .text(&format!("the file of {name}"), &SCRIPT_FILE)
            .and_then(relative)
            .map_err(|refusal| (file.span(), refusal))?;
        let line = Some(excerpt::line_number(text, file.span().start));
        Ok(Script {
            source: ScriptSource::File(path),
            line,
        })
    }
}

/// With the line ends that `sh` understands.
fn grammatical_script(name: &str, code: &str) -> Converted<String> {
    if SCRIPT.accepts(code) {
        return Ok(code.replace("\r\n", "\n"));
    }
    let problem = if code.trim().is_empty() {
        "is blank"
    } else if code.contains('\0') {
        "contains NUL"
    } else {
        "is longer than 64 KiB"
    };
    let refusal = Refusal::new(format!("{name} {problem}"));
    Err(match problem {
        "is longer than 64 KiB" => {
            refusal.hint("keep it in a file: `{ file = \"scripts/build.sh\" }`")
        }
        "is blank" => {
            refusal.hint("leave the key out for the default, or write `\"true\"` to do nothing")
        }
        _ => refusal,
    })
}

/// Code in `"""` begins a line below when a line end follows the quotes.
fn first_code_line(text: &str, span: &Range<usize>) -> usize {
    let line = excerpt::line_number(text, span.start);
    let rest = text.get(span.start..).unwrap_or_default();
    let opened = rest
        .strip_prefix("\"\"\"")
        .or_else(|| rest.strip_prefix("'''"));
    let below = opened.is_some_and(|code| code.starts_with('\n') || code.starts_with("\r\n"));
    line + usize::from(below)
}

fn wrong(name: &str, expected: &str, value: &DeValue<'_>) -> Refusal {
    let found = match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Refusal::new(format!("{name} takes {expected}, not {found}"))
}
