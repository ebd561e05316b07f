use std::cell::OnceCell;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use super::Global;
use super::environment::Environment;
use super::interrupt::Interrupts;
use crate::config::APP_FILE;
use crate::report::Reporter;
use crate::settings::Settings;
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
        let missing = |place: &str| {
            Error::usage(format!("no {APP_FILE} {place}"))
                .hint("run `paas init` to write one, or give its folder with `-C PATH`")
        };
        if let Some(folder) = &self.global.directory {
            let found = folder.join(APP_FILE).is_file();
            return found
                .then(|| folder.clone())
                .ok_or_else(|| missing(&format!("in {}", folder.display())));
        }
        let here = self.environment.current_folder()?;
        for folder in here.ancestors() {
            if folder.join(APP_FILE).is_file() {
                return Ok(folder.to_owned());
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Err(missing("here or above, within the repository"))
    }

    /// Runs an operation to its end with its progress on stderr. Ctrl-C and SIGTERM drop its
    /// future.
    pub fn operate<T, F>(&self, operation: impl FnOnce(Arc<dyn Reporter>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let canceled = self.interrupts()?.next();
        // Fails only when there is one already, of an earlier operation.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::unexpected("cannot start the runtime").caused_by(error))?;
        let progress = self.ui.progress();
        let future = operation(progress.reporter());
        let result = runtime.block_on(async {
            tokio::select! {
                result = future => result,
                Ok(()) = canceled => Err(Error::new(Kind::Interrupted, "interrupted")),
            }
        });
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
