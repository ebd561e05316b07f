use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Answers to an ACME server's HTTP challenges (RFC 8555, section 8.3), by token.
#[derive(Debug, Default)]
pub struct Challenges {
    answers: RwLock<HashMap<String, String>>,
}

impl Challenges {
    /// Answers `token` with `answer`.
    pub fn put(&self, token: &str, answer: &str) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert(token.to_owned(), answer.to_owned());
    }

    /// Forgets a token.
    pub fn remove(&self, token: &str) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.remove(token);
    }

    pub(super) fn get(&self, token: &str) -> Option<String> {
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        answers.get(token).cloned()
    }
}
