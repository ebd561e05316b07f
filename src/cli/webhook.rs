use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use clap::{Args, ValueEnum};

use super::Session;
use super::environment::Environment;
use super::secret_argument::SecretSource;
use crate::builder::SecretBytes;
use crate::ops::{self, Action, SecretLookup, Sender, WebhookOptions};
use crate::settings::Settings;
use crate::webhook::{Ci, Event, Headers, MAX_BODY, Payload, Provider, Secret, parse};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  paas webhook                     in a CI job: the event it runs for
  paas webhook --dry-run           only say what would be built
  paas webhook --event - --header \"X-GitHub-Event: push\" < payload.json
  paas webhook --event payload.json --header @headers.txt --secret-from env:WEBHOOK_SECRET";

/// What git may need to clone, besides the address and the proxies.
const GIT_VARIABLES: [&str; 4] = [
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "GIT_SSL_CAINFO",
    "SSH_AUTH_SOCK",
];

/// `paas webhook`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Webhook {
    /// The event's payload: a file, or - for stdin [default: the CI job's own event]
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// A header of the request, `Name: value`; or @FILE with one a line, so that a secret token is
    /// not in the arguments
    #[arg(long = "header", value_name = "HEADER", requires = "event")]
    headers: Vec<String>,
    /// The git host [default: by the headers]
    #[arg(long, value_name = "HOST", requires = "event")]
    provider: Option<Host>,
    /// Where the webhook's secret is, which then must prove the payload: env:NAME or file:PATH
    #[arg(long, value_name = "SOURCE", requires = "event")]
    secret_from: Option<String>,
    /// Build, but don't push
    #[arg(long)]
    no_push: bool,
    /// Say what would be built; build nothing
    #[arg(long)]
    dry_run: bool,
}

/// Git hosts by their names in `--json`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Host {
    Github,
    Gitlab,
    Gitea,
    Forgejo,
    Bitbucket,
}

/// `--secret-from`, never the secret itself.
struct SecretFrom(SecretSource);

impl Webhook {
    /// Prints the document of the event.
    pub fn run(self, session: &Session) -> Result<()> {
        let secret_from = self.secret_from.as_deref().map(str::parse).transpose()?;
        let (sender, events) = self.events(&session.environment, secret_from.as_ref())?;
        let settings = session.settings()?;
        let options = WebhookOptions {
            folder: folder(session)?,
            sender,
            action: self.action(),
            git_environment: git_environment(&session.environment, &settings)?,
            secrets: secrets(session.environment.clone(), secret_from),
        };
        let document = session.operate(async |reporter| {
            ops::webhook(&events, &options, &settings, &reporter).await
        })?;
        session.ui.print_json(&document)
    }

    fn action(&self) -> Action {
        match (self.dry_run, self.no_push) {
            (true, _) => Action::Decide,
            (false, true) => Action::Build,
            (false, false) => Action::Publish,
        }
    }

    fn events(
        &self,
        environment: &Environment,
        secret: Option<&SecretFrom>,
    ) -> Result<(Sender, Vec<Event>)> {
        let Some(path) = &self.event else {
            let ci = detect(environment)?.ok_or_else(no_event)?;
            let body = ci.event_file().map(payload).transpose()?;
            return Ok((Sender::Job, ci.events(body.as_deref())?));
        };
        let body = payload(path)?;
        if self.headers.is_empty() && self.provider.is_none() && secret.is_none() {
            // A CI that writes the payload down names its event in a variable.
            if let Some(ci) = detect(environment)?.filter(|ci| ci.event_file().is_some()) {
                return Ok((Sender::Request, ci.events(Some(&body))?));
            }
        }
        let headers = headers(&self.headers)?;
        let provider = match self.provider {
            Some(host) => host.into(),
            None => Provider::detect(&headers)?,
        };
        let payload = match secret {
            Some(from) => {
                let secret = from.read(environment)?;
                Payload::verify(provider, &headers, &body, &secret, SystemTime::now())?
            }
            None => Payload::local(provider, &headers, &body)?,
        };
        Ok((Sender::Request, parse(&payload)?))
    }
}

