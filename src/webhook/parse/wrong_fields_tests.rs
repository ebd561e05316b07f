use serde_json::{Value as Json, json};

use super::*;
use crate::Kind;
use crate::webhook::Headers;

const NEW: &str = "2222222222222222222222222222222222222222";
const GITHUB: &[u8] = include_bytes!("../../../tests/webhook/github-push.json");
const GITLAB: &[u8] = include_bytes!("../../../tests/webhook/gitlab-push.json");
const BITBUCKET: &[u8] = include_bytes!("../../../tests/webhook/bitbucket-push.json");

fn events(provider: Provider, headers: &str, body: &[u8]) -> Result<Vec<Event>> {
    parse(&Payload::local(provider, &Headers::parse(headers)?, body)?)
}

/// GitHub's push with this body.
pub(super) fn github(body: &[u8]) -> Result<Event> {
    events(Provider::GitHub, "X-GitHub-Event: push", body).map(|mut events| events.remove(0))
}

/// The document with one field set to another value.
pub(super) fn changed(body: &[u8], path: &[&str], value: Json) -> Vec<u8> {
    let mut document: Json = serde_json::from_slice(body).unwrap();
    let mut place = &mut document;
    for name in path {
        place = match name.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[*name],
        };
    }
    *place = value;
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn wrong_fields_are_named() {
    let zero = "0".repeat(40);
    let cases: Vec<(&[&str], Json)> = vec![
        (&[], json!([])),
        (&[], json!("text")),
        (&["ref"], Json::Null),
        (&["ref"], json!(7)),
        (&["ref"], json!("main")),
        (&["ref"], json!("--upload-pack=touch /tmp/x")),
        (&["ref"], json!("refs/heads/--upload-pack=x")),
        (&["ref"], json!("refs/heads/../x")),
        (&["ref"], json!("refs/pull/../x")),
        (&["ref"], json!("refs/heads/a\nb")),
        (&["ref"], json!("refs/tags/a\u{0}b")),
        (&["before"], json!("")),
        (&["before"], Json::Null),
        (&["after"], json!(&NEW[1..])),
        (&["after"], json!("Z".repeat(40))),
        (&["after"], json!(1e300)),
        (&["after"], json!({"sha": zero})),
        (&["forced"], json!("true")),
        (&["repository"], Json::Null),
        (&["repository"], json!("shop-api")),
        (&["repository", "clone_url"], json!("file:///etc")),
        (
            &["repository", "clone_url"],
            json!("https://ada:hunter2@host/a b"),
        ),
        (&["repository", "default_branch"], json!("-x")),
        (&["head_commit"], json!([])),
        (&["head_commit", "message"], json!(["[skip ci]"])),
        (&["sender", "login"], json!(1)),
        (&["commits"], json!({})),
        (&["commits", "0"], json!("x")),
        (&["commits", "0", "added"], json!("x")),
        (&["commits", "0", "removed", "0"], json!(0)),
    ];
    let messages: Vec<_> = cases
        .into_iter()
        .map(|(path, value)| {
            let error = github(&changed(GITHUB, path, value)).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            error.message().to_owned()
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    the payload is a list, not an object
    the payload is text, not an object
    field `ref` of the payload is missing
    field `ref` of the payload is a number, not text
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `ref` of the payload is not a ref name that git allows
    field `before` of the payload is not an object id of 40 or 64 hex digits
    field `before` of the payload is missing
    field `after` of the payload is not an object id of 40 or 64 hex digits
    field `after` of the payload is not an object id of 40 or 64 hex digits
    field `after` of the payload is a number, not text
    field `after` of the payload is an object, not text
    field `forced` of the payload is text, not true or false
    field `repository.clone_url` of the payload is missing
    field `repository` of the payload is text, not an object
    field `repository.clone_url` of the payload is not a repository's http or ssh address
    field `repository.clone_url` of the payload is not a repository's http or ssh address
    field `repository.default_branch` of the payload is not a branch name that git allows
    field `head_commit` of the payload is a list, not an object
    field `head_commit.message` of the payload is a list, not text
    field `sender.login` of the payload is a number, not text
    field `commits` of the payload is an object, not a list
    field `commits[0]` of the payload is text, not an object
    field `commits[0].added` of the payload is text, not a list
    field `commits[0].removed[0]` of the payload is a number, not text
    ");
}

#[test]
fn the_other_hosts_fields_are_checked_too() {
    let cases: Vec<(Provider, &[&str], Json)> = vec![
        (Provider::GitLab, &["object_kind"], json!("\u{1b}[2J")),
        (Provider::GitLab, &["ref"], json!("refs/heads/-x")),
        (Provider::GitLab, &["checkout_sha"], json!("HEAD")),
        (
            Provider::GitLab,
            &["project", "git_http_url"],
            json!("ext::sh -c id"),
        ),
        (Provider::GitLab, &["commits", "0", "id"], json!(1)),
        (Provider::Bitbucket, &["push"], json!({})),
        (Provider::Bitbucket, &["push", "changes"], json!("x")),
        (Provider::Bitbucket, &["push", "changes", "0"], json!({})),
        (
            Provider::Bitbucket,
            &["push", "changes", "0", "new", "name"],
            json!("../x"),
        ),
        (
            Provider::Bitbucket,
            &["push", "changes", "0", "new", "target"],
            Json::Null,
        ),
        (
            Provider::Bitbucket,
            &["push", "changes", "0", "old", "target", "hash"],
            json!("1"),
        ),
        (Provider::Bitbucket, &["repository", "links"], Json::Null),
        (
            Provider::Bitbucket,
            &["repository", "links", "html", "href"],
            json!("javascript:x"),
        ),
    ];
    let messages: Vec<_> = cases
        .into_iter()
        .map(|(provider, path, value)| {
            let (headers, body) = match provider {
                Provider::GitLab => ("X-Gitlab-Event: Push Hook", GITLAB),
                _ => ("X-Event-Key: repo:push", BITBUCKET),
            };
            let error = events(provider, headers, &changed(body, path, value)).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            error.message().to_owned()
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    field `object_kind` of the payload is not the name of an event
    field `ref` of the payload is not a ref name that git allows
    field `checkout_sha` of the payload is not an object id of 40 or 64 hex digits
    field `project.git_http_url` of the payload is not a repository's http or ssh address
    field `commits[0].id` of the payload is a number, not text
    field `push.changes` of the payload is missing
    field `push.changes` of the payload is text, not a list
    field `push.changes[0].old.type` of the payload is missing
    field `push.changes[0].new.name` of the payload is not a ref name that git allows
    field `push.changes[0].new.target.hash` of the payload is missing
    field `push.changes[0].old.target.hash` of the payload is not an object id of 40 or 64 hex digits
    field `repository.links.html.href` of the payload is missing
    field `repository.links.html.href` of the payload is not a repository's address
    ");
}
