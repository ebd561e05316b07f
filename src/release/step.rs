use super::{InstanceName, Live, Outcome, Release};

/// Steps, to be carried out one after the other; those of one `Vec` may run at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Stages in their order; the steps of a stage don't depend on each other.
    pub stages: Vec<Vec<Step>>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// All steps in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.stages.iter().flatten()
    }
}

/// One thing that an engine does. Each can be repeated: what is so already is left alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Has the release's image on the cluster.
    Fetch(Box<Release>),
    /// Adds the release to the history; fails when the number is taken.
    Record(Box<Release>),
    /// Runs the release's `before_deploy` in a container of its own, to its end.
    RunHook {
        /// Whose.
        release: u64,
    },
    /// Creates the instance where it is missing, starts it where it is stopped, thaws it where it is
    /// paused.
    Start {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// Waits until the instance is healthy, within the release's grace.
    AwaitHealthy {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// Parks requests until the next [`Step::Switch`].
    Hold,
    /// Makes this what serves, atomically, and ends a hold: requests go to those `web` instances of
    /// [`Observed::serving`](super::Observed::serving) that run.
    Switch(Live),
    /// Watches the release for the time that the user asked for: fails when an instance of it ends
    /// or becomes unhealthy.
    Watch {
        /// Which.
        release: u64,
    },
    /// Waits until the instance, which gets no new requests any more, has none in flight.
    Drain {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// Freezes the instance for a fast way back; an engine that can't stops it.
    Pause {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// SIGTERM, and SIGKILL after the release's `stop_timeout`. The instance is kept.
    Stop {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// Stops the instance where it runs, and removes it.
    Remove {
        /// Of this release.
        release: u64,
        /// Which.
        instance: InstanceName,
    },
    /// Writes down how the release ended.
    Conclude {
        /// Which.
        release: u64,
        /// How.
        outcome: Outcome,
    },
}
