//! Releases on the real engine, behind the real ingress.

mod canary;
mod commands;
mod faults;
mod health;
mod https;
mod ingress;
mod kills;
mod load;
mod missing;
mod neighbours;
mod remote;
mod remove;
mod settings;
mod swap;
mod upgrade;
mod upkeep;
mod version;
