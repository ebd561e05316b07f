//! Git's object id of content: SHA-1 over `blob <size>\0` and the bytes.

use std::fs::File;
use std::io::{self, Read as _};

use sha1::{Digest as _, Sha1};

use super::index::Blob;

/// Of bytes in memory.
pub fn of_bytes(bytes: &[u8]) -> Blob {
    let mut hash = start(bytes.len() as u64);
    hash.update(bytes);
    hash.finalize().into()
}

/// Of a file of `size` bytes; an error where it turns out to have another size.
pub fn of_file(file: &mut File, size: u64) -> io::Result<Blob> {
    let mut hash = start(size);
    let mut buffer = vec![
        0;
        usize::try_from(size)
            .unwrap_or(usize::MAX)
            .clamp(1, 1 << 16)
    ];
    let mut left = size;
    loop {
        let read = file.read(&mut buffer)?;
        left = match (read, left) {
            (0, 0) => return Ok(hash.finalize().into()),
            (0, _) => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ => left
                .checked_sub(read as u64)
                .ok_or(io::ErrorKind::InvalidData)?,
        };
        hash.update(&buffer[..read]);
    }
}

fn start(size: u64) -> Sha1 {
    let mut hash = Sha1::new();
    hash.update(format!("blob {size}\0"));
    hash
}
