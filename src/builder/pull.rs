use std::sync::Arc;

use hyper::Request;

use super::layers::Layers;
use super::messages::Messages;
use super::push::{registry_host, transfer_failed};
use super::{Engine, credentials, fault, wire};
use crate::Result;
use crate::credentials::Credentials;
use crate::image::Reference;
use crate::report::Reporter;

impl Engine {
    /// Fetches an image by tag or digest. Errors as for `push`.
    pub async fn pull(
        &self,
        name: &Reference,
        login: Option<&Credentials>,
        reporter: &Arc<dyn Reporter>,
    ) -> Result<()> {
        let host = registry_host(name);
        let version = match name.digest() {
            Some(digest) => digest.as_str(),
            None => name.tag().unwrap_or("latest"),
        };
        let query = [("fromImage", name.repository().as_str()), ("tag", version)];
        let request = Request::post(wire::target(&self.path("/images/create"), &query))
            .header("X-Registry-Auth", credentials::header(login, host))
            .header("Content-Length", 0)
            .body(wire::empty())
            .expect("path and query are encoded");
        let failed = |text: &str| transfer_failed(&format!("`{name}` can't be pulled"), host, text);
        let exchange = self.wire.send(request).await?;
        if !exchange.response.status().is_success() {
            // The engine asks the registry before it answers, so this is the registry's word.
            return Err(failed(&fault::message_of(&exchange.text().await?)));
        }
        let mut messages = Messages::of(exchange);
        let mut layers = Layers::new(reporter.clone(), format!("pull {name}"));
        while let Some(message) = messages.next().await? {
            layers.apply(&message);
            if let Some(text) = message.error {
                layers.fail(&text);
                return Err(failed(&text));
            }
        }
        layers.finish();
        Ok(())
    }
}
