//! What the CLI and a server both call. Prints nothing, reads no environment.

pub mod base;
mod doctor;
pub mod network;
pub mod pins;
mod step;
mod tools;
pub mod transfer;

pub use doctor::{Check, Diagnosis, DoctorOptions, Status, doctor};
pub use tools::Tools;
