use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::webhook::Headers;

const PUSHES: [(Provider, &str, &[u8]); 4] = [
    (
        Provider::GitHub,
        "X-GitHub-Event: push",
        include_bytes!("../../../tests/webhook/github-push.json"),
    ),
    (
        Provider::Gitea,
        "X-Gitea-Event: push",
        include_bytes!("../../../tests/webhook/gitea-push.json"),
    ),
    (
        Provider::GitLab,
        "X-Gitlab-Event: Push Hook",
        include_bytes!("../../../tests/webhook/gitlab-push.json"),
    ),
    (
        Provider::Bitbucket,
        "X-Event-Key: repo:push",
        include_bytes!("../../../tests/webhook/bitbucket-push.json"),
    ),
];

/// Whatever is parsed keeps its grammar; whatever is not is exit 2 or 3, never a panic.
fn parse_safely(provider: Provider, headers: &str, body: &[u8]) {
    let headers = Headers::parse(headers).unwrap();
    let payload = Payload::local(provider, &headers, body).unwrap();
    match parse(&payload) {
        Ok(events) => {
            assert!(!events.is_empty());
            for push in events.iter().filter_map(Event::push) {
                assert_eq!(
                    RefName::parse(push.reference.as_str()).as_ref(),
                    Some(&push.reference)
                );
                assert!(!push.reference.short().starts_with('-'));
            }
        }
        Err(error) => assert!([2, 3].contains(&error.kind().exit_code()), "{error:?}"),
    }
}

/// Pointers to every value of a document.
fn pointers(value: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Json::Object(object) => {
            for (name, value) in object {
                pointers(value, &format!("{at}/{name}"), found);
            }
        }
        Json::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_field_of_another_type_or_missing_panics() {
    let replacements = [
        Json::Null,
        json!(true),
        json!(-1.5e300),
        json!(""),
        json!("\u{0}--upload-pack=\u{1b}]0;x\u{7}"),
        json!([]),
        json!([[null, {}]]),
        json!({}),
        json!({"ref": {}}),
    ];
    for (provider, headers, body) in PUSHES {
        let document: Json = serde_json::from_slice(body).unwrap();
        let mut found = Vec::new();
        pointers(&document, "", &mut found);
        assert!(found.len() > 20);
        for pointer in found {
            for replacement in &replacements {
                let mut changed = document.clone();
                *changed.pointer_mut(&pointer).unwrap() = replacement.clone();
                parse_safely(provider, headers, &serde_json::to_vec(&changed).unwrap());
            }
        }
    }
}

#[test]
fn a_body_cut_anywhere_is_an_error() {
    for (provider, headers, body) in PUSHES {
        let headers = Headers::parse(headers).unwrap();
        let end = body.trim_ascii_end().len();
        for length in 0..end {
            let payload = Payload::local(provider, &headers, &body[..length]).unwrap();
            assert_eq!(
                parse(&payload).unwrap_err().kind(),
                crate::Kind::Usage,
                "{length}"
            );
        }
    }
}

#[test]
fn a_name_that_stands_twice_is_an_error_on_every_host() {
    for (provider, headers, body) in PUSHES {
        let text = std::str::from_utf8(body).unwrap();
        let doubled = text.replacen('{', r#"{"repository": {}, "project": {},"#, 1);
        let headers = Headers::parse(headers).unwrap();
        let payload = Payload::local(provider, &headers, doubled.as_bytes()).unwrap();
        assert_eq!(
            parse(&payload).unwrap_err().message(),
            "the payload is not valid JSON"
        );
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
        "refs/(heads|tags|pull)/[-a./@{~\\x00-]{0,8}".prop_map(Json::from),
        "[0-9a-f]{39,41}".prop_map(Json::from),
    ];
    let name = prop::sample::select(vec![
        "ref",
        "before",
        "after",
        "repository",
        "clone_url",
        "project",
        "git_http_url",
        "commits",
        "push",
        "changes",
        "old",
        "new",
        "target",
        "hash",
        "type",
        "name",
        "object_kind",
        "added",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|object| Json::Object(object.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200), which in 0..4_usize) {
        let (provider, headers, _) = PUSHES[which];
        parse_safely(provider, headers, &body);
    }

    #[test]
    fn documents_never_panic(document in any_json(), which in 0..4_usize) {
        let (provider, headers, _) = PUSHES[which];
        parse_safely(provider, headers, &serde_json::to_vec(&document).unwrap());
    }

    #[test]
    fn a_flipped_byte_never_panics(place in any::<prop::sample::Index>(), byte in any::<u8>(), which in 0..4_usize) {
        let (provider, headers, body) = PUSHES[which];
        let mut body = body.to_vec();
        let place = place.index(body.len());
        body[place] = byte;
        parse_safely(provider, headers, &body);
    }
}
