use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Check, at_most};
use crate::settings::Settings;
use crate::source::without_user_info;
use crate::{Error, Result};

/// Certificates, proxies, and the folder for state.
pub(super) async fn checks(settings: &Settings) -> Vec<Check> {
    let bundle = settings.ca_bundle.clone();
    let state = settings.state_dir.clone();
    let (certificates, state) = tokio::join!(
        at_most(move || Ok(certificates(bundle))),
        at_most(move || Ok(kept(&state)))
    );
    let broken = |name| move |error: Error| Check::problem(name, &error);
    vec![
        certificates.unwrap_or_else(broken("certificates")),
        proxies(&settings.proxies),
        state.unwrap_or_else(broken("state")),
    ]
}

fn certificates(bundle: Option<PathBuf>) -> Check {
    const NAME: &str = "certificates";
    let Some(bundle) = bundle else {
        return Check::ok(
            NAME,
            "none of this machine's: build steps trust what their base trusts",
        )
        .hint("where HTTPS is inspected: PAAS_CA_BUNDLE=<file>");
    };
    let shown = bundle.display();
    match count(&bundle) {
        Ok(0) => Check::problem(
            NAME,
            &Error::usage(format!("{shown} holds no certificate"))
                .hint("PAAS_CA_BUNDLE names another file, or nothing to have none"),
        ),
        Ok(count) => Check::ok(NAME, format!("{count} authorities in {shown}")),
        Err(error) => Check::problem(NAME, &error),
    }
}

fn count(bundle: &Path) -> Result<usize> {
    let pem = std::fs::read(bundle).map_err(|error| {
        Error::usage(format!("{} can't be read", bundle.display())).caused_by(error)
    })?;
    Ok(CertificateDer::pem_slice_iter(&pem)
        .filter_map(Result::ok)
        .count())
}

fn proxies(proxies: &BTreeMap<String, String>) -> Check {
    const NAME: &str = "proxies";
    if proxies.is_empty() {
        return Check::ok(NAME, "none");
    }
    let is_exception = |name: &str| name.eq_ignore_ascii_case("no_proxy");
    let list: Vec<_> = proxies
        .iter()
        .map(|(name, value)| format!("{name}={}", without_user_info(value)))
        .collect();
    let message = list.join(", ");
    let local = proxies
        .iter()
        .filter(|(name, _)| !is_exception(name))
        .find(|(_, value)| is_loopback(value));
    match local {
        Some((name, _)) => Check::warning(NAME, message).hint(format!(
            "{name} is this machine's loopback address, which build steps don't reach: give an address of the machine"
        )),
        None => Check::ok(NAME, message),
    }
}

fn is_loopback(proxy: &str) -> bool {
    let plain = without_user_info(proxy);
    let place = plain
        .split_once("://")
        .map_or(plain.as_str(), |(_, rest)| rest);
    place.starts_with("127.") || place.starts_with("localhost") || place.starts_with("[::1]")
}

/// Writes a file there, and makes the folder where it is missing, as any build does.
fn kept(folder: &Path) -> Check {
    const NAME: &str = "state";
    let shown = folder.display();
    let written = std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder));
    match written {
        Ok(_) => Check::ok(NAME, format!("{shown} can be written")),
        Err(error) => Check::problem(
            NAME,
            &Error::usage(format!("{shown} can't be written"))
                .caused_by(error)
                .hint("PAAS_STATE_DIR names another folder"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Status;

    #[test]
    fn proxies_are_shown_without_passwords() {
        let set = |value: &str| {
            proxies(&BTreeMap::from([(
                "https_proxy".to_owned(),
                value.to_owned(),
            )]))
        };
        let remote = set("http://ada:s3cr3t@proxy.example:3128");
        assert_eq!(remote.message, "https_proxy=http://proxy.example:3128");
        assert_eq!(remote.status, Status::Ok);
        for local in [
            "http://127.0.0.1:3128",
            "localhost:3128",
            "http://a:b@[::1]:1",
        ] {
            assert_eq!(set(local).status, Status::Warning, "{local}");
        }
    }

    #[test]
    fn a_bundle_without_certificates_is_a_problem() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let check = certificates(Some(file.path().to_owned()));
        assert_eq!(check.status, Status::Problem);
        assert!(check.message.ends_with("holds no certificate"), "{check:?}");
        assert_eq!(certificates(Some("/absent".into())).status, Status::Problem);
        assert_eq!(certificates(None).status, Status::Ok);
    }
}
