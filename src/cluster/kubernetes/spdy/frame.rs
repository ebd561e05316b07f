//! Frames: <https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/>, section 2.

use std::io;

use bytes::{BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Of the data in a frame that we send.
pub(super) const LONGEST: usize = 16 * 1024;
/// Of a frame that we take: others send 32 KiB at most.
const MOST: usize = 1024 * 1024;

/// The bit of a control frame, with the version.
const CONTROL: u16 = 0x8003;
const SYN_STREAM: u16 = 1;
const RST_STREAM: u16 = 3;
const PING: u16 = 6;
const GOAWAY: u16 = 7;
const FIN: u8 = 1;

/// A zlib stream that is primed with SPDY's dictionary, which its checksum stands for: we refer to nothing in it.
const ZLIB: [u8; 6] = [0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2];
/// A block without content brings what was sent before to the other side.
const FLUSH: [u8; 5] = [0, 0, 0, 0xff, 0xff];

/// What comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Data {
        stream: u32,
        bytes: Bytes,
        /// It is the last one.
        fin: bool,
    },
    /// The stream has ended.
    Reset {
        stream: u32,
    },
    Ping {
        id: u32,
    },
    /// The connection is about to end.
    GoAway,
    /// Answers to what we opened, settings.
    Other,
}

/// Opens streams. Headers of all of them are one compressed text.
#[derive(Default)]
pub(super) struct Opening {
    is_begun: bool,
}

impl Opening {
    /// A stream of this kind.
    pub(super) fn open(&mut self, stream: u32, kind: &str) -> Bytes {
        let mut headers = BytesMut::new();
        headers.put_u32(1);
        for text in ["streamtype", kind] {
            headers.put_u32(length(text.len()));
            headers.put_slice(text.as_bytes());
        }
        let mut block = BytesMut::new();
        if !self.is_begun {
            block.put_slice(&ZLIB);
            self.is_begun = true;
        }
        // Stored as it is; the last block of a stream would say so in its first byte.
        let size = u16::try_from(headers.len()).expect("two short texts");
        block.put_u8(0);
        block.put_u16_le(size);
        block.put_u16_le(!size);
        block.put_slice(&headers);
        block.put_slice(&FLUSH);

        let mut frame = BytesMut::new();
        frame.put_u16(CONTROL);
        frame.put_u16(SYN_STREAM);
        frame.put_u32(length(10 + block.len()));
        frame.put_u32(stream);
        // It belongs to no other stream, and has no priority.
        frame.put_slice(&[0; 6]);
        frame.put_slice(&block);
        frame.freeze()
    }
}

/// A piece of a stream.
pub(super) fn data(stream: u32, bytes: &[u8], fin: bool) -> Bytes {
    let flags = if fin { u32::from(FIN) << 24 } else { 0 };
    let mut frame = BytesMut::with_capacity(8 + bytes.len());
    frame.put_u32(stream);
    frame.put_u32(flags | length(bytes.len()));
    frame.put_slice(bytes);
    frame.freeze()
}

/// The answer to a ping.
pub(super) fn pong(id: u32) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u16(CONTROL);
    frame.put_u16(PING);
    frame.put_u32(4);
    frame.put_u32(id);
    frame.freeze()
}

/// The next frame; an error where the connection has ended.
pub(super) async fn read_frame(reading: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let first = reading.read_u32().await?;
    let second = reading.read_u32().await?;
    let [flags, size @ ..] = second.to_be_bytes();
    let size = u32::from_be_bytes([0, size[0], size[1], size[2]]) as usize;
    if size > MOST {
        return Err(io::Error::other(format!("a frame of {size} bytes")));
    }
    let mut body = vec![0; size];
    reading.read_exact(&mut body).await?;
    if first >> 16 & 0x8000 == 0 {
        return Ok(Frame::Data {
            stream: first,
            bytes: body.into(),
            fin: flags & FIN != 0,
        });
    }
    let number = body
        .first_chunk()
        .map_or(0, |bytes| u32::from_be_bytes(*bytes));
    Ok(match (first & 0xffff) as u16 {
        RST_STREAM => Frame::Reset {
            stream: number & 0x7fff_ffff,
        },
        // Odd ones would be answers to ours.
        PING if number % 2 == 0 => Frame::Ping { id: number },
        GOAWAY => Frame::GoAway,
        _ => Frame::Other,
    })
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("frames are short")
}
