//! What can go wrong with an engine, in words that say what to do.

use std::io;
use std::time::Duration;

use serde::Deserialize;

use crate::settings::EngineAddress;
use crate::{Error, Kind};

pub(super) fn name(address: &EngineAddress) -> String {
    match address {
        EngineAddress::Unix(path) => path.display().to_string(),
        EngineAddress::Tcp(address) => format!("tcp://{address}"),
    }
}

/// The connection could not be made.
pub(super) fn unreachable(address: &EngineAddress, error: io::Error) -> Error {
    const ELSEWHERE: &str = "if it listens elsewhere, set DOCKER_HOST or pass `--docker-host`";
    let name = name(address);
    let failure = match error.kind() {
        io::ErrorKind::NotFound => {
            Error::unavailable(format!("there is no Docker Engine at {name}"))
                .hint("install Docker, or start it: `sudo systemctl start docker`")
                .hint(ELSEWHERE)
        }
        io::ErrorKind::PermissionDenied => Error::unavailable(format!(
            "you may not use the Docker Engine at {name}"
        ))
        .hint("join its group, then log in again: `sudo usermod --append --groups docker $USER`"),
        io::ErrorKind::ConnectionRefused => {
            Error::unavailable(format!("no Docker Engine listens at {name}"))
                .hint("start it: `sudo systemctl start docker`")
                .hint(ELSEWHERE)
        }
        _ => Error::unavailable(format!("the Docker Engine at {name} can't be reached"))
            .hint("see whether it runs: `sudo systemctl status docker`"),
    };
    failure.caused_by(error)
}

/// It took the connection and said nothing.
pub(super) fn hanging(address: &EngineAddress, waited: Duration) -> Error {
    Error::unavailable(format!(
        "the Docker Engine at {} did not answer within {} s",
        name(address),
        waited.as_secs()
    ))
    .hint("see what it is doing: `sudo journalctl --unit docker --since -10min`")
    .hint("if it hangs, restart it: `sudo systemctl restart docker`")
}

/// It closed the connection before it had answered.
pub(super) fn cut(address: &EngineAddress) -> Error {
    Error::unavailable(format!(
        "the Docker Engine at {} closed the connection",
        name(address)
    ))
    .hint("see whether it was restarted: `sudo journalctl --unit docker --since -10min`")
}

/// It stopped answering in the middle of something.
pub(super) fn silent(address: &EngineAddress) -> Error {
    Error::unavailable(format!(
        "the Docker Engine at {} stopped answering",
        name(address)
    ))
    .hint("see what it is doing: `sudo journalctl --unit docker --since -10min`")
}

/// What listens there is something else.
pub(super) fn foreign(address: &EngineAddress) -> Error {
    Error::unavailable(format!(
        "what listens at {} is not a Docker Engine",
        name(address)
    ))
    .hint("set DOCKER_HOST or pass `--docker-host`")
}

/// It answered a request with an HTTP error.
pub(super) fn answered(status: u16, message: &str) -> Error {
    if let Some(error) = disk_full(message) {
        return error;
    }
    let kind = match status {
        400 | 404 => Kind::Unexpected,
        401 | 403 | 409 => Kind::Refused,
        _ => Kind::Unavailable,
    };
    Error::new(
        kind,
        format!("the Docker Engine answered {status}: {message}"),
    )
}

/// The error for a full disk, when `message` speaks of one. The API has no code for it.
pub(super) fn disk_full(message: &str) -> Option<Error> {
    let full = ["no space left on device", "disk quota exceeded"];
    let lower = message.to_lowercase();
    full.iter().any(|text| lower.contains(text)).then(|| {
        Error::unavailable("the Docker Engine's disk is full")
            .caused_by(message.to_owned())
            .hint("remove old versions and build cache: `paas gc`")
    })
}

/// The text in the engine's `{"message": …}`, or all of it.
pub(super) fn message_of(body: &str) -> String {
    #[derive(Deserialize)]
    struct Message {
        message: String,
    }
    match serde_json::from_str::<Message>(body) {
        Ok(body) => body.message,
        Err(_) => body.trim().chars().take(500).collect(),
    }
}

/// An error of bollard's.
pub(super) fn of_bollard(address: &EngineAddress, error: bollard::errors::Error) -> Error {
    use bollard::errors::Error as Bollard;
    match error {
        Bollard::DockerResponseServerError {
            status_code,
            message,
        } => answered(status_code, &message),
        Bollard::RequestTimeoutError => hanging(address, super::connect::SMALL_REQUEST),
        Bollard::IOError { err } => unreachable(address, err),
        error @ (Bollard::JsonDataError { .. } | Bollard::JsonSerdeError { .. }) => {
            Error::unexpected("the Docker Engine's answer can't be read").caused_by(error)
        }
        error => cut(address).caused_by(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_out_of_reach_comes_with_advice() {
        let address = EngineAddress::Unix("/run/x.sock".into());
        for (kind, message, hint) in [
            (
                io::ErrorKind::NotFound,
                "there is no Docker Engine at /run/x.sock",
                "start",
            ),
            (
                io::ErrorKind::PermissionDenied,
                "you may not use",
                "--groups docker",
            ),
            (
                io::ErrorKind::ConnectionRefused,
                "no Docker Engine listens",
                "start",
            ),
            (io::ErrorKind::Other, "can't be reached", "status"),
        ] {
            let error = unreachable(&address, kind.into());
            assert_eq!(error.kind(), Kind::Unavailable);
            assert!(error.message().contains(message), "{error:?}");
            assert!(error.hints()[0].contains(hint), "{error:?}");
        }
    }

    #[test]
    fn reads_the_engines_message() {
        assert_eq!(
            message_of(r#"{"message": "no such image"}"#),
            "no such image"
        );
        assert_eq!(message_of("<html>\n"), "<html>");
    }
}
