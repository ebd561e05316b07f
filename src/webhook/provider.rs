use std::fmt;

use serde::Serialize;

use super::Headers;
use crate::{Error, Result};

/// Whose events these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// github.com and GitHub Enterprise.
    GitHub,
    /// gitlab.com and self-managed.
    GitLab,
    /// Gitea.
    Gitea,
    /// Forgejo, Codeberg.
    Forgejo,
    /// Bitbucket Cloud.
    Bitbucket,
}

/// In this order: Forgejo sends Gitea's headers too, and both send GitHub's.
const EVENT_HEADERS: [(&str, Provider); 5] = [
    ("X-Forgejo-Event", Provider::Forgejo),
    ("X-Gitea-Event", Provider::Gitea),
    ("X-Gitlab-Event", Provider::GitLab),
    ("X-Event-Key", Provider::Bitbucket),
    ("X-GitHub-Event", Provider::GitHub),
];

impl Provider {
    /// Tells the host from its event header. Exit 2 when there is none.
    pub fn detect(headers: &Headers) -> Result<Self> {
        EVENT_HEADERS
            .iter()
            .find(|(name, _)| headers.has(name))
            .map(|(_, provider)| *provider)
            .ok_or_else(|| {
                Error::usage("no header names the git host's event")
                    .hint("pass the request's headers on, for example `X-GitHub-Event: push`")
            })
    }

    /// The event as the host calls it: `push`, `Push Hook`, `repo:push`.
    pub(super) fn event_name(self, headers: &Headers) -> Result<String> {
        let header = self.event_header();
        let name = headers
            .only(header)?
            .ok_or_else(|| Error::usage(format!("header `{header}` is missing")))?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-:.".contains(&byte);
        if name.len() > 64 || !name.bytes().all(plain) {
            return Err(Error::usage(format!(
                "header `{header}` does not name an event"
            )));
        }
        Ok(name.to_owned())
    }

    /// The host's id of the delivery, the same when it tries again. No proof covers it.
    pub(super) fn delivery_id(self, headers: &Headers) -> Result<Option<String>> {
        let names: &[&str] = match self {
            Self::GitHub => &["X-GitHub-Delivery"],
            Self::GitLab => &["Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID"],
            Self::Gitea => &["X-Gitea-Delivery"],
            Self::Forgejo => &["X-Forgejo-Delivery", "X-Gitea-Delivery"],
            Self::Bitbucket => &["X-Request-UUID"],
        };
        for name in names {
            if let Some(id) = headers.only(name)? {
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }

    /// The header that names the event.
    pub(super) fn event_header(self) -> &'static str {
        EVENT_HEADERS
            .iter()
            .find(|(_, provider)| *provider == self)
            .map(|(name, _)| *name)
            .expect("every provider is in the table")
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
            Self::Bitbucket => "Bitbucket",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn hosts_are_told_by_their_own_header_before_githubs() {
        let gitea = "X-GitHub-Event: push\nX-Gogs-Event: push\nX-Gitea-Event: push\n";
        let forgejo = format!("{gitea}X-Forgejo-Event: push\n");
        let cases = [
            ("x-github-event: push", Provider::GitHub),
            ("X-Gitlab-Event: Push Hook", Provider::GitLab),
            (gitea, Provider::Gitea),
            (&forgejo, Provider::Forgejo),
            ("X-Event-Key: repo:push", Provider::Bitbucket),
        ];
        for (text, expected) in cases {
            let headers = Headers::parse(text).unwrap();
            assert_eq!(Provider::detect(&headers).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn without_an_event_header_nothing_is_guessed() {
        let headers = Headers::parse("X-Gogs-Event: push\nX-Hub-Signature-256: sha256=00").unwrap();
        assert_eq!(Provider::detect(&headers).unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn an_events_name_is_short_and_plain() {
        let long = "a".repeat(65);
        for (name, taken) in [
            ("Tag Push Hook", true),
            ("`id`", false),
            ("größe", false),
            (&long, false),
        ] {
            let headers = Headers::parse(&format!("X-Gitlab-Event: {name}")).unwrap();
            assert_eq!(
                Provider::GitLab.event_name(&headers).is_ok(),
                taken,
                "{name}"
            );
        }
    }

    #[test]
    fn retries_are_known_by_the_hosts_own_id() {
        let cases = [
            (Provider::GitHub, "X-GitHub-Delivery: 1"),
            (
                Provider::GitLab,
                "X-Gitlab-Event-UUID: 2\nIdempotency-Key: 1",
            ),
            (Provider::Gitea, "X-GitHub-Delivery: 2\nX-Gitea-Delivery: 1"),
            (
                Provider::Forgejo,
                "X-Gitea-Delivery: 2\nX-Forgejo-Delivery: 1",
            ),
            (
                Provider::Bitbucket,
                "X-Request-UUID: 1\nX-Attempt-Number: 2",
            ),
        ];
        for (provider, text) in cases {
            let headers = Headers::parse(text).unwrap();
            assert_eq!(
                provider.delivery_id(&headers).unwrap().as_deref(),
                Some("1"),
                "{text}"
            );
        }
    }
}
