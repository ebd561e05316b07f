//! What build steps need to reach the network from this machine: its certificate authorities, and
//! its proxies. All of it travels outside layers and cache keys.

mod truststore;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::blocking::blocking;
use crate::report::{Event, Reporter};
use crate::settings::Settings;
use crate::{Error, Result};

/// BuildKit refuses larger secrets.
const LARGEST_SECRET: usize = 500 * 1024;

/// For `BuildRequest::public_secrets` and `BuildRequest::args`.
#[derive(Clone, Debug, Default)]
pub struct BuildNetwork {
    /// `paas-ca` (PEM) and `paas-truststore` (JKS), where the machine has authorities.
    pub public_secrets: Vec<(String, Arc<[u8]>)>,
    /// BuildKit's predefined build arguments for proxies, in both spellings.
    pub args: BTreeMap<String, String>,
}

impl BuildNetwork {
    /// Reads the bundle of certificate authorities. What is too large for BuildKit is left out with
    /// a warning.
    pub async fn new(settings: &Settings, reporter: &Arc<dyn Reporter>) -> Result<Self> {
        let mut network = Self {
            public_secrets: Vec::new(),
            args: proxies(&settings.proxies),
        };
        let Some(bundle) = settings.ca_bundle.clone() else {
            return Ok(network);
        };
        for (id, bytes) in blocking(move || secrets(&bundle)).await? {
            if bytes.len() > LARGEST_SECRET {
                reporter.report(Event::Warning(format!(
                    "the machine's certificate authorities are more than 500 KiB as {id}: build steps don't get them"
                )));
            } else {
                network.public_secrets.push((id, bytes));
            }
        }
        Ok(network)
    }
}

/// An ID and what is mounted under it.
type PublicSecret = (String, Arc<[u8]>);

fn secrets(bundle: &Path) -> Result<[PublicSecret; 2]> {
    let pem = std::fs::read(bundle).map_err(|error| {
        Error::usage(format!(
            "the bundle of certificate authorities {} can't be read",
            bundle.display()
        ))
        .caused_by(error)
        .hint("PAAS_CA_BUNDLE names another one; empty, it means none")
    })?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .filter_map(Result::ok)
        .collect();
    let truststore = truststore::jks(&certificates);
    Ok([
        ("paas-ca".to_owned(), pem.into()),
        ("paas-truststore".to_owned(), truststore.into()),
    ])
}

/// Tools disagree on the spelling, so each variable is given in both; where a spelling is missing it
/// takes the other one's value.
fn proxies(found: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, value) in found {
        for spelling in [name.to_lowercase(), name.to_uppercase()] {
            all.entry(spelling).or_insert_with(|| value.clone());
        }
    }
    all.extend(found.clone());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_have_both_spellings() {
        let found = [
            ("http_proxy", "http://a"),
            ("HTTP_PROXY", "http://b"),
            ("NO_PROXY", "localhost"),
        ];
        let found = found.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all = proxies(&found.into());
        let pairs: Vec<_> = all.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("HTTP_PROXY", "http://b"),
                ("NO_PROXY", "localhost"),
                ("http_proxy", "http://a"),
                ("no_proxy", "localhost"),
            ]
        );
    }
}
