//! Arguments, the environment, and one thin file per command.
//!
//! A command's file turns its arguments into options, calls `ops` through [`Session::operate`] and
//! prints what came of it.

#![allow(clippy::doc_markdown, reason = "help texts are read in terminals")]

mod args;
mod base;
mod build;
mod canary;
mod cluster;
mod completions;
mod confirmation;
mod deploy;
mod diff;
mod doctor;
mod eject;
pub mod engine_address;
mod env;
pub mod environment;
mod events;
mod exec;
mod gc;
mod images;
mod ingress;
mod init;
mod interrupt;
mod logs;
mod maintenance;
mod man;
mod manifests;
mod plan;
mod push;
mod releases;
mod remove;
mod rollback;
mod scale;
mod schema;
mod secret;
pub mod secret_argument;
mod session;
mod status;
mod target;
pub mod user_config;
mod variable;
mod webhook;

use std::ffi::OsString;

use clap::Parser;

pub use args::{Arguments, Command, Global};
pub use session::Session;

use crate::Error;
use crate::ui::{StdoutClosed, Ui};
use environment::Environment;

/// Runs the program and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let Arguments { global, command } = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return answer_without_running(&error),
    };
    let environment = Environment::of_process();
    let ui = Ui::new(global.wishes(&environment));
    let session = Session::new(global, environment, ui);
    match command.run(&session) {
        Ok(()) => 0,
        Err(error) if is_stdout_closed(&error) => 0,
        Err(error) => {
            session.ui.error(&error);
            error.kind().exit_code()
        }
    }
}

/// Help, the version, or what is wrong with the arguments.
fn answer_without_running(error: &clap::Error) -> u8 {
    // Fails when the reader has gone: `paas --help | head -1`.
    let _ = error.print();
    u8::from(error.use_stderr()) * crate::Kind::Usage.exit_code()
}

fn is_stdout_closed(error: &Error) -> bool {
    let cause = std::error::Error::source(error);
    cause
        .and_then(|cause| cause.downcast_ref::<StdoutClosed>())
        .is_some()
}