fn detect(environment: &Environment) -> Result<Option<Ci>> {
    Ci::detect(|name| environment.variable(name).ok().flatten().map(str::to_owned))
}

fn no_event() -> Error {
    Error::usage("there is no event: this is no CI job that paas knows")
        .hint("give the payload: `--event FILE`, or `--event -` for stdin")
}

/// `--directory` may be a folder that only the event's commit has an `app.toml` in.
fn folder(session: &Session) -> Result<PathBuf> {
    match &session.global.directory {
        Some(folder) if folder.is_dir() => Ok(folder.clone()),
        _ => session.app_folder(),
    }
}

/// One byte more than allowed is enough to refuse it.
fn payload(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let mut body = Vec::new();
    let limit = MAX_BODY as u64 + 1;
    let (place, read) = if path == Path::new("-") {
        let read = io::stdin().lock().take(limit).read_to_end(&mut body);
        ("stdin".to_owned(), read)
    } else {
        let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut body));
        (path.display().to_string(), read)
    };
    read.map_err(|error| {
        Error::usage(format!("cannot read the event from {place}")).caused_by(error)
    })?;
    Ok(body)
}

fn headers(arguments: &[String]) -> Result<Headers> {
    let mut lines = String::new();
    for argument in arguments {
        if let Some(path) = argument.strip_prefix('@') {
            lines += &fs::read_to_string(path).map_err(|error| {
                Error::usage(format!("cannot read headers from {path}")).caused_by(error)
            })?;
        } else {
            lines += argument;
        }
        lines += "\n";
    }
    Headers::parse(&lines)
}

fn git_environment(
    environment: &Environment,
    settings: &Settings,
) -> Result<Vec<(OsString, OsString)>> {
    let mut variables: Vec<(OsString, OsString)> = Vec::new();
    for name in GIT_VARIABLES {
        if let Some(value) = environment.variable(name)? {
            variables.push((name.into(), value.into()));
        }
    }
    let proxies = settings.proxies.iter();
    variables.extend(proxies.map(|(name, value)| (name.into(), value.into())));
    Ok(variables)
}

/// Build secrets are variables of their names; never the webhook's own, whatever a commit asks for.
fn secrets(environment: Environment, webhook: Option<SecretFrom>) -> SecretLookup {
    Arc::new(move |name| {
        if matches!(&webhook, Some(SecretFrom(SecretSource::Variable(own))) if own == name) {
            return Err(Error::refused(format!(
                "app.toml asks for {name}, which is the webhook's own secret"
            )));
        }
        Ok(environment.variable(name)?.map(SecretBytes::new))
    })
}

impl SecretFrom {
    fn read(&self, environment: &Environment) -> Result<Secret> {
        let SecretFrom(source) = self;
        let mut value = source.read(environment)?;
        if let SecretSource::File(_) = source {
            // Editors end a file's last line; no host's secret ends so.
            for end in [b'\n', b'\r'] {
                value.pop_if(|byte| *byte == end);
            }
        }
        Secret::new(value)
    }
}

impl FromStr for SecretFrom {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => {
                Ok(Self(SecretSource::Variable(name.to_owned())))
            }
            Some(("file", path)) if !path.is_empty() => Ok(Self(SecretSource::File(path.into()))),
            // What stands there may be the secret itself.
            _ => Err(Error::usage(
                "write `--secret-from env:NAME` or `--secret-from file:PATH`",
            )),
        }
    }
}

impl From<Host> for Provider {
    fn from(host: Host) -> Self {
        match host {
            Host::Github => Self::GitHub,
            Host::Gitlab => Self::GitLab,
            Host::Gitea => Self::Gitea,
            Host::Forgejo => Self::Forgejo,
            Host::Bitbucket => Self::Bitbucket,
        }
    }
}
