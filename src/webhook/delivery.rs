use std::fmt;

use sha2::{Digest, Sha256};

use super::{Event, Subject};

/// What a delivery is remembered by, so that a replay builds once. 64 hex digits behind `id-` or
/// `content-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryKey(String);

impl DeliveryKey {
    /// The keys of one event of a delivery; it is known when any of them is. The host's id comes
    /// first where there is one. No proof covers it, so the content counts as well.
    pub fn of(event: &Event, body: &[u8]) -> Vec<Self> {
        let body = Sha256::digest(body);
        let (repository, reference, after) = match &event.subject {
            Subject::Push(push) => (
                push.repository.as_str(),
                push.reference.as_str(),
                push.after().map_or("", |after| after.object.as_str()),
            ),
            Subject::Ping | Subject::Ignored(_) => ("", "", ""),
        };
        let host = event.provider.event_header();
        let id = event
            .delivery
            .as_deref()
            .map(|id| Self::new("id", &[host, id, repository, reference].map(str::as_bytes)));
        let content = [host, repository, reference, after].map(str::as_bytes);
        let content = Self::new("content", &[&content[..], &[body.as_slice()]].concat());
        id.into_iter().chain([content]).collect()
    }

    /// For storage.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lengths go in too, so that no two lists of parts are the same bytes.
    fn new(kind: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(format!("{kind}-{}", hex::encode(hash.finalize())))
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{Headers, Payload, Provider, parse};

    fn keys(provider: Provider, headers: &str, body: &[u8]) -> Vec<Vec<DeliveryKey>> {
        let headers = Headers::parse(headers).unwrap();
        let events = parse(&Payload::local(provider, &headers, body).unwrap()).unwrap();
        events
            .iter()
            .map(|event| DeliveryKey::of(event, body))
            .collect()
    }

    fn push(delivery: &str, body: &str) -> Vec<DeliveryKey> {
        let headers = format!("X-GitHub-Event: push\nX-GitHub-Delivery: {delivery}");
        keys(Provider::GitHub, &headers, body.as_bytes()).remove(0)
    }

    const BODY: &str = include_str!("../../tests/webhook/github-push.json");

    #[test]
    fn a_replay_is_known_by_its_id_or_by_its_content() {
        let first = push("1", BODY);
        assert_eq!(first.len(), 2);
        assert_eq!(push("1", BODY), first);
        let new_id = push("2", BODY);
        assert_ne!(new_id[0], first[0]);
        assert_eq!(new_id[1], first[1]);
        let new_body = push("1", &BODY.replace("Ada", "Eve"));
        assert_eq!(new_body[0], first[0]);
        assert_ne!(new_body[1], first[1]);
    }

    #[test]
    fn without_an_id_the_content_is_left() {
        assert_eq!(push("", BODY).len(), 1);
        assert!(push("", BODY)[0].as_str().starts_with("content-"));
    }

    #[test]
    fn each_ref_of_a_delivery_has_keys_of_its_own() {
        let body = include_bytes!("../../tests/webhook/bitbucket-push.json");
        let headers = "X-Event-Key: repo:push\nX-Request-UUID: 1";
        let mut all: Vec<_> = keys(Provider::Bitbucket, headers, body).concat();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((count, all.len()), (8, 8));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let keys = [
            DeliveryKey::new("id", &[b"ab", b"c"]),
            DeliveryKey::new("id", &[b"a", b"bc"]),
            DeliveryKey::new("id", &[b"abc"]),
            DeliveryKey::new("id", &[b"abc", b""]),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key));
        }
    }
}
