//! Exit code and signals.

fn main() {}
