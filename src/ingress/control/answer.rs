use std::io;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::folder;
use super::routing::Conflict;
use crate::ingress::protocol::{ConflictKind, Failure, Holder};

pub(super) type Answer = Response<Full<Bytes>>;

/// Why a request is not fulfilled; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the token is missing or wrong")]
    Unauthorized,
    #[error("there is no {0}")]
    NotFound(String),
    #[error("{0} is not a method of this path")]
    Method(String),
    #[error("{0}")]
    Bad(String),
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("{} holds the lease: {}", .0.who, .0.what)]
    Held(Holder),
    #[error("the lease of {0} is not held any more")]
    LeaseLost(String),
    #[error("there is a document {0}")]
    Exists(String),
    #[error(transparent)]
    Conflict(#[from] Conflict),
    #[error("the ingress's disk: {0}")]
    Disk(#[from] io::Error),
    #[error("another ingress takes its place just now")]
    Ending,
    #[error("the ingress failed, see its log")]
    Defect,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Held(_) | Self::LeaseLost(_) | Self::Exists(_) | Self::Conflict(_) => {
                StatusCode::CONFLICT
            }
            Self::Disk(error) if folder::is_full(error) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Ending => StatusCode::SERVICE_UNAVAILABLE,
            Self::Disk(_) | Self::Defect => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn conflict(&self) -> Option<ConflictKind> {
        match self {
            Self::LeaseLost(_) => Some(ConflictKind::LeaseLost),
            Self::Exists(_) => Some(ConflictKind::Exists),
            Self::Conflict(_) => Some(ConflictKind::Taken),
            Self::Ending => Some(ConflictKind::Ending),
            _ => None,
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        let mut answer = match &self {
            Self::Held(holder) => json(holder),
            _ => json(&Failure {
                error: self.to_string(),
                conflict: self.conflict(),
            }),
        };
        *answer.status_mut() = self.status();
        answer
    }
}

pub(super) fn json(value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).expect("plain data");
    with_type(body, "application/json")
}

pub(super) fn text(body: String) -> Answer {
    with_type(body.into_bytes(), "text/plain; version=0.0.4")
}

pub(super) fn done() -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer
}

fn with_type(body: Vec<u8>, content_type: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    let content_type = HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}
