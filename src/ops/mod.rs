//! What the CLI and a server both call. Prints nothing, reads no environment.

pub mod init;
