//! The way to an ingress that listens on another machine's loopback: through the engine, by a program that
//! runs in the ingress's container and passes bytes on.

use std::io;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::StreamReader;

use crate::builder::Engine;
use crate::{Error, Result};

/// In the ingress's image.
const PROGRAM: [&str; 3] = ["/usr/local/bin/paas", "ingress", "relay"];

/// Reaches the control API of the ingress in a container.
#[derive(Clone, Debug)]
pub struct Relay {
    engine: Engine,
    container: String,
}

impl Relay {
    /// Contacts nothing yet.
    pub fn new(engine: Engine, container: String) -> Self {
        Self { engine, container }
    }

    /// A connection to the control API. It ends with either side.
    pub(super) async fn connect(
        &self,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>> {
        let client = self.engine.client();
        let options = CreateExecOptions {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            cmd: Some(PROGRAM.to_vec()),
            ..CreateExecOptions::default()
        };
        let made = client.create_exec(&self.container, options).await;
        let id = made.map_err(|error| self.engine.fault(error))?.id;
        let started = client.start_exec(&id, None).await;
        let started = started.map_err(|error| self.engine.fault(error))?;
        let StartExecResults::Attached { output, input } = started else {
            return Err(Error::unexpected("the Docker Engine did not attach"));
        };
        let output = output
            .map_ok(LogOutput::into_bytes)
            .map_err(io::Error::other);
        let output: StreamReader<_, Bytes> = StreamReader::new(Box::pin(output));
        Ok(tokio::io::join(output, input))
    }
}
