//! What the CLI and a server both call. Prints nothing, reads no environment.

pub mod base;
mod bases;
mod build;
mod context;
mod doctor;
mod eject;
mod fingerprint;
mod gc;
mod images;
pub mod init;
mod labels;
mod lookup;
pub mod network;
pub mod pins;
mod plan;
mod project;
mod push;
mod step;
mod steps;
mod tools;
pub mod transfer;
mod webhook;

pub use bases::Bases;
pub use build::{BuildDocument, BuildOptions, Locked, build};
pub use doctor::{Check, Diagnosis, DoctorOptions, Status, doctor};
pub use eject::{EjectDocument, eject};
pub use gc::{GcDocument, GcOptions, gc};
pub use images::{ImageRow, ImagesOptions, images};
pub use plan::{BuildPlan, PlanDocument};
pub use project::Project;
pub use push::{PushDocument, PushOptions, push};
pub use tools::Tools;
pub use webhook::{Action, SecretLookup, Sender, WebhookOptions, webhook};
