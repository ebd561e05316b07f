use std::fmt;

use serde::Serialize;

use super::{Image, Observed, Outcome, Record};

/// A release in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// What became of it.
    pub status: Status,
    /// Whether `paas rollback` to it would change something and can be done.
    pub can_roll_back: bool,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It serves.
    Live,
    /// It is on trial.
    Canary,
    /// The one to go back to: its instances are kept.
    Previous,
    /// It served once.
    Superseded,
    /// It was not accepted.
    Failed,
    /// It was taken back.
    Aborted,
    /// Whoever worked on it is at it still, or is gone.
    Interrupted,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Live => "live",
            Self::Canary => "canary",
            Self::Previous => "previous",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Interrupted => "interrupted",
        })
    }
}

/// All releases, the newest first; `available` says whether an image can be had.
pub fn history(observed: &Observed, available: impl Fn(&Image) -> bool) -> Vec<Entry> {
    let live = observed.live.release.map(|number| observed.runs_as(number));
    let releases = observed.releases.iter().rev();
    releases
        .map(|(&number, record)| Entry {
            number,
            status: status(observed, number, record),
            can_roll_back: record.outcome == Some(Outcome::Accepted)
                && Some(observed.runs_as(number)) != live
                && available(&record.release.image),
        })
        .collect()
}

fn status(observed: &Observed, number: u64, record: &Record) -> Status {
    let canary = observed.live.canary.as_ref();
    if observed.live.release == Some(number) {
        return Status::Live;
    }
    if canary.is_some_and(|canary| canary.release == number) {
        return Status::Canary;
    }
    match record.outcome {
        Some(Outcome::Accepted) if observed.previous() == Some(number) => Status::Previous,
        Some(Outcome::Accepted) => Status::Superseded,
        Some(Outcome::Failed(_)) => Status::Failed,
        Some(Outcome::Aborted) => Status::Aborted,
        None => Status::Interrupted,
    }
}
