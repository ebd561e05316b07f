//! A BuildKit session: services that we offer and the engine calls while it builds, over one
//! connection that starts as `POST /session` and goes on as HTTP/2 with the roles swapped.

mod auth;
mod failure;
mod filesync;
mod health;
mod opener;
mod secrets;
mod selection;

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bollard_buildkit_proto::health::health_server::HealthServer;
use bollard_buildkit_proto::moby::buildkit::secrets::v1::secrets_server::SecretsServer;
use bollard_buildkit_proto::moby::filesync::packet::file_sync_server::FileSyncServer;
use bollard_buildkit_proto::moby::filesync::v1::auth_server::AuthServer;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, UPGRADE};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio_util::task::AbortOnDropHandle;
use tonic::codegen::Service as _;

use super::tree::Tree;
use super::wire::{self, Wire};
use super::{CredentialSource, SecretBytes, fault};
use crate::image::Digest;
use crate::{Error, Result};
use failure::FirstFailure;
use opener::Opener;

/// Where a Dockerfile is within the folder it is served in.
pub(super) const DOCKERFILE: &str = "Dockerfile";

/// The paths that a Dockerfile copies travel as headers.
const LONGEST_HEADERS: u32 = 1024 * 1024;

/// A build may say nothing for an hour, but a living engine answers a ping meanwhile.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Long, because an engine that builds may be very busy.
const PING_PATIENCE: Duration = Duration::from_mins(1);

/// What the engine may ask for.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) dockerfile: Arc<Tree>,
    pub(super) context: Arc<Tree>,
    pub(super) source_root: Option<PathBuf>,
    pub(super) secrets: HashMap<String, SecretBytes>,
    pub(super) credentials: CredentialSource,
    pub(super) shared_key: String,
}

/// An open session; dropping it closes the connection.
pub(super) struct Session {
    id: String,
    failure: FirstFailure,
    serving: AbortOnDropHandle<()>,
    _connection: AbortOnDropHandle<()>,
}

impl Session {
    /// Opens the session at `path` and serves `offer` over it.
    pub(super) async fn open(wire: &Wire, path: &str, offer: Offer) -> Result<Self> {
        let id = random_id()?;
        // A header can't hold everything that a path can.
        let shared_key = Digest::of(offer.shared_key.as_bytes());
        let mut request = Request::post(path)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "h2c")
            .header("X-Docker-Expose-Session-Uuid", &id)
            .header("X-Docker-Expose-Session-Name", "paas")
            .header("X-Docker-Expose-Session-Sharedkey", shared_key.hex());
        for method in [
            "/moby.filesync.v1.FileSync/DiffCopy",
            "/moby.buildkit.secrets.v1.Secrets/GetSecret",
            "/moby.filesync.v1.Auth/Credentials",
            "/grpc.health.v1.Health/Check",
        ] {
            request = request.header("X-Docker-Expose-Session-Grpc-Method", method);
        }
        let request = request
            .body(wire::empty())
            .expect("the headers are hex and constants");

        let exchange = wire.ask(request).await?.accepted().await?;
        if exchange.response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(fault::foreign(wire.address()));
        }
        let upgraded = hyper::upgrade::on(exchange.response)
            .await
            .map_err(|error| fault::cut(wire.address()).caused_by(error))?;

        let failure = FirstFailure::default();
        let services = Services::new(offer, failure.clone());
        let serving = tokio::spawn(async move {
            let handler = service_fn(move |request| services.clone().call(request));
            // The build's own connection reports what went wrong.
            let _ = http2::Builder::new(TokioExecutor::new())
                .max_header_list_size(LONGEST_HEADERS)
                .timer(TokioTimer::new())
                .keep_alive_interval(PING_EVERY)
                .keep_alive_timeout(PING_PATIENCE)
                .serve_connection(upgraded, handler)
                .await;
        });
        Ok(Self {
            id,
            failure,
            serving: AbortOnDropHandle::new(serving),
            _connection: exchange.connection,
        })
    }

    /// What a build names the session by.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Waits until the engine has closed the connection, or doesn't answer any more.
    pub(super) async fn lost(&mut self) {
        // How the task ended says nothing more.
        let _ = (&mut self.serving).await;
    }

    /// What failed on our side, if anything did.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.take()
    }
}

#[derive(Clone)]
struct Services {
    files: FileSyncServer<filesync::Folders>,
    secrets: SecretsServer<secrets::SecretStore>,
    auth: AuthServer<auth::Logins>,
    health: HealthServer<health::Alive>,
}

impl Services {
    fn new(offer: Offer, failure: FirstFailure) -> Self {
        let trees = HashMap::from([("dockerfile", offer.dockerfile), ("context", offer.context)]);
        Self {
            files: FileSyncServer::new(filesync::Folders {
                trees,
                opener: Opener::new(offer.source_root),
                failure,
            }),
            secrets: SecretsServer::new(secrets::SecretStore(offer.secrets)),
            auth: AuthServer::new(auth::Logins(offer.credentials)),
            health: HealthServer::new(health::Alive),
        }
    }

    async fn call(
        mut self,
        request: Request<Incoming>,
    ) -> Result<Response<tonic::body::Body>, Infallible> {
        let service = request.uri().path().split('/').nth(1).unwrap_or_default();
        match service {
            "moby.filesync.v1.FileSync" => self.files.call(request).await,
            "moby.buildkit.secrets.v1.Secrets" => self.secrets.call(request).await,
            "moby.filesync.v1.Auth" => self.auth.call(request).await,
            "grpc.health.v1.Health" => self.health.call(request).await,
            _ => Ok(tonic::Status::unimplemented("no such service").into_http()),
        }
    }
}

/// 128 random bits in hex.
pub(super) fn random_id() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))?;
    Ok(hex::encode(bytes))
}
