//! What differs between two objects, field by field, without what the server writes itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cluster::FieldChange;

/// Written by the server, or by us to remember things.
const NOT_COMPARED: [&str; 5] = [
    "managedFields",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
];
const MASK: &str = "***";

/// What makes `after` of `before`. Values of Secrets are masked.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<FieldChange> {
    let is_secret = after["kind"] == "Secret";
    let (before, after) = (fields(before), fields(after));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path));
    let shown = |path: &String, value: Option<&String>| {
        let masked = is_secret && path.starts_with("data.");
        value.map(|value| {
            if masked {
                MASK.to_owned()
            } else {
                value.clone()
            }
        })
    };
    changed
        .map(|path| FieldChange {
            path: path.clone(),
            before: shown(path, before.get(path)),
            after: shown(path, after.get(path)),
        })
        .collect()
}

fn fields(object: &Value) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let Some(parts) = object.as_object() else {
        return fields;
    };
    for (name, part) in parts {
        match name.as_str() {
            "status" | "apiVersion" | "kind" => {}
            "metadata" => {
                for (name, part) in part.as_object().into_iter().flatten() {
                    // Objects of two releases have names of their own.
                    let is_ours = matches!(name.as_str(), "name" | "namespace" | "ownerReferences");
                    if !is_ours && !NOT_COMPARED.contains(&name.as_str()) {
                        add(&mut fields, &format!("metadata.{name}"), part);
                    }
                }
            }
            name => add(&mut fields, name, part),
        }
    }
    fields.retain(|path, _| !path.contains("io.paas.") && !path.contains("kubernetes.io/revision"));
    fields
}

/// Lists are told apart by the names of what is in them, where it has names.
fn add(fields: &mut BTreeMap<String, String>, path: &str, value: &Value) {
    match value {
        Value::Object(parts) => {
            for (name, part) in parts {
                add(fields, &format!("{path}.{name}"), part);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = item["name"].as_str();
                let key = name.map_or_else(|| index.to_string(), str::to_owned);
                add(fields, &format!("{path}[{key}]"), item);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            fields.insert(path.to_owned(), text.clone());
        }
        other => {
            fields.insert(path.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(before: &Value, after: &Value) -> Vec<String> {
        let changes = changes(before, after);
        changes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn fields_are_compared_by_their_names() {
        let before = json!({
            "kind": "Deployment",
            "metadata": { "name": "shop-web-1", "uid": "a", "labels": { "io.paas.release": "1" } },
            "spec": { "containers": [
                { "name": "web", "image": "shop:1", "env": [{ "name": "A", "value": "1" }] },
            ] },
            "status": { "replicas": 1 },
        });
        let mut after = before.clone();
        after["metadata"] = json!({ "name": "shop-web-2", "labels": { "io.paas.release": "2" } });
        after["spec"]["containers"][0]["image"] = json!("shop:2");
        after["spec"]["containers"][0]["env"] =
            json!([{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }]);
        after["status"] = json!({});
        assert_eq!(
            lines(&before, &after),
            [
                "+ spec.containers[web].env[B].name = B",
                "+ spec.containers[web].env[B].value = 2",
                "~ spec.containers[web].image: shop:1 → shop:2",
            ]
        );
    }

    #[test]
    fn values_of_secrets_are_not_shown() {
        let before = json!({ "kind": "Secret", "data": { "TOKEN": "b2xk" } });
        let after = json!({ "kind": "Secret", "data": { "TOKEN": "bmV3" } });
        assert_eq!(lines(&before, &after), ["~ data.TOKEN: *** → ***"]);
    }
}
