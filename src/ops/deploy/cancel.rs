use tokio::sync::watch;

use crate::{Error, Kind, Result};

/// Tells a change that the user wants it to end. It goes back in order instead of stopping where it is.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Receiver<bool>);

/// Cancels.
#[derive(Debug)]
pub struct Canceler(watch::Sender<bool>);

impl Cancel {
    /// What cancels, and what is told.
    pub fn new() -> (Canceler, Self) {
        let (sender, receiver) = watch::channel(false);
        (Canceler(sender), Self(receiver))
    }

    /// Completes when the user wants an end.
    pub async fn canceled(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|canceled| *canceled).await.is_err() {
            // Nobody can cancel any more.
            std::future::pending::<()>().await;
        }
    }

    /// Fails once the user wants an end.
    pub fn check(&self) -> Result<()> {
        if *self.0.borrow() {
            return Err(interrupted());
        }
        Ok(())
    }
}

/// What a change fails with that was told to end.
pub(super) fn interrupted() -> Error {
    Error::new(Kind::Interrupted, "interrupted")
}

impl Canceler {
    /// Asks for the end.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}
