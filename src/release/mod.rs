//! Releases, and the order of steps of every change to what runs: pure, for all engines.
//!
//! A command reads what is ([`Observed`]), says what it wants ([`Intent`]), and gets a [`Plan`]: steps
//! to carry out one after the other. Nothing stores "in progress": after a crash the next command
//! observes again, and its plan begins with what the last one left.

mod diff;
mod history;
mod instance;
mod observed;
mod parameters;
mod plan;
mod retention;
mod rollback;
mod roster;
#[cfg(test)]
mod simulation;
mod spec;
mod step;
mod target;

pub use diff::{Change, Part, diff};
pub use history::{Entry, Status, history};
pub use instance::InstanceName;
pub use observed::{Canary, Instance, InstanceState, Live, Observed, Outcome, Record};
pub use parameters::same_parameters;
pub use plan::{Intent, plan};
pub use retention::expired;
pub use rollback::rollback;
pub use roster::Slot;
pub use spec::{
    Autoscale, Health, Image, Probe, Process, Protocol, RawPort, Release, Resources,
    SecretRevision, User, Volume,
};
pub use step::{Plan, Step};
pub use target::Target;
