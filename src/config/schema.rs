//! The JSON Schema of `app.toml`, for editors. Made from the description that the reader follows.

use serde_json::{Map, Value, json};

use super::spec::{self, Grammar, Key, Kind, Presence, SCRIPT, SCRIPT_FILE, Table};

/// A JSON Schema (draft 2020-12). It knows every key and pattern, but not the rules that hold
/// between keys.
pub fn schema() -> Value {
    let mut schema = table(&spec::APP);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("app.toml");
    schema
}

fn table(table: &Table) -> Value {
    let properties: Map<String, Value> = table
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<&str> = table
        .keys
        .iter()
        .filter(|key| matches!(key.presence, Presence::Required))
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if !table.one_of.is_empty() {
        schema["oneOf"] = table
            .one_of
            .iter()
            .map(|key| json!({ "required": [key] }))
            .collect();
    }
    schema
}

fn property(key: &Key) -> Value {
    let mut schema = kind(&key.kind);
    schema["description"] = json!(key.doc);
    if let Presence::Default(default) = key.presence {
        schema["default"] = literal(default);
    }
    if !key.example.is_empty() {
        schema["examples"] = json!([literal(key.example)]);
    }
    schema
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text(grammar) => text(grammar),
        Kind::List(grammar) => {
            json!({ "type": "array", "items": text(grammar), "uniqueItems": true })
        }
        Kind::Texts { names, values } => json!({
            "type": "object",
            "propertyNames": text(names),
            "additionalProperties": text(values),
        }),
        Kind::Integers { names, max } => json!({
            "type": "object",
            "propertyNames": text(names),
            "additionalProperties": { "type": "integer", "minimum": 0, "maximum": max },
        }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Number { max } => {
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": max })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Script => json!({ "oneOf": [text(&SCRIPT), {
            "type": "object",
            "properties": { "file": text(&SCRIPT_FILE) },
            "required": ["file"],
            "additionalProperties": false,
        }] }),
        Kind::Table(inner) => table(inner),
        Kind::Tables(inner) => json!({ "type": "array", "items": table(inner) }),
        Kind::Named {
            names,
            table: inner,
        } => json!({
            "type": "object",
            "propertyNames": text(names),
            "additionalProperties": table(inner),
        }),
    }
}

/// The reader counts bytes, a schema characters: it refuses nothing that the reader takes.
fn text(grammar: &Grammar) -> Value {
    json!({ "type": "string", "pattern": grammar.pattern, "maxLength": grammar.max })
}

/// A value written as TOML.
fn literal(toml: &str) -> Value {
    let document: Map<String, Value> =
        toml::from_str(&format!("value = {toml}")).expect("defaults and examples are TOML");
    document
        .into_iter()
        .map(|(_, value)| value)
        .collect::<Vec<_>>()
        .remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of a schema as dotted paths.
    fn keys(schema: &Value, path: &str, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            found.push(path.clone());
            keys(property, &path, found);
            keys(&property["items"], &path, found);
            keys(&property["additionalProperties"], &path, found);
        }
    }

    #[test]
    fn has_every_key() {
        let mut found = Vec::new();
        keys(&schema(), "", &mut found);
        insta::assert_snapshot!(found.join("\n"));
    }

    #[test]
    fn describes_a_section() {
        insta::assert_json_snapshot!(schema()["properties"]["health"]);
    }

    #[test]
    fn every_key_is_documented() {
        fn check(schema: &Value) {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                assert!(
                    property["description"].is_string() || name == "file",
                    "{name}"
                );
                check(property);
                check(&property["items"]);
                check(&property["additionalProperties"]);
            }
        }
        check(&schema());
    }

    #[test]
    fn examples_and_defaults_are_valid() {
        fn check(table: &Table) {
            for key in table.keys {
                let default = match key.presence {
                    Presence::Default(default) => default,
                    _ => "",
                };
                for text in [key.example, default]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                {
                    check_value(key, &literal(text));
                }
                if let Kind::Table(inner) | Kind::Tables(inner) | Kind::Named { table: inner, .. } =
                    key.kind
                {
                    check(inner);
                }
            }
        }
        check(&spec::APP);
    }

    fn check_value(key: &Key, value: &Value) {
        let text = |grammar: &Grammar, value: &Value| {
            assert!(
                grammar.accepts(value.as_str().unwrap()),
                "{}: {value}",
                key.name
            );
        };
        match &key.kind {
            Kind::Text(grammar) => text(grammar, value),
            Kind::Script => text(&SCRIPT, value),
            Kind::List(grammar) => {
                value
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|item| text(grammar, item));
            }
            Kind::Texts { names, values } => {
                for (name, value) in value.as_object().unwrap() {
                    assert!(names.accepts(name));
                    text(values, value);
                }
            }
            Kind::Integer { min, max } => {
                assert!((u64::from(*min)..=u64::from(*max)).contains(&value.as_u64().unwrap()));
            }
            Kind::Integers { .. } => assert!(value.is_object()),
            Kind::Number { .. } => assert!(value.as_f64().unwrap() > 0.0),
            Kind::Flag => assert!(value.is_boolean()),
            Kind::Table(_) | Kind::Tables(_) | Kind::Named { .. } => {
                panic!("{} needs no example", key.name)
            }
        }
    }
}
