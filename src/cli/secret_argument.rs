//! `--secret`: where the value of a build secret comes from. Never the value itself: arguments are
//! visible to everybody on the machine.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::str::FromStr;

use super::environment::Environment;
use crate::{Error, Result};

/// More is no secret but a mistake, such as `file:/dev/zero`.
const MOST_BYTES: u64 = 512 * 1024;

/// `NAME`, `NAME=env:VARIABLE`, `NAME=file:PATH` or `NAME=-`. To be parsed by the command, not by clap,
/// whose message would repeat a value that was given by mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretArgument {
    /// The secret, as `app.toml` names it.
    pub name: String,
    /// Where its value is.
    pub source: SecretSource,
}

/// Where a secret's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable; the default is the one with the secret's name.
    Variable(String),
    /// A file's content, as it is.
    File(PathBuf),
    /// What stdin holds, as it is.
    Stdin,
}

impl FromStr for SecretArgument {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, source) = text.split_once('=').unwrap_or((text, ""));
        let source = match source.split_once(':') {
            None if !text.contains('=') => SecretSource::Variable(name.to_owned()),
            None if source == "-" => SecretSource::Stdin,
            Some(("env", variable)) if !variable.is_empty() => {
                SecretSource::Variable(variable.to_owned())
            }
            Some(("file", path)) if !path.is_empty() => SecretSource::File(path.into()),
            // What stands there may be the secret: the message must not repeat it.
            _ => {
                return Err(Error::usage(
                    "write NAME, NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin)",
                ));
            }
        };
        let name = name.to_owned();
        Ok(Self { name, source })
    }
}

impl SecretSource {
    /// The value.
    pub fn read(&self, environment: &Environment) -> Result<Vec<u8>> {
        match self {
            Self::Variable(name) => match environment.variable(name)? {
                Some(value) => Ok(value.as_bytes().to_vec()),
                None => Err(
                    Error::usage(format!("the variable {name} is not set")).hint(format!(
                        "set {name}, or say where the secret is: `--secret NAME=file:PATH`"
                    )),
                ),
            },
            Self::File(path) => fs::File::open(path)
                .and_then(limited)
                .map_err(|error| cannot_read(&path.display().to_string(), error)),
            Self::Stdin => limited(io::stdin()).map_err(|error| cannot_read("stdin", error)),
        }
    }
}

fn limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut value = Vec::new();
    source.take(MOST_BYTES + 1).read_to_end(&mut value)?;
    if value.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("a secret has at most 512 KiB"));
    }
    Ok(value)
}

fn cannot_read(place: &str, error: io::Error) -> Error {
    Error::usage(format!("cannot read the secret from {place}")).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_says_where_it_is() {
        for (text, name, source) in [
            ("TOKEN", "TOKEN", SecretSource::Variable("TOKEN".to_owned())),
            (
                "TOKEN=env:CI_TOKEN",
                "TOKEN",
                SecretSource::Variable("CI_TOKEN".to_owned()),
            ),
            (
                "TOKEN=file:/run/a=b:c",
                "TOKEN",
                SecretSource::File("/run/a=b:c".into()),
            ),
            ("TOKEN=-", "TOKEN", SecretSource::Stdin),
        ] {
            let argument: SecretArgument = text.parse().unwrap();
            assert_eq!((&*argument.name, argument.source), (name, source), "{text}");
        }
    }

    #[test]
    fn a_value_on_the_command_line_is_refused_and_not_repeated() {
        for text in [
            "TOKEN=hunter2",
            "TOKEN=",
            "TOKEN=hunter2:x",
            "TOKEN=file:",
            "TOKEN=env:",
        ] {
            let error = text.parse::<SecretArgument>().unwrap_err();
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_endless_file_is_refused() {
        let environment = Environment::of_process();
        let error = SecretSource::File("/dev/zero".into())
            .read(&environment)
            .unwrap_err();
        assert_eq!(error.message(), "cannot read the secret from /dev/zero");
    }
}
