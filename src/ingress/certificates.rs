//! Certificates by host name: PEM files in a folder, kept in memory.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::validity::{Validity, unix_now};
use crate::{Error, Result};

/// What a file's first line begins with, when its certificate was ordered by us.
const ORIGIN: &str = "Ordered from ";

/// The certificates of an ingress. A file is `<host>.pem`: the chain, then the key.
#[derive(Debug)]
pub struct Certificates {
    folder: PathBuf,
    hosts: ArcSwap<HashMap<String, Arc<Certificate>>>,
}

/// One host's certificate.
#[derive(Debug)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    /// When it can be used.
    pub validity: Validity,
    /// The directory of the authority that it was ordered from; `None`: somebody put it there.
    pub origin: Option<String>,
}

impl Certificate {
    /// The file of a chain and key that were ordered.
    pub(super) fn ordered(origin: &str, chain: &str, key: &str) -> String {
        format!("{ORIGIN}{origin}\n{}\n{key}", chain.trim_end())
    }
}

impl Certificates {
    /// Reads all of `folder`, which is made when there is none. A file that cannot be used is passed
    /// over: the other hosts are worth more.
    pub fn open(folder: &Path) -> Result<Self> {
        let hosts = read_all(folder).map_err(|error| {
            let folder = folder.display();
            Error::unexpected(format!("the certificates in {folder} cannot be read"))
                .caused_by(error)
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            hosts: ArcSwap::from_pointee(hosts),
        })
    }

    /// Keeps a host's certificate, in force from the next connection on. `pem` is the chain and the
    /// key. Blocks on the disk.
    pub fn put(&self, host: &str, pem: &str) -> Result<()> {
        if !is_host_name(host) {
            return Err(Error::usage(format!("{host:?} is not a host name")));
        }
        let certificate = Arc::new(parse(pem.as_bytes()).map_err(|reason| {
            Error::usage(format!("the certificate of {host} cannot be used")).caused_by(reason)
        })?);
        write(&self.folder, host, pem).map_err(|error| {
            Error::unexpected(format!("the certificate of {host} cannot be kept")).caused_by(error)
        })?;
        self.hosts.rcu(|hosts| {
            let mut hosts = HashMap::clone(hosts);
            hosts.insert(host.to_owned(), Arc::clone(&certificate));
            hosts
        });
        Ok(())
    }

    /// Whether a host can be reached by HTTPS.
    pub fn has(&self, host: &str) -> bool {
        let hosts = self.hosts.load();
        let found = hosts.get(host);
        found.is_some_and(|certificate| !certificate.validity.is_over(unix_now()))
    }

    /// A host's, also when it is over.
    pub fn of(&self, host: &str) -> Option<Arc<Certificate>> {
        self.hosts.load().get(host).cloned()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        let certificate = self.of(&name)?;
        Some(Arc::clone(&certificate.key))
    }
}

fn read_all(folder: &Path) -> io::Result<HashMap<String, Arc<Certificate>>> {
    fs::create_dir_all(folder)?;
    let mut hosts = HashMap::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let host = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(host) = host.filter(|_| path.extension().is_some_and(|end| end == "pem"))
            && let Ok(certificate) = parse(&fs::read(&path)?)
        {
            hosts.insert(host.to_owned(), Arc::new(certificate));
        }
    }
    Ok(hosts)
}

fn parse(pem: &[u8]) -> Result<Certificate, Box<dyn std::error::Error + Send + Sync>> {
    let chain: Vec<CertificateDer> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
    let first = chain.first().ok_or("it has no certificate")?;
    let validity = Validity::of(first)?;
    let key = any_supported_type(&PrivateKeyDer::from_pem_slice(pem)?)?;
    let certified = CertifiedKey::new(chain, key);
    certified.keys_match()?;
    let line = pem.split(|byte| *byte == b'\n').next();
    let origin = line.and_then(|line| line.strip_prefix(ORIGIN.as_bytes()));
    Ok(Certificate {
        key: Arc::new(certified),
        validity,
        origin: origin.map(|origin| String::from_utf8_lossy(origin).into_owned()),
    })
}

/// Readable by the owner only, and whole or not at all.
fn write(folder: &Path, host: &str, pem: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, pem.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(folder.join(format!("{host}.pem")))?;
    fs::File::open(folder)?.sync_all()
}

/// Whether it is safe as the name of a file, too.
fn is_host_name(host: &str) -> bool {
    let of_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=253).contains(&host.len()) && host.bytes().all(of_host) && !host.starts_with('.')
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn made(host: &str, last_year: i32) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(last_year, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        Certificate::ordered("https://ca/dir", &certificate.pem(), &key.serialize_pem())
    }

    #[test]
    fn what_is_over_is_kept_but_nobody_is_sent_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::open(folder.path()).unwrap();
        certificates
            .put("new.test", &made("new.test", 4000))
            .unwrap();
        certificates
            .put("old.test", &made("old.test", 2004))
            .unwrap();
        for certificates in [&certificates, &Certificates::open(folder.path()).unwrap()] {
            assert!(certificates.has("new.test"));
            assert!(!certificates.has("old.test") && !certificates.has("none.test"));
            let old = certificates.of("old.test").unwrap();
            assert_eq!(old.origin.as_deref(), Some("https://ca/dir"));
            // 2003-01-01
            assert_eq!(old.validity.renewal(), 1_041_379_200);
        }
    }
}
