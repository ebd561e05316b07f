use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::string::FromUtf8Error;

use crate::{Error, Result};

/// Far above what anybody writes by hand.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// The text of a regular file of at most 1 MiB, without a byte order mark; `None` when there is no
/// such file. `display` is the path in messages. A symbolic link is refused: the repository may come
/// from somebody else, and what the link points at would be shown in messages.
pub(super) fn read(path: &Path, display: &str) -> Result<Option<String>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(display).caused_by(e)),
    };
    if !metadata.is_file() {
        return Err(irregular(display));
    }
    let mut bytes = Vec::new();
    let file = open(path).map_err(|e| unreadable(display).caused_by(e))?;
    // Somebody may have put something else in its place since.
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Err(irregular(display));
    }
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(display).caused_by(e))?;
    text(bytes, display).map(Some)
}

/// Never waits for a writer, should the file have become a FIFO.
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
}

fn text(bytes: Vec<u8>, display: &str) -> Result<String> {
    if bytes.len() as u64 > LARGEST {
        return Err(Error::usage(format!("{display} is larger than 1 MiB")));
    }
    let text = String::from_utf8(bytes).map_err(|e| not_utf_8(&e, display))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn not_utf_8(error: &FromUtf8Error, display: &str) -> Error {
    let at = error.utf8_error().valid_up_to();
    let (before, byte) = (&error.as_bytes()[..at], error.as_bytes()[at]);
    let line = before.split(|byte| *byte == b'\n').count();
    Error::usage(format!(
        "{display}:{line}: byte 0x{byte:02x} at offset {at} is not UTF-8"
    ))
    .hint("save the file as UTF-8")
}

fn unreadable(display: &str) -> Error {
    Error::usage(format!("{display} can't be read"))
}

fn irregular(display: &str) -> Error {
    Error::usage(format!("{display} is not a regular file"))
        .hint("folders, symbolic links, pipes and devices are refused")
}
