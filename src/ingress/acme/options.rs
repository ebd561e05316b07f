use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::{Error, Result};

/// The directory of Let's Encrypt's production.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// A variable of the ingress's container holds the authorities, and Linux takes 128 KiB for one.
const CA_LIMIT: usize = 64 * 1024;

/// Where certificates are ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcmeOptions {
    /// The URL of the authority's directory; `None`: [`LETS_ENCRYPT`].
    pub directory: Option<String>,
    /// A mail address that the authority may write to.
    pub contact: Option<String>,
    /// Who vouches for the authority's own HTTPS, as PEM; `None`: whom the system trusts.
    pub ca: Option<String>,
}

impl AcmeOptions {
    /// Whether they make sense.
    pub fn check(&self) -> Result<()> {
        let directory = self.directory();
        let is_url = directory.starts_with("https://")
            && !directory.contains(|c: char| c.is_whitespace() || c.is_control());
        if !is_url {
            let directory = directory.escape_debug();
            return Err(Error::usage(format!(
                "not the https:// URL of an ACME directory: {directory}"
            )));
        }
        if let Some(contact) = &self.contact
            && (!contact.contains('@') || contact.contains(|c: char| c.is_whitespace() || c == ':'))
        {
            return Err(Error::usage(format!(
                "not a mail address: {}",
                contact.escape_debug()
            )));
        }
        self.roots().map(drop)
    }

    pub(super) fn directory(&self) -> &str {
        self.directory.as_deref().unwrap_or(LETS_ENCRYPT)
    }

    /// `None`: the system's.
    pub(super) fn roots(&self) -> Result<Option<RootCertStore>> {
        let Some(ca) = &self.ca else { return Ok(None) };
        if ca.len() > CA_LIMIT {
            return Err(Error::usage(
                "the certificates of the ACME server's authority are longer than 64 KiB",
            )
            .hint("give only those that vouch for the ACME server"));
        }
        let unusable = || Error::usage("the ACME server's authority is not a PEM certificate");
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(ca.as_bytes()) {
            let certificate = certificate.map_err(|error| unusable().caused_by(error))?;
            roots
                .add(certificate)
                .map_err(|error| unusable().caused_by(error))?;
        }
        if roots.is_empty() {
            return Err(unusable());
        }
        Ok(Some(roots))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused() {
        let some = |text: &str| Some(text.to_owned());
        let made = rcgen::generate_simple_self_signed(["a.test".to_owned()]).unwrap();
        let pem = made.cert.pem();
        for (directory, contact, ca, works) in [
            (None, None, None, true),
            (
                some("https://a.test/dir"),
                some("a@b.test"),
                Some(pem.clone()),
                true,
            ),
            (some("http://a.test/dir"), None, None, false),
            (some("https://a.test/\n"), None, None, false),
            (None, some("ada"), None, false),
            (None, some("mailto:a@b.test"), None, false),
            (None, None, some(""), false),
            (None, None, some("-----BEGIN CERTIFICATE-----\nx"), false),
            (None, None, Some(pem.repeat(200)), false),
        ] {
            let options = AcmeOptions {
                directory,
                contact,
                ca,
            };
            assert_eq!(options.check().is_ok(), works, "{options:?}");
        }
    }
}
