//! Releases on the real engine, behind the real ingress.

mod canary;
mod clock;
mod commands;
mod faults;
mod health;
mod https;
mod hurt;
mod ingress;
mod kills;
mod load;
mod missing;
mod neighbours;
mod points;
mod remote;
mod remove;
mod settings;
mod swap;
mod upgrade;
mod upkeep;
mod version;
