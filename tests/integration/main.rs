//! Everything that needs a real engine, registry or git. Nothing here is skipped: without an
//! engine these tests fail.

#![allow(
    clippy::disallowed_methods,
    reason = "tests choose their own environment"
)]

mod base;
mod build;
mod builder;
mod cli;
mod context_files;
mod deploy;
mod describe;
mod doctor;
mod eject;
mod examples;
mod gc;
mod hostile;
mod ingress;
mod init;
mod interrupt;
mod messages;
mod pins;
mod plan;
mod published;
mod push;
mod registry;
mod repositories;
mod secrets;
mod source;
mod support;
mod versions;
mod webhook;
