use std::collections::BTreeMap;

use clap::Args;

use super::Session;
use super::secret::{SecretArgument, SecretSource};
use crate::builder::SecretBytes;
use crate::config::{self, APP_FILE};
use crate::ops::{self, BuildDocument, BuildOptions, Locked};
use crate::ui::format;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas build                     build what is on disk, if anything changed
  paas build --push              and publish the version
  paas build --secret TOKEN=file:token.txt
  paas build --push --json       in CI: one JSON document on stdout";

/// `paas build`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    /// Publish the version to the registry
    #[arg(long)]
    push: bool,
    /// Run every step again
    #[arg(long)]
    no_cache: bool,
    /// Fail if app.lock is missing or would have to change
    #[arg(long, conflicts_with = "no_locked")]
    locked: bool,
    /// Let app.lock change even where CI is set
    #[arg(long)]
    no_locked: bool,
    /// Build for another platform, such as linux/arm64
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Push a version of uncommitted changes
    #[arg(long)]
    allow_dirty: bool,
    /// Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin)
    /// [default: the variable with its name]
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    secrets: Vec<String>,
}

impl Build {
    /// Builds.
    pub fn run(self, session: &Session) -> Result<()> {
        let folder = session.app_folder()?;
        let options = BuildOptions {
            push: self.push,
            no_cache: self.no_cache,
            locked: match (self.locked, self.no_locked) {
                (true, _) => Locked::Always,
                (_, true) => Locked::Never,
                _ => Locked::Auto,
            },
            platform: self.platform.map(checked_platform).transpose()?,
            allow_dirty: self.allow_dirty,
            secrets: build_secrets(session, &folder, &self.secrets)?,
            folder,
        };
        let settings = session.settings()?;
        let built =
            session.operate(async |reporter| ops::build(&options, &settings, &reporter).await)?;
        if session.global.json {
            session.ui.print_json(&built)
        } else {
            session.ui.print(&summary(&built))
        }
    }
}

fn summary(built: &BuildDocument) -> String {
    let how = match (built.cached, built.pushed) {
        (true, false) => "nothing changed",
        (true, true) => "nothing changed, in the registry",
        (false, false) => "built",
        (false, true) => "built and pushed",
    };
    let seconds = format::duration(std::time::Duration::from_secs_f64(built.seconds));
    format!("{}\n  {how} in {seconds}, {}\n", built.image, built.digest)
}

/// `os/architecture[/variant]`.
fn checked_platform(platform: String) -> Result<String> {
    let parts: Vec<&str> = platform.split('/').collect();
    let is_word = |part: &&str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if (2..=3).contains(&parts.len()) && parts.iter().all(is_word) {
        return Ok(platform);
    }
    Err(
        Error::usage(format!("`{}` is not a platform", platform.escape_debug()))
            .hint("write `linux/amd64` or `linux/arm64`"),
    )
}

/// The values of the app's build secrets: from where `--secret` says, else from the variable of the
/// secret's name.
pub fn build_secrets(
    session: &Session,
    folder: &std::path::Path,
    arguments: &[String],
) -> Result<BTreeMap<String, SecretBytes>> {
    let mut values = BTreeMap::new();
    let mut reads_stdin = false;
    for argument in arguments {
        let SecretArgument { name, source } = argument.parse()?;
        if source == SecretSource::Stdin && std::mem::replace(&mut reads_stdin, true) {
            return Err(Error::usage("two secrets can't both be read from stdin"));
        }
        values.insert(name, SecretBytes::new(source.read(&session.environment)?));
    }
    for name in config::load(&folder.join(APP_FILE))?.app.build.secrets {
        if !values.contains_key(&name)
            && let Some(value) = session.environment.variable(&name)?
        {
            values.insert(name, SecretBytes::new(value));
        }
    }
    Ok(values)
}
