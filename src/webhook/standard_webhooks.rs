//! The signature of <https://www.standardwebhooks.com>, which newer GitLab sends.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::proof::{is_signature, missing, wrong};
use super::{Headers, Proof, Secret};
use crate::{Error, Result};

pub(super) const SIGNATURE: &str = "webhook-signature";
const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SECRET_PREFIX: &[u8] = b"whsec_";

/// How far the sender's clock may be from ours, either way.
const TOLERANCE: Duration = Duration::from_mins(5);

pub(super) fn is_signing_secret(secret: &Secret) -> bool {
    secret.bytes().starts_with(SECRET_PREFIX)
}

/// The header holds one signature per secret in use, so that secrets can be changed.
pub(super) fn verify(
    headers: &Headers,
    body: &[u8],
    secret: &Secret,
    now: SystemTime,
) -> Result<Proof> {
    let signatures = headers.only(SIGNATURE)?.ok_or_else(|| missing(SIGNATURE))?;
    let id = headers.only(ID)?.ok_or_else(|| missing(ID))?;
    let timestamp = headers.only(TIMESTAMP)?.ok_or_else(|| missing(TIMESTAMP))?;
    check_id(id)?;
    check_time(timestamp, now)?;
    let key = key(secret)?;
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let proved = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|text| STANDARD.decode(text).ok())
        .any(|signature| is_signature(&key, &message, &signature));
    if proved {
        Ok(Proof::TimedSignature)
    } else {
        Err(wrong(SIGNATURE))
    }
}

fn key(secret: &Secret) -> Result<Vec<u8>> {
    let Some(text) = secret.bytes().strip_prefix(SECRET_PREFIX) else {
        return Ok(secret.bytes().to_vec());
    };
    STANDARD
        .decode(text)
        .ok()
        .filter(|key| !key.is_empty())
        .ok_or_else(|| {
            Error::refused("the webhook's secret is not base64 after `whsec_`")
                .hint("copy the signing token from the git host as it is")
        })
}

/// With a dot in the id, the same signed bytes could be split into another id, time and body.
fn check_id(id: &str) -> Result<()> {
    if id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    {
        return Ok(());
    }
    Err(Error::refused(format!(
        "`{ID}` has characters other than letters, digits, `-` and `_`"
    )))
}

fn check_time(text: &str, now: SystemTime) -> Result<()> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let sent = text
        .parse()
        .ok()
        .filter(|_| digits)
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .ok_or_else(|| Error::refused(format!("`{TIMESTAMP}` is not a time in seconds")))?;
    let apart = now
        .duration_since(sent)
        .unwrap_or_else(|later| later.duration());
    if apart > TOLERANCE {
        return Err(Error::refused(
            "the request was signed more than five minutes before or after our time",
        )
        .hint("check this machine's clock; an old request is not taken again"));
    }
    Ok(())
}
