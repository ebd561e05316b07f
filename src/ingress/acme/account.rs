use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use instant_acme::{Account, AccountBuilder, AccountCredentials, NewAccount};
use rustls::ClientConfig;
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::options::AcmeOptions;

/// Accounts are kept by authority, so that a try of another one forgets none.
pub(super) struct Accounts {
    options: AcmeOptions,
    folder: PathBuf,
    file: String,
}

impl Accounts {
    pub(super) fn new(options: AcmeOptions, folder: PathBuf) -> Self {
        let sum = Sha256::digest(options.directory());
        Self {
            file: format!("account-{}.json", hex::encode(&sum[..8])),
            options,
            folder,
        }
    }

    /// The one that is kept, or a new one.
    pub(super) async fn open(&self) -> Result<Account, Failure> {
        if let Some(kept) = self.kept().await? {
            return Ok(self.builder()?.from_credentials(kept).await?);
        }
        let contact = self.options.contact.as_ref();
        let contact = contact.map(|mail| format!("mailto:{mail}"));
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let new = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let directory = self.options.directory().to_owned();
        let (account, credentials) = self.builder()?.create(&new, directory, None).await?;
        let content = serde_json::to_vec(&credentials).map_err(instant_acme::Error::from)?;
        let (folder, file) = (self.folder.clone(), self.file.clone());
        let written = spawn_blocking(move || write(&folder, &file, &content));
        done(written.await).map_err(|error| self.lost(&error))?;
        Ok(account)
    }

    /// The authority doesn't know it; the next one is new.
    pub(super) async fn forget(&self) {
        // Where it stays, the next try fails as this one did.
        let _ = tokio::fs::remove_file(self.folder.join(&self.file)).await;
    }

    /// One that makes no sense is none.
    async fn kept(&self) -> Result<Option<AccountCredentials>, Failure> {
        let path = self.folder.join(&self.file);
        match done(spawn_blocking(move || fs::read(path)).await) {
            Ok(content) => Ok(serde_json::from_slice(&content).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.lost(&error)),
        }
    }

    fn builder(&self) -> Result<AccountBuilder, Failure> {
        let roots = self.options.roots();
        let roots = roots.map_err(|error| Failure::Kept(error.to_string()))?;
        let Some(roots) = roots else {
            return Ok(Account::builder()?);
        };
        let tls = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_only()
            .enable_http1()
            .enable_http2()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Account::builder_with_http(Box::new(client)))
    }

    fn lost(&self, error: &io::Error) -> Failure {
        let path = self.folder.join(&self.file);
        Failure::Kept(format!(
            "the account in {} can't be kept: {error}",
            path.display()
        ))
    }
}

fn done<T>(result: Result<io::Result<T>, tokio::task::JoinError>) -> io::Result<T> {
    result.map_err(io::Error::other)?
}

/// Readable by the owner only, and whole or not at all.
fn write(folder: &Path, file: &str, content: &[u8]) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut staged = tempfile::NamedTempFile::new_in(folder)?;
    staged.write_all(content)?;
    staged.as_file().sync_all()?;
    staged.persist(folder.join(file))?;
    fs::File::open(folder)?.sync_all()
}
