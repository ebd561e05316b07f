use std::fmt;
use std::time::SystemTime;

use super::{Headers, Provider, Secret, proof};
use crate::{Error, Result};

/// The largest body taken, in bytes: GitHub's own limit.
pub const MAX_BODY: usize = 25 * 1024 * 1024;

/// How we know that the host sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An HMAC-SHA-256 over the body.
    Signature,
    /// An HMAC-SHA-256 over id, time and body, not older than five minutes.
    TimedSignature,
    /// The shared secret itself was sent.
    Token,
    /// None: it comes from the caller's own machine, such as the event file of a CI job.
    Local,
}

/// A request that has passed size limit and proof; only these are parsed.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    provider: Provider,
    headers: &'a Headers,
    body: &'a [u8],
    proof: Proof,
}

impl<'a> Payload<'a> {
    /// Checks the size, then the host's proof over the raw bytes. Exit 3 when it is missing or
    /// wrong; neither secret nor expected signature is in the message.
    pub fn verify(
        provider: Provider,
        headers: &'a Headers,
        body: &'a [u8],
        secret: &Secret,
        now: SystemTime,
    ) -> Result<Self> {
        check_size(body)?;
        let proof = proof::verify(provider, headers, body, secret, now)?;
        Ok(Self {
            provider,
            headers,
            body,
            proof,
        })
    }

    /// A payload that did not come over a network. Exit 3 when it is too large.
    pub fn local(provider: Provider, headers: &'a Headers, body: &'a [u8]) -> Result<Self> {
        check_size(body)?;
        Ok(Self {
            provider,
            headers,
            body,
            proof: Proof::Local,
        })
    }

    /// Whose it is.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// As given.
    pub fn headers(&self) -> &'a Headers {
        self.headers
    }

    /// The raw bytes.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// What made it trusted.
    pub fn proof(&self) -> Proof {
        self.proof
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("provider", &self.provider)
            .field("headers", &self.headers)
            .field("bytes", &self.body.len())
            .field("proof", &self.proof)
            .finish()
    }
}

fn check_size(body: &[u8]) -> Result<()> {
    if body.len() > MAX_BODY {
        return Err(Error::refused(format!(
            "the payload is larger than {} MiB",
            MAX_BODY / 1024 / 1024
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn one_byte_too_many_is_refused_before_the_proof_is_looked_at() {
        let headers = Headers::new();
        let body = vec![b' '; MAX_BODY + 1];
        let secret = Secret::new("s").unwrap();
        let verified = Payload::verify(
            Provider::GitHub,
            &headers,
            &body,
            &secret,
            SystemTime::UNIX_EPOCH,
        );
        for result in [verified, Payload::local(Provider::GitHub, &headers, &body)] {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), Kind::Refused);
            assert_eq!(error.message(), "the payload is larger than 25 MiB");
        }
        assert!(Payload::local(Provider::GitHub, &headers, &body[..MAX_BODY]).is_ok());
    }
}
