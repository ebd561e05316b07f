//! What a command writes, as the engine passes it on.

use std::io::{self, ErrorKind};
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::io::ReaderStream;

use crate::cluster::Output;
use crate::{Error, Result};

pub(super) type Outputs = Pin<Box<dyn Stream<Item = Result<Output>> + Send>>;

/// A terminal's bytes, whatever they are.
pub(super) fn of_terminal(reader: impl AsyncRead + Send + 'static) -> Outputs {
    let pieces = ReaderStream::new(reader);
    Box::pin(pieces.map(|piece| piece.map(Output::Stdout).map_err(broken)))
}

/// stdout and stderr, one among the other: frames of a byte that says which of both, three zeros, the length
/// (big-endian) and as many bytes.
pub(super) fn of_both(reader: impl AsyncRead + Send + 'static) -> Outputs {
    Box::pin(stream::try_unfold(Box::pin(reader), async |mut reader| {
        let piece = next(&mut reader).await.map_err(broken)?;
        Ok(piece.map(|piece| (piece, reader)))
    }))
}

async fn next(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Output>> {
    const STDERR: u8 = 2;
    let mut header = [0; 8];
    match reader.read_exact(&mut header).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [stream, _, _, _, length @ ..] = header;
    let length = u64::from(u32::from_be_bytes(length));
    let mut content = Vec::new();
    reader.take(length).read_to_end(&mut content).await?;
    let content = Bytes::from(content);
    Ok(Some(if stream == STDERR {
        Output::Stderr(content)
    } else {
        Output::Stdout(content)
    }))
}

fn broken(error: io::Error) -> Error {
    Error::unavailable("the Docker Engine lost the command").caused_by(error)
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    #[tokio::test]
    async fn frames_say_where_bytes_were_written() {
        let bytes = b"\x01\0\0\0\0\0\0\x03abc\x02\0\0\0\0\0\0\x02no\x01\0\0\0\0\0\0\0";
        let all: Vec<_> = of_both(&bytes[..]).try_collect().await.unwrap();
        let text = |text: &'static str| Bytes::from_static(text.as_bytes());
        assert_eq!(
            all,
            [
                Output::Stdout(text("abc")),
                Output::Stderr(text("no")),
                Output::Stdout(text(""))
            ]
        );
    }

    #[tokio::test]
    async fn a_terminal_may_write_what_looks_like_a_frame() {
        let bytes = b"\x01\0\0\0\0\0\0\x09abc";
        let all: Vec<_> = of_terminal(&bytes[..]).try_collect().await.unwrap();
        assert_eq!(all, [Output::Stdout(Bytes::from_static(bytes))]);
    }
}
