use bollard_buildkit_proto::moby::filesync::v1::auth_server::Auth;
use bollard_buildkit_proto::moby::filesync::v1::{
    CredentialsRequest, CredentialsResponse, FetchTokenRequest, FetchTokenResponse,
    GetTokenAuthorityRequest, GetTokenAuthorityResponse, VerifyTokenAuthorityRequest,
    VerifyTokenAuthorityResponse,
};
use tonic::{Request, Response, Status};

use crate::builder::CredentialSource;
use crate::credentials::Credentials;

/// Docker Hub's registry answers under another name than its images have.
const DOCKER_HUB: (&str, &str) = ("registry-1.docker.io", "docker.io");

/// Credentials for base images. Tokens are left to the engine, which asks registries for them
/// itself where a client doesn't.
pub(super) struct Logins(pub(super) CredentialSource);

#[tonic::async_trait]
impl Auth for Logins {
    async fn credentials(
        &self,
        request: Request<CredentialsRequest>,
    ) -> Result<Response<CredentialsResponse>, Status> {
        let mut host = request.into_inner().host;
        if host == DOCKER_HUB.0 {
            DOCKER_HUB.1.clone_into(&mut host);
        }
        let source = self.0.clone();
        let found = tokio::task::spawn_blocking(move || source(&host))
            .await
            .map_err(|error| Status::internal(error.to_string()))?;
        let (username, secret) = match found {
            Some(Credentials::Password { username, password }) => (username, password),
            Some(Credentials::IdentityToken(token)) => (String::new(), token),
            None => (String::new(), String::new()),
        };
        Ok(Response::new(CredentialsResponse { username, secret }))
    }

    async fn fetch_token(
        &self,
        _request: Request<FetchTokenRequest>,
    ) -> Result<Response<FetchTokenResponse>, Status> {
        Err(not_served())
    }

    async fn get_token_authority(
        &self,
        _request: Request<GetTokenAuthorityRequest>,
    ) -> Result<Response<GetTokenAuthorityResponse>, Status> {
        Err(not_served())
    }

    async fn verify_token_authority(
        &self,
        _request: Request<VerifyTokenAuthorityRequest>,
    ) -> Result<Response<VerifyTokenAuthorityResponse>, Status> {
        Err(not_served())
    }
}

fn not_served() -> Status {
    Status::unimplemented("only credentials are served")
}
