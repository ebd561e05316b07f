//! Exit code and signals.

use std::process::ExitCode;

/// The ingress allocates a good deal for each request.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(paas::cli::run(std::env::args_os()))
}
