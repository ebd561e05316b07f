use std::cell::OnceCell;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use super::Global;
use super::environment::Environment;
use super::interrupt::Interrupts;
use crate::config::APP_FILE;
use crate::ops::deploy::Cancel;
use crate::report::{Event, Reporter};
use crate::settings::Settings;
use crate::source::Source;
use crate::ui::Ui;
use crate::{Error, Kind, Result};

/// How long blocking work of a cancelled operation (a file being read, git) may take to end.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// What a command works with.
pub struct Session {
    /// Options of all commands.
    pub global: Global,
    /// The process's environment.
    pub environment: Environment,
    /// stdout and stderr.
    pub ui: Ui,
    interrupts: OnceCell<Interrupts>,
}

impl Session {
    /// One invocation.
    pub fn new(global: Global, environment: Environment, ui: Ui) -> Self {
        Self {
            global,
            environment,
            ui,
            interrupts: OnceCell::new(),
        }
    }

    /// Options, environment and user configuration as operations take them.
    pub fn settings(&self) -> Result<Settings> {
        self.environment.settings(&self.global.overrides())
    }

    /// The app's folder: `--directory`, or the nearest folder with an `app.toml`, from here upwards
    /// to the root of the repository.
    pub fn app_folder(&self) -> Result<PathBuf> {
        let (from, found, place) = if let Some(folder) = &self.global.directory {
            let found = folder.join(APP_FILE).is_file().then(|| folder.clone());
            (folder.clone(), found, format!("in {}", folder.display()))
        } else {
            let current = self.environment.current_folder()?;
            let found = nearest_app_folder(&current);
            (
                current,
                found,
                "here or above, within the repository".to_owned(),
            )
        };
        if let Some(found) = found {
            return Ok(found);
        }
        // Outside of a repository `paas init` would not be the next step.
        Source::discover(&from)?;
        Err(Error::usage(format!("no {APP_FILE} {place}"))
            .hint("run `paas init` to write one, or give its folder with `-C PATH`"))
    }

    /// Runs an operation to its end with its progress on stderr. Ctrl-C and SIGTERM drop its
    /// future.
    pub fn operate<T, F>(&self, operation: impl FnOnce(Arc<dyn Reporter>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let canceled = self.interrupts()?.next();
        self.block_on(async |reporter| {
            tokio::select! {
                result = operation(reporter) => result,
                Ok(()) = canceled => Err(Error::new(Kind::Interrupted, "interrupted")),
            }
        })
    }

    /// Runs an operation that goes back in order when it is told to: by Ctrl-C or SIGTERM. A second
    /// signal ends the process at once.
    pub fn operate_in_order<T, F>(
        &self,
        operation: impl FnOnce(Arc<dyn Reporter>, Cancel) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let interrupted = self.interrupts()?.next();
        let (canceler, cancel) = Cancel::new();
        self.block_on(async |reporter| {
            let mut running = pin!(operation(Arc::clone(&reporter), cancel));
            tokio::select! {
                result = &mut running => return result,
                Ok(()) = interrupted => canceler.cancel(),
            }
            reporter.report(Event::Warning(
                "interrupted: ending in order; a second Ctrl-C ends at once".to_owned(),
            ));
            running.await
        })
    }

    fn block_on<T>(
        &self,
        operation: impl AsyncFnOnce(Arc<dyn Reporter>) -> Result<T>,
    ) -> Result<T> {
        // Fails only when there is one already, of an earlier operation.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::unexpected("cannot start the runtime").caused_by(error))?;
        let progress = self.ui.progress();
        let result = runtime.block_on(operation(progress.reporter()));
        drop(progress);
        runtime.shutdown_timeout(SHUTDOWN);
        result
    }

    fn interrupts(&self) -> Result<&Interrupts> {
        if self.interrupts.get().is_none() {
            // A cell that was filled in between would hold the same.
            let _ = self.interrupts.set(Interrupts::watch()?);
        }
        Ok(self.interrupts.get().expect("just filled"))
    }
}

fn nearest_app_folder(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        if folder.join(APP_FILE).is_file() {
            return Some(folder.to_owned());
        }
        // A file in worktrees and submodules.
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    use tempfile::TempDir;

    use super::*;
    use crate::ui::Wishes;

    /// Set in the process that is interrupted.
    const INTERRUPTED: &str = "PAAS_TEST_INTERRUPTED";

    #[test]
    fn the_app_is_looked_for_up_to_the_repository() {
        let folder = TempDir::new().unwrap();
        let inner = folder.path().join("repo/services/shop/src");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir(folder.path().join("repo/.git")).unwrap();
        fs::write(folder.path().join(APP_FILE), "").unwrap();
        assert_eq!(
            nearest_app_folder(&inner),
            None,
            "outside the repository is not ours"
        );
        let shop = folder.path().join("repo/services/shop");
        fs::write(shop.join(APP_FILE), "").unwrap();
        assert_eq!(nearest_app_folder(&inner).as_deref(), Some(&*shop));
    }

    /// Tells on stderr when the operation is dropped.
    struct Guard(Arc<dyn Reporter>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.report(Event::Note("dropped".to_owned()));
        }
    }

    /// An operation that never ends; one that `blocks` can't be cancelled either.
    fn operate_for_ever(blocks: bool) -> Error {
        let wishes = Wishes {
            ci: true,
            ..Wishes::default()
        };
        let session = Session::new(
            Global::default(),
            Environment::of_process(),
            Ui::new(wishes),
        );
        let operation = async |reporter: Arc<dyn Reporter>| {
            let _guard = Guard(Arc::clone(&reporter));
            reporter.report(Event::Note("running".to_owned()));
            if blocks {
                std::thread::sleep(Duration::from_mins(1));
            }
            std::future::pending::<Result<()>>().await
        };
        session.operate(operation).unwrap_err()
    }

    /// Runs this test again in a process of its own, and gives it `signals`. `None` in that process.
    #[expect(
        clippy::disallowed_methods,
        reason = "tells the interrupted process from the test"
    )]
    fn interrupted(test: &str, blocks: bool, signals: &[&str]) -> Option<(Option<i32>, String)> {
        if std::env::var_os(INTERRUPTED).is_some() {
            assert_eq!(operate_for_ever(blocks).kind(), Kind::Interrupted);
            return None;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("cli::session::tests::{test}"),
                "--nocapture",
            ])
            .env(INTERRUPTED, "1")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.ends_with("running\n") {
            assert_ne!(
                stderr.read_line(&mut line).unwrap(),
                0,
                "it never ran: {line}"
            );
        }
        for signal in signals {
            let kill = Command::new("kill")
                .args([*signal, &child.id().to_string()])
                .status();
            assert!(kill.unwrap().success());
            std::thread::sleep(Duration::from_millis(200));
        }
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        Some((child.wait().unwrap().code(), rest))
    }

    #[test]
    fn a_signal_drops_the_operation() {
        for signal in ["-INT", "-TERM"] {
            let test = "a_signal_drops_the_operation";
            let Some((code, rest)) = interrupted(test, false, &[signal]) else {
                return;
            };
            assert!(rest.contains("dropped"), "{signal}: {rest}");
            assert_eq!(code, Some(0), "the test in the process passed: {rest}");
        }
    }

    #[test]
    fn a_second_signal_does_not_wait() {
        let test = "a_second_signal_does_not_wait";
        if let Some((code, rest)) = interrupted(test, true, &["-INT", "-INT"]) {
            assert_eq!(code, Some(130), "{rest}");
            assert!(!rest.contains("dropped"), "{rest}");
        }
    }
}
