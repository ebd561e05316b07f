use super::{ObjectId, Provider, RefKind, RefName, RepositoryUrl};

/// One thing that happened on a git host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose it is.
    pub provider: Provider,
    /// As the host calls it: `push`, `Tag Push Hook`, `repo:push`.
    pub name: String,
    /// The host's id of the delivery, the same for each try; no proof covers it.
    pub delivery: Option<String>,
    /// What happened.
    pub subject: Subject,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A branch or tag was made, moved or deleted.
    Push(Push),
    /// The host tries whether we answer.
    Ping,
    /// Nothing that could build; the reason is a sentence for people.
    Ignored(String),
}

/// A branch or tag was made, moved or deleted, or a build of it was asked for in CI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Where.
    pub repository: RepositoryUrl,
    /// Which branch or tag.
    pub reference: RefName,
    /// From what to what.
    pub change: Change,
    /// The head commit's message, where the host tells it.
    pub message: Option<String>,
    /// Short name of the repository's default branch.
    pub default_branch: Option<String>,
    /// Who did it, by the host's user name.
    pub sender: Option<String>,
    /// Changed paths as the host lists them. Hosts cut these lists: compare commits yourself.
    pub listed_paths: Vec<String>,
}

/// How a ref changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created {
        /// What it points at.
        after: Target,
    },
    /// It was there before, or nobody says.
    Moved {
        /// What it pointed at; `None`: unknown.
        before: Option<ObjectId>,
        /// What it points at.
        after: Target,
        /// Whether `before` isn't in the history any more.
        history: History,
    },
    /// It is gone.
    Deleted {
        /// What it pointed at; `None`: unknown.
        before: Option<ObjectId>,
    },
}

/// What the host says about the commits before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// A force push.
    Rewritten,
    /// No force push, or the host does not say.
    NotKnownRewritten,
}

/// What a ref points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The commit, or the tag object of an annotated tag.
    pub object: ObjectId,
    /// The commit, where the host says which one it is; `None`: peel `object`.
    pub commit: Option<ObjectId>,
}

impl Target {
    /// The commit, or else what leads to it.
    pub fn best(&self) -> &ObjectId {
        self.commit.as_ref().unwrap_or(&self.object)
    }
}

impl Push {
    /// Where the ref points now; `None` when it is gone.
    pub fn after(&self) -> Option<&Target> {
        match &self.change {
            Change::Created { after } | Change::Moved { after, .. } => Some(after),
            Change::Deleted { .. } => None,
        }
    }

    /// Where the ref pointed; `None` when it is new or nobody says.
    pub fn before(&self) -> Option<&ObjectId> {
        match &self.change {
            Change::Created { .. } => None,
            Change::Moved { before, .. } | Change::Deleted { before } => before.as_ref(),
        }
    }

    /// Whether `after` may be an annotated tag's object instead of a commit.
    pub fn may_need_peeling(&self) -> bool {
        self.reference.kind() == RefKind::Tag
            && self.after().is_some_and(|after| after.commit.is_none())
    }
}

impl Event {
    /// The push, if it is one.
    pub fn push(&self) -> Option<&Push> {
        match &self.subject {
            Subject::Push(push) => Some(push),
            Subject::Ping | Subject::Ignored(_) => None,
        }
    }
}
