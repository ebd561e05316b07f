use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Headers, Proof, Provider, Secret, standard_webhooks};
use crate::{Error, Result};

pub(super) fn verify(
    provider: Provider,
    headers: &Headers,
    body: &[u8],
    secret: &Secret,
    now: SystemTime,
) -> Result<Proof> {
    match provider {
        Provider::GitHub => github(headers, body, secret),
        Provider::Gitea => bare_hex(headers, &["X-Gitea-Signature"], body, secret),
        Provider::Forgejo => bare_hex(
            headers,
            &["X-Forgejo-Signature", "X-Gitea-Signature"],
            body,
            secret,
        ),
        Provider::Bitbucket => prefixed_hex(headers, "X-Hub-Signature", body, secret),
        Provider::GitLab => gitlab(headers, body, secret, now),
    }
}

fn github(headers: &Headers, body: &[u8], secret: &Secret) -> Result<Proof> {
    if !headers.has("X-Hub-Signature-256") && headers.has("X-Hub-Signature") {
        return Err(Error::refused("the request has a SHA-1 signature only")
            .hint("have `X-Hub-Signature-256` passed on; GitHub sends both"));
    }
    prefixed_hex(headers, "X-Hub-Signature-256", body, secret)
}

fn prefixed_hex(headers: &Headers, name: &str, body: &[u8], secret: &Secret) -> Result<Proof> {
    let value = headers.only(name)?.ok_or_else(|| missing(name))?;
    let hex = value.strip_prefix("sha256=").ok_or_else(|| {
        Error::refused(format!(
            "the signature in `{name}` is not of the form `sha256=<hex>`"
        ))
    })?;
    check_hex(name, hex, body, secret)
}

fn bare_hex(headers: &Headers, names: &[&str], body: &[u8], secret: &Secret) -> Result<Proof> {
    for name in names {
        if let Some(hex) = headers.only(name)? {
            return check_hex(name, hex, body, secret);
        }
    }
    Err(missing(names[0]))
}

fn check_hex(name: &str, text: &str, body: &[u8], secret: &Secret) -> Result<Proof> {
    // Every host writes lower case; anything else did not come from it.
    let canonical = text.len() == 64 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let signature = hex::decode(text)
        .ok()
        .filter(|_| canonical)
        .ok_or_else(|| {
            Error::refused(format!(
                "the signature in `{name}` is not 64 lower-case hex digits"
            ))
        })?;
    if is_signature(secret.bytes(), &[body], &signature) {
        Ok(Proof::Signature)
    } else {
        Err(wrong(name))
    }
}

/// A secret `whsec_…` is one for signatures, so a token can't stand in for it.
fn gitlab(headers: &Headers, body: &[u8], secret: &Secret, now: SystemTime) -> Result<Proof> {
    let token = headers.only("X-Gitlab-Token")?;
    let signed = headers.has(standard_webhooks::SIGNATURE);
    if standard_webhooks::is_signing_secret(secret) || (token.is_none() && signed) {
        return standard_webhooks::verify(headers, body, secret, now);
    }
    let token = token.ok_or_else(|| missing("X-Gitlab-Token"))?;
    // Digests have one length, so not even the secret's length shows in the time taken.
    if Sha256::digest(token)
        .ct_eq(&Sha256::digest(secret.bytes()))
        .into()
    {
        Ok(Proof::Token)
    } else {
        Err(wrong("X-Gitlab-Token"))
    }
}

/// Constant-time in the signature's content.
pub(super) fn is_signature(key: &[u8], message: &[&[u8]], signature: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in message {
        mac.update(part);
    }
    mac.verify_slice(signature).is_ok()
}

pub(super) fn missing(name: &str) -> Error {
    Error::refused(format!(
        "the request has no proof of its sender: `{name}` is missing"
    ))
    .hint("set the secret in the git host's webhook settings")
}

pub(super) fn wrong(name: &str) -> Error {
    Error::refused(format!(
        "the proof in `{name}` does not fit the request and our secret"
    ))
    .hint("the secret here and in the git host's webhook settings must be the same")
}

#[cfg(test)]
mod tests;
