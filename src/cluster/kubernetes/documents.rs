//! Settings, secrets and events: a Secret each.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use serde_json::json;

use super::{Kubernetes, names};
use crate::Result;
use crate::release::Target;

/// The key of a document's text in its Secret.
const TEXT: &str = "text";

impl Kubernetes {
    pub(super) async fn read_documents(
        &self,
        target: &Target,
        prefix: &str,
    ) -> Result<BTreeMap<String, String>> {
        let mut selector = names::role_selector(target, names::Role::Document);
        if let Some((folder, _)) = prefix.split_once('/') {
            selector += &format!(",{}={folder}", names::FOLDER);
        }
        let found = self.list(&self.api::<Secret>(), &selector).await?;
        let documents = found.into_iter().filter_map(|secret| {
            let name = secret.annotations().get(names::DOCUMENT)?.clone();
            let text = secret.data?.remove(TEXT)?.0;
            Some((name, String::from_utf8(text).ok()?))
        });
        Ok(documents
            .filter(|(name, _)| name.starts_with(prefix))
            .collect())
    }

    pub(super) async fn put_document(
        &self,
        target: &Target,
        name: &str,
        text: Option<&str>,
    ) -> Result<()> {
        let api = self.api::<Secret>();
        let object = names::part(target, "document", &[name]);
        let Some(text) = text else {
            return self.delete(&api, &object).await;
        };
        let owner = self.root(target).await?;
        let mut labels = names::labels(target, names::Role::Document);
        let folder = name.split('/').next().unwrap_or_default();
        labels.insert(names::FOLDER.to_owned(), folder.to_owned());
        let wanted = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": object,
                "labels": labels,
                "annotations": { names::DOCUMENT: name },
                "ownerReferences": [owner],
            },
            "data": { TEXT: STANDARD.encode(text) },
        });
        self.put(&api, &wanted).await.map(drop)
    }
}
