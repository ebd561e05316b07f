use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{Error, Result};

/// Trusts the authorities of `bundle` and nobody else. Reads the file: not for async threads.
pub(super) fn trusting(bundle: &Path) -> Result<ClientConfig> {
    let unusable = || {
        Error::usage(format!(
            "the bundle of certificate authorities {} is not usable",
            bundle.display()
        ))
    };
    let pem = std::fs::read(bundle).map_err(|error| unusable().caused_by(error))?;
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(unusable().hint("it holds no certificate (PEM)"));
    }
    Ok(with_roots(roots))
}

/// reqwest's own setup, which trusts the system's authorities, takes the process's provider; a
/// program that installed none gets ours instead of a panic.
pub(super) fn ensure_provider() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may win the race, with the same result.
        drop(ring::default_provider().install_default());
    }
}

/// For plain HTTP: building it costs nothing, and no TLS connection would succeed.
pub(super) fn trusting_nobody() -> ClientConfig {
    with_roots(RootCertStore::empty())
}

fn with_roots(roots: RootCertStore) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    config
}
