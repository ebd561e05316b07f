//! Exit code and signals.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(paas::cli::run(std::env::args_os()))
}
