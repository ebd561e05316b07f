//! Ctrl-C and SIGTERM while an operation runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::{Error, Kind, Result};

/// Turns the first signal into the end of the running operation; a second one, or one while nothing
/// can be cancelled, ends the process at once. Watches from a thread of its own, so that it works
/// while an operation blocks.
#[derive(Clone)]
pub(super) struct Interrupts {
    cancel: Arc<Mutex<Option<oneshot::Sender<()>>>>,
}

impl Interrupts {
    /// Watches for signals until the process ends.
    pub fn watch() -> Result<Self> {
        let interrupts = Self {
            cancel: Arc::default(),
        };
        let failed = |error| Error::unexpected("cannot watch for signals").caused_by(error);
        let runtime = Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(failed)?;
        let (mut interrupt, mut terminate) = {
            let _runtime = runtime.enter();
            let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
            (interrupt, signal(SignalKind::terminate()).map_err(failed)?)
        };
        let watching = interrupts.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => watching.interrupted(),
                        _ = terminate.recv() => watching.interrupted(),
                    }
                }
            });
        });
        Ok(interrupts)
    }

    /// Completes when the operation that starts now is to be cancelled.
    pub fn next(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a second signal must not wait for anything"
    )]
    fn interrupted(&self) {
        let cancel = self
            .cancel
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let canceled = cancel.is_some_and(|cancel| cancel.send(()).is_ok());
        if !canceled {
            std::process::exit(Kind::Interrupted.exit_code().into());
        }
    }
}
