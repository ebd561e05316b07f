use std::ops::Range;
use std::sync::{Condvar, Mutex, PoisonError};

use super::excludes::Matched;

/// A folder to visit.
pub struct Task {
    /// Empty, or with `/` at the end.
    pub folder: Vec<u8>,
    /// The index's entries below it.
    pub entries: Range<usize>,
    /// One name in it, or everything.
    pub only: Option<Vec<u8>>,
    /// What leaves it out.
    pub matched: Matched,
}

/// Folders still to visit. Empty only counts once nobody works: workers add folders.
pub struct Queue {
    state: Mutex<(Vec<Task>, usize)>,
    news: Condvar,
}

impl Queue {
    pub fn new(tasks: Vec<Task>) -> Self {
        Self {
            state: Mutex::new((tasks, 0)),
            news: Condvar::new(),
        }
    }

    /// The next folder; `None` when all is done.
    pub fn take(&self) -> Option<Task> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(task) = state.0.pop() {
                state.1 += 1;
                return Some(task);
            }
            if state.1 == 0 {
                self.news.notify_all();
                return None;
            }
            state = self
                .news
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends a visit that found these folders.
    pub fn done(&self, found: &mut Vec<Task>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 -= 1;
        state.0.append(found);
        self.news.notify_all();
    }

    /// Ends a visit that failed, and all others.
    pub fn give_up(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.clear();
        state.1 -= 1;
        self.news.notify_all();
    }
}
