//! The ingress's image: this very program on our own base.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::{DockerHost, names};
use crate::builder::{BuildRequest, Content, Entry};
use crate::image::Reference;
use crate::report::{Reporter, Silent};
use crate::{Error, Result};

const REPOSITORY: &str = "paas/ingress";
/// The label of all images of ingresses, as a filter.
pub const INGRESS_IMAGES: &str = "io.paas.role=ingress";

impl DockerHost {
    /// The name of the image, which is built when the engine has none of this program.
    pub(super) async fn ingress_image(&self) -> Result<String> {
        let program = self.settings.program.clone();
        let (sum, size) = tokio::task::spawn_blocking(move || sum(&program))
            .await
            .map_err(|error| Error::unexpected("the program can't be read").caused_by(error))??;
        let name: Reference = format!("{REPOSITORY}:{sum}").parse()?;
        if self.engine.image(&name).await?.is_some() {
            return Ok(name.to_string());
        }
        let base = (self.settings.ingress_base)().await?;
        let quiet: Arc<dyn Reporter> = Arc::new(Silent);
        let request = self.ingress_build(&name, &base, size);
        match self.engine.build(request, &quiet).await {
            Ok(_) => Ok(name.to_string()),
            Err(failure) => Err(Error::unavailable("the ingress's image can't be built")
                .caused_by(failure.to_string())),
        }
    }

    fn ingress_build(&self, name: &Reference, base: &Reference, size: u64) -> BuildRequest {
        let mut dockerfile = String::new();
        // WORKDIR makes the folder for the user before it.
        let written = write!(
            dockerfile,
            "FROM {base}\nUSER 10001:10001\nWORKDIR /var/lib/paas\nCOPY --chown=0:0 paas /usr/local/bin/paas\n\
             ENTRYPOINT [\"/usr/local/bin/paas\", \"ingress\"]\nCMD []\n"
        );
        written.expect("a String takes everything");
        let mut request = BuildRequest::new(dockerfile, REPOSITORY);
        request.entries.push(Entry {
            path: "paas".to_owned(),
            mode: 0o755,
            modified: UNIX_EPOCH,
            content: Content::Disk {
                path: self.settings.program.clone(),
                size,
            },
        });
        request.tags.push(name.clone());
        let label = (names::ROLE.to_owned(), names::INGRESS.to_owned());
        request.labels.extend([label]);
        request
    }
}

/// The first 12 hex digits of the program's SHA-256, and its size.
fn sum(program: &Path) -> Result<(String, u64)> {
    let read = || {
        let mut file = std::fs::File::open(program)?;
        let mut sum = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        let mut size = 0;
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            sum.update(&buffer[..count]);
            size += count as u64;
        }
        Ok::<_, std::io::Error>((hex::encode(&sum.finalize()[..6]), size))
    };
    read().map_err(|error| {
        Error::unavailable(format!("{} can't be read", program.display())).caused_by(error)
    })
}
