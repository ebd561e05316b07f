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
