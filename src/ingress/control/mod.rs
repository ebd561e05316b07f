//! The server of the control API, see [`super::protocol`]: keeps routes, documents and leases, and
//! has routes put in force.
//!
//! Changes come one after the other: a change is persisted, put in force and answered, or it has not
//! happened. Leases are taken between changes only, so that a change's fence holds until its end.

mod answer;
mod api;
mod connection;
mod fences;
mod folder;
mod leases;
mod name;
mod probe;
mod routing;
mod server;
mod state;
mod token;

#[cfg(test)]
mod tests;

pub use routing::{Conflict, Routing};
pub use server::{ChangeStop, Control};
pub use token::Token;
