//! `paas exec` and `paas run`: a command elsewhere with this terminal.

use clap::Args;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::signal::unix::{SignalKind, signal};

use super::Session;
use super::target::EnvironmentArgument;
use crate::cluster::{Output, Process, TerminalSize};
use crate::ops::clusters;
use crate::ops::deploy::Selected;
use crate::release::InstanceName;
use crate::report::Event;
use crate::ui::terminal::{self, RawTerminal};
use crate::{Error, Kind, Result};

const EXEC_EXAMPLES: &str = "\
Examples:
  paas exec web.1 -- sh
  paas exec web.1 -- cat /etc/os-release > release.txt

It exits with the command's status.";

const RUN_EXAMPLES: &str = "\
Examples:
  paas run -- python manage.py createsuperuser
  paas run -- sh -c 'echo $DATABASE_URL'

It exits with the command's status; the container is removed.";

/// `paas exec`.
#[derive(Args, Debug)]
#[command(after_help = EXEC_EXAMPLES)]
pub struct Exec {
    /// As `paas status` names it
    instance: InstanceName,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<String>,
    #[command(flatten)]
    environment: EnvironmentArgument,
}

/// `paas run`.
#[derive(Args, Debug)]
#[command(after_help = RUN_EXAMPLES)]
pub struct Run {
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<String>,
    #[command(flatten)]
    environment: EnvironmentArgument,
}

impl Exec {
    /// Runs it.
    pub fn run(self, session: &Session) -> Result<()> {
        let instance = Some(self.instance);
        attach(session, &self.environment, instance.as_ref(), &self.command)
    }
}

impl Run {
    /// Runs it.
    pub fn run(self, session: &Session) -> Result<()> {
        attach(session, &self.environment, None, &self.command)
    }
}

fn attach(
    session: &Session,
    environment: &EnvironmentArgument,
    instance: Option<&InstanceName>,
    command: &[String],
) -> Result<()> {
    let folder = session.app_folder()?;
    let settings = session.settings()?;
    let status = session.operate_in_order(async |reporter, cancel| {
        let selected = Selected::load(&folder, environment.environment.as_deref())?;
        let cluster = clusters::open(&selected.cluster, &settings, &reporter).await?;
        let raw = RawTerminal::take()?;
        let size = raw.as_ref().map(|_| size());
        let mut process = tokio::select! {
            process = cluster.exec(&selected.target, instance, command, size) => process?,
            () = cancel.canceled() => return cancel.check().map(|()| 0),
        };
        tokio::select! {
            status = talk(&mut *process, size.is_some()) => return status,
            () = cancel.canceled() => {}
        }
        if let Err(error) = process.end().await {
            reporter.report(Event::Warning(format!("the command may run on: {error}")));
        }
        cancel.check().map(|()| 0)
    })?;
    match u8::try_from(status) {
        Ok(0) => Ok(()),
        status => Err(Error::new(
            Kind::Exited(status.unwrap_or(1)),
            format!("the command ended with status {}", status.unwrap_or(1)),
        )),
    }
}

/// Passes bytes to and fro until the command ends, and returns its exit status.
async fn talk(process: &mut dyn Process, has_terminal: bool) -> Result<i64> {
    let input = process.input();
    let typing = tokio::spawn(async move {
        if let Some(mut input) = input {
            let mut typed = terminal::typed();
            while let Some(bytes) = typed.recv().await {
                // An error is the command's end, which shows elsewhere.
                if input.write_all(&bytes).await.is_err() || input.flush().await.is_err() {
                    return;
                }
            }
            let _ = input.shutdown().await;
        }
    });
    let mut resized = signal(SignalKind::window_change())
        .map_err(|error| Error::unexpected("cannot watch the terminal's size").caused_by(error))?;
    let mut output = process.output();
    loop {
        tokio::select! {
            piece = output.next() => match piece {
                Some(Ok(Output::Stdout(bytes))) => terminal::write_stdout(&bytes)?,
                Some(Ok(Output::Stderr(bytes))) => terminal::write_stderr(&bytes)?,
                Some(Err(error)) => return Err(error),
                None => break,
            },
            _ = resized.recv(), if has_terminal => {
                process.resize(size()).await?;
            }
        }
    }
    typing.abort();
    process.wait().await
}

/// A terminal that doesn't tell its size has the usual one.
fn size() -> TerminalSize {
    let (columns, rows) = terminal::size().unwrap_or((80, 24));
    TerminalSize { columns, rows }
}
