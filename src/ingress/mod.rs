//! The Docker host's ingress: the proxy in front of the instances, and the control API by which
//! `paas` steers it. One container per cluster runs both (`paas ingress`); ADR 0008 says why.

mod access_log;
mod acme;
mod certificates;
mod challenges;
mod connection;
pub mod control;
mod handover;
mod metrics;
mod ports;
pub mod protocol;
mod proxy;
mod run;
mod server;
pub mod table;
mod validity;
mod worker;

pub use access_log::AccessLog;
pub use acme::{AcmeOptions, LETS_ENCRYPT};
pub use certificates::{Certificate, Certificates};
pub use challenges::Challenges;
pub use metrics::metrics;
pub use run::{RunOptions, run};
pub use server::{Handles, Ingress, IngressOptions, Serving};
pub use validity::Validity;
