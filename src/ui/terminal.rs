//! The user's terminal, handed to a command that runs elsewhere.

use std::io::{self, IsTerminal, Read, Write};
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::sync::mpsc;

use crate::{Error, Result};

/// The terminal of stdin and stdout, in raw mode: every key goes to the command, Ctrl-C too. Dropping
/// it gives the terminal back as it was.
pub struct RawTerminal {
    before: Termios,
}

impl RawTerminal {
    /// Takes the terminal; `None` when stdin or stdout is none.
    pub fn take() -> Result<Option<Self>> {
        let stdin = io::stdin();
        if !stdin.is_terminal() || !io::stdout().is_terminal() {
            return Ok(None);
        }
        let failed = |error| Error::unexpected("cannot set the terminal's mode").caused_by(error);
        let before = tcgetattr(&stdin).map_err(|error| failed(io::Error::from(error)))?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Now, &raw)
            .map_err(|error| failed(io::Error::from(error)))?;
        Ok(Some(Self { before }))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        // Nothing better can be done where the terminal is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Columns and rows; `None` without a terminal.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// What comes on stdin, until its end. It is read by a thread of its own, which ends with the process:
/// nothing else could end a read of a terminal.
pub fn typed() -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        let mut stdin = io::stdin().lock();
        while let Ok(count @ 1..) = stdin.read(&mut buffer) {
            if sender.blocking_send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Passes a command's bytes on as they are.
pub fn write_stdout(bytes: &[u8]) -> Result<()> {
    write(&mut io::stdout().lock(), bytes)
}

/// Passes a command's bytes on as they are.
pub fn write_stderr(bytes: &[u8]) -> Result<()> {
    write(&mut io::stderr().lock(), bytes)
}

fn write(to: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    to.write_all(bytes)
        .and_then(|()| to.flush())
        .map_err(|error| Error::unexpected("cannot write what the command wrote").caused_by(error))
}
