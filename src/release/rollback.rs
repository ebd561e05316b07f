use super::{Observed, Outcome, Release};
use crate::{Error, Result};

/// The release that goes back to release `to`, or else to [`Observed::previous`]: with its whole
/// parameters, under the next number. Where that one is a rollback itself, it is said to come from
/// where the parameters did, so that no chain of rollbacks has to be remembered.
pub fn rollback(observed: &Observed, to: Option<u64>, created: i64, by: &str) -> Result<Release> {
    let number = to.or_else(|| observed.previous()).ok_or_else(|| {
        Error::refused("there is no release to go back to")
            .hint("`paas releases` shows the releases that served")
    })?;
    let record = observed.releases.get(&number).ok_or_else(|| {
        Error::usage(format!("there is no release {number}"))
            .hint("`paas releases` shows the releases")
    })?;
    let serves = observed.live.release == Some(number);
    if record.outcome != Some(Outcome::Accepted) && !serves {
        return Err(Error::refused(format!("release {number} never served"))
            .hint("`paas releases` shows what can be rolled back to"));
    }
    Ok(Release {
        number: observed.next_number(),
        from: Some(observed.runs_as(number)),
        created,
        by: by.to_owned(),
        ..record.release.clone()
    })
}
