use std::collections::BTreeMap;

use clap::Args;

use super::Session;
use super::secret_argument::{SecretArgument, SecretSource};
use crate::builder::SecretBytes;
use crate::config::{self, APP_FILE};
use crate::ops::{self, BuildDocument, BuildOptions, DigestKind, Locked};
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
    /// Publish the version to the registry as well
    #[arg(long)]
    push: bool,
    /// Run every step again, even if nothing changed
    #[arg(long)]
    no_cache: bool,
    /// Refuse to build when app.lock would have to change [default where CI is set]
    #[arg(long, conflicts_with = "no_locked")]
    locked: bool,
    /// Write a changed app.lock even where CI is set
    #[arg(long)]
    no_locked: bool,
    /// Build for another platform, such as linux/arm64
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// With --push: publish also what is not committed
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
            platform: self.platform.as_deref().map(str::parse).transpose()?,
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
    let kind = match built.digest_kind {
        DigestKind::Manifest => "digest",
        DigestKind::ImageId => "image ID",
    };
    format!(
        "{}\n  {how} in {seconds}, {kind} {}\n",
        built.image, built.digest
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
