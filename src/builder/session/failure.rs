use std::sync::{Arc, Mutex, PoisonError};

use crate::Error;

/// The first thing that went wrong on our side of a session. The engine only says that something
/// did.
#[derive(Clone, Default)]
pub(in crate::builder) struct FirstFailure(Arc<Mutex<Option<Error>>>);

impl FirstFailure {
    pub(super) fn set(&self, error: Error) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    pub(in crate::builder) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
