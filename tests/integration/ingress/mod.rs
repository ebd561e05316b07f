//! The ingress on a loopback port, with real instances behind it.

mod acme;
mod control;
mod faults;
mod handover;
mod headers;
mod https;
pub mod pebble;
mod ports;
mod releases;
mod signals;
mod streams;
mod upgrades;
mod world;
