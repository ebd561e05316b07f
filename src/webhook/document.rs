use serde::Serialize;

use super::{Decision, Event, ObjectId, Provider, RefName, RepositoryUrl};

/// What `paas webhook --json` prints; documented in `docs/webhook.md`. `B` is the document of one
/// build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document<B> {
    /// The git host.
    pub provider: Provider,
    /// As the host calls it.
    pub event: String,
    /// `None` where the event has none that could build.
    pub repository: Option<RepositoryUrl>,
    /// Full name.
    #[serde(rename = "ref")]
    pub reference: Option<RefName>,
    /// The commit, or what the host says where nothing built.
    pub commit: Option<ObjectId>,
    /// In one word.
    pub decision: Verdict,
    /// Why it is ignored; `None` when it builds.
    pub reason: Option<String>,
    /// One per app built.
    pub builds: Vec<B>,
}

/// A decision in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It builds.
    Build,
    /// It does not.
    Ignore,
}

impl<B> Document<B> {
    /// Of a decided event; without builds yet.
    pub fn new(event: &Event, decision: &Decision) -> Self {
        let push = event.push();
        let after = push.and_then(|push| push.after());
        let (commit, verdict, reason) = match decision {
            Decision::Build { commit, .. } => (Some(commit.clone()), Verdict::Build, None),
            Decision::Ignore(reason) => (
                after.map(|after| after.best().clone()),
                Verdict::Ignore,
                Some(reason.clone()),
            ),
        };
        Self {
            provider: event.provider,
            event: event.name.clone(),
            repository: push.map(|push| push.repository.clone()),
            reference: push.map(|push| push.reference.clone()),
            commit,
            decision: verdict,
            reason,
            builds: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{Headers, Payload, parse};

    fn event(headers: &str, body: &[u8]) -> Event {
        let headers = Headers::parse(headers).unwrap();
        let payload = Payload::local(Provider::GitHub, &headers, body).unwrap();
        parse(&payload).unwrap().remove(0)
    }

    fn shown<B: Serialize>(document: &Document<B>) -> String {
        serde_json::to_string_pretty(document).unwrap()
    }

    #[test]
    fn a_build_carries_its_documents() {
        let event = event(
            "X-GitHub-Event: push",
            include_bytes!("../../tests/webhook/github-push.json"),
        );
        let push = event.push().unwrap();
        let decision = Decision::Build {
            reference: push.reference.clone(),
            commit: push.after().unwrap().object.clone(),
        };
        let mut document = Document::new(&event, &decision);
        document.builds.push(serde_json::json!({"app": "shop-api"}));
        insta::assert_snapshot!(shown(&document), @r#"
        {
          "provider": "github",
          "event": "push",
          "repository": "https://github.com/trade/shop-api.git",
          "ref": "refs/heads/main",
          "commit": "2222222222222222222222222222222222222222",
          "decision": "build",
          "reason": null,
          "builds": [
            {
              "app": "shop-api"
            }
          ]
        }
        "#);
    }

    #[test]
    fn what_is_not_known_is_null() {
        let event = event("X-GitHub-Event: ping", b"{}");
        let decision = Decision::Ignore("GitHub only tries the webhook".to_owned());
        insta::assert_snapshot!(shown(&Document::<()>::new(&event, &decision)), @r#"
        {
          "provider": "github",
          "event": "ping",
          "repository": null,
          "ref": null,
          "commit": null,
          "decision": "ignore",
          "reason": "GitHub only tries the webhook",
          "builds": []
        }
        "#);
    }
}
