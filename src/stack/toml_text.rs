use std::fmt::Write as _;

/// `text` as a TOML string, in the form that reads best: `"…"`, `'…'`, or three quotes for lines.
pub fn string(text: &str) -> String {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let prefers_literal = text.contains(['"', '\\']) && !text.contains(is_odd);
    // A first line end after the quotes is not part of the text.
    if text.contains('\n') {
        if prefers_literal && !text.contains("'''") && !text.ends_with('\'') {
            return format!("'''\n{text}'''");
        }
        return format!("\"\"\"\n{}\"\"\"", escaped(text, true));
    }
    if prefers_literal && !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{}\"", escaped(text, false))
}

/// A list of strings on one line.
pub fn list(texts: &[String]) -> String {
    let strings: Vec<_> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", strings.join(", "))
}

fn escaped(text: &str, keep_lines: bool) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\n' if keep_lines => escaped.push('\n'),
            '"' | '\\' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            '\r' => escaped.push_str("\\r"),
            c if c.is_control() => {
                write!(escaped, "\\u{:04X}", u32::from(c)).expect("a String takes all");
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_the_form_that_reads_best() {
        for (text, toml) in [
            ("npm ci", r#""npm ci""#),
            (r#"x "a""#, r#"'x "a"'"#),
            (r#"x "a" 'b'"#, r#""x \"a\" 'b'""#),
            ("a\nb\n", "\"\"\"\na\nb\n\"\"\""),
            ("a \"b\"\nc\\d\n", "'''\na \"b\"\nc\\d\n'''"),
            ("\"\"\"\n'''", "\"\"\"\n\\\"\\\"\\\"\n'''\"\"\""),
            ("a\u{7}\u{7f}\u{85}", r#""a\u0007\u007F\u0085""#),
        ] {
            assert_eq!(string(text), toml);
        }
        assert_eq!(list(&["a".to_owned(), "b".to_owned()]), r#"["a", "b"]"#);
        assert_eq!(list(&[]), "[]");
    }

    proptest! {
        #[test]
        fn reads_back(text in r#"([\x00-\x7f]|['"\\\n\r]|\PC|.){0,40}"#) {
            let document: toml::Table = toml::from_str(&format!("a = {}", string(&text))).unwrap();
            prop_assert_eq!(document["a"].as_str(), Some(text.as_str()));
        }
    }
}
