//! The event that a CI job runs for, from the job's own variables. There is nothing to prove: who
//! can set them can run any command.

mod actions;
mod bitbucket;
mod gitlab;
mod variables;

use std::path::{Path, PathBuf};

use variables::Variables;

use super::parse::{default_branch, parse};
use super::{Change, Event, Headers, History, ObjectId, Payload, Subject, Target};
use crate::Result;

/// A CI job and its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ci {
    event: Event,
    event_file: Option<EventFile>,
}

/// What GitHub Actions and its likes write down for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
struct EventFile {
    path: PathBuf,
    use_for: UseFor,
}

/// Which part of the event comes from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum UseFor {
    /// It is the payload of a push, with these headers.
    Event(Headers),
    /// It is another event's payload, which names the default branch as well.
    DefaultBranch,
}

impl Ci {
    /// Looks variables up by name; an empty one counts as not set. `None` outside of a CI that is
    /// known (GitHub, Gitea and Forgejo Actions, GitLab CI, Bitbucket Pipelines). Exit 2 names the
    /// variable that is missing or wrong.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let variables = Variables::new(&variable);
        // Gitea and Forgejo set GitHub's variables as well.
        if let Some(provider) = actions::provider(&variables) {
            actions::ci(provider, &variables).map(Some)
        } else if variables.has("GITLAB_CI") {
            gitlab::event(&variables).map(|event| Some(Self::of(event)))
        } else if variables.has("BITBUCKET_BUILD_NUMBER") {
            bitbucket::event(&variables).map(|event| Some(Self::of(event)))
        } else {
            Ok(None)
        }
    }

    /// The file to read for [`Ci::events`].
    pub fn event_file(&self) -> Option<&Path> {
        self.event_file.as_ref().map(|file| file.path.as_path())
    }

    /// The events, with the content of [`Ci::event_file`] where there is one. Without it, the
    /// variables alone say less: not what changed, no message, no default branch.
    pub fn events(self, file: Option<&[u8]>) -> Result<Vec<Event>> {
        let mut event = self.event;
        let (Some(known), Some(body)) = (self.event_file, file) else {
            return Ok(vec![event]);
        };
        match known.use_for {
            UseFor::Event(headers) => parse(&Payload::local(event.provider, &headers, body)?),
            UseFor::DefaultBranch => {
                let payload_branch =
                    default_branch(&Payload::local(event.provider, &Headers::new(), body)?)?;
                if let Subject::Push(push) = &mut event.subject {
                    push.default_branch = payload_branch;
                }
                Ok(vec![event])
            }
        }
    }

    fn of(event: Event) -> Self {
        Self {
            event,
            event_file: None,
        }
    }
}

/// CI jobs run for a commit that is there, never for a deletion.
fn moved(before: Option<ObjectId>, object: ObjectId, commit: Option<ObjectId>) -> Change {
    Change::Moved {
        before,
        after: Target { object, commit },
        history: History::NotKnownRewritten,
    }
}

#[cfg(test)]
mod tests;
