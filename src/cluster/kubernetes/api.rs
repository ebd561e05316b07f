//! Requests to the API server: tried again while it is away for a moment, failures in people's words.

use std::fmt::Debug;
use std::sync::atomic::Ordering;
use std::time::Duration;

use k8s_openapi::NamespaceResourceScope;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Kubernetes, fault};
use crate::report::Event;
use crate::retry::{Policy, Verdict, retry};
use crate::{Error, Kind, Result};

/// Who we are to server-side apply.
pub(super) const MANAGER: &str = "paas";

/// For one answer.
const ANSWER_TIME: Duration = Duration::from_secs(30);

/// An API server that is restarted is back within this time.
pub(super) const AWAY: Policy = Policy {
    tries: 20,
    first_delay: Duration::from_millis(200),
    longest_delay: Duration::from_secs(2),
    total: Duration::from_secs(40),
};

/// One that never answered is soon given up.
const FIRST: Policy = Policy {
    tries: 3,
    first_delay: Duration::from_millis(200),
    longest_delay: Duration::from_secs(1),
    total: Duration::from_secs(5),
};

/// What became of a change.
#[derive(Debug)]
pub(super) enum Change<K> {
    /// It is made.
    Made(K),
    /// Not, since somebody else changed the object meanwhile.
    Outdated,
}

/// An object that the API server has, with what we need of it.
pub(super) trait Object: Clone + DeserializeOwned + Debug + Serialize + Send + Sync {}
impl<K: Clone + DeserializeOwned + Debug + Serialize + Send + Sync> Object for K {}

impl Kubernetes {
    /// Objects of one kind in the namespace.
    pub(super) fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// `None` when there is none.
    pub(super) async fn get<K: Object>(&self, api: &Api<K>, name: &str) -> Result<Option<K>> {
        let found = self.ask(|| api.get_opt(name)).await;
        found.map_err(|error| self.fault(error))
    }

    /// Those that a label selector selects.
    pub(super) async fn list<K: Object>(&self, api: &Api<K>, selector: &str) -> Result<Vec<K>> {
        let parameters = ListParams::default().labels(selector);
        let found = self.ask(|| api.list(&parameters)).await;
        Ok(found.map_err(|error| self.fault(error))?.items)
    }

    /// Makes the object as `wanted` says, field by field; others' fields stay. With a `resourceVersion` in
    /// it only where nothing changed since. Fields that somebody else set are taken over, and the user is
    /// told.
    pub(super) async fn apply<K: Object>(&self, api: &Api<K>, wanted: &Value) -> Result<Change<K>> {
        let name = wanted["metadata"]["name"].as_str().unwrap_or_default();
        let mut parameters = PatchParams::apply(MANAGER);
        loop {
            let patch = Patch::Apply(wanted);
            match self.ask(|| api.patch(name, &parameters, &patch)).await {
                Ok(made) => return Ok(Change::Made(made)),
                Err(error) => match fault::conflict(&error) {
                    Some(owners) if !owners.is_empty() && !parameters.force => {
                        self.reporter.report(Event::Warning(format!(
                            "{name} was changed by somebody else, and is set as the release says: {}",
                            owners.join("; ")
                        )));
                        parameters = parameters.force();
                    }
                    Some(_) => return Ok(Change::Outdated),
                    None => return Err(self.fault(error)),
                },
            }
        }
    }

    /// [`Self::apply`] where nobody else changes it at the same time.
    pub(super) async fn put<K: Object>(&self, api: &Api<K>, wanted: &Value) -> Result<K> {
        match self.apply(api, wanted).await? {
            Change::Made(made) => Ok(made),
            Change::Outdated => Err(Error::new(
                Kind::Busy,
                format!(
                    "somebody else changed {} meanwhile",
                    wanted["metadata"]["name"]
                ),
            )
            .hint("run the command again")),
        }
    }

    /// Makes a new object; `Outdated` where there is one of its name.
    pub(super) async fn create<K: Object>(&self, api: &Api<K>, new: &K) -> Result<Change<K>> {
        let parameters = PostParams {
            field_manager: Some(MANAGER.to_owned()),
            ..PostParams::default()
        };
        match self.ask(|| api.create(&parameters, new)).await {
            Ok(made) => Ok(Change::Made(made)),
            Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(Change::Outdated),
            Err(error) => Err(self.fault(error)),
        }
    }

    /// Writes the whole object; `Outdated` where it changed since it was read, or is gone.
    pub(super) async fn replace<K: Object>(
        &self,
        api: &Api<K>,
        name: &str,
        object: &K,
    ) -> Result<Change<K>> {
        let parameters = PostParams {
            field_manager: Some(MANAGER.to_owned()),
            ..PostParams::default()
        };
        match self.ask(|| api.replace(name, &parameters, object)).await {
            Ok(made) => Ok(Change::Made(made)),
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_not_found() => {
                Ok(Change::Outdated)
            }
            Err(error) => Err(self.fault(error)),
        }
    }

    /// Deletes it, and what it owns after it. One that is gone is fine.
    pub(super) async fn delete<K: Object>(&self, api: &Api<K>, name: &str) -> Result<()> {
        let parameters = DeleteParams::background();
        match self.ask(|| api.delete(name, &parameters)).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(error) => Err(self.fault(error)),
        }
    }

    /// One request, made again while the API server can't be reached.
    pub(super) async fn ask<T, F>(&self, request: impl Fn() -> F) -> Result<T, kube::Error>
    where
        F: Future<Output = Result<T, kube::Error>>,
    {
        let answered = self.answered.load(Ordering::Relaxed);
        let policy = if answered { AWAY } else { FIRST };
        let answer = patiently(&policy, request).await;
        if matches!(answer, Ok(_) | Err(kube::Error::Api(_))) {
            self.answered.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// The failure of a request, in people's words.
    pub(super) fn fault(&self, error: kube::Error) -> Error {
        fault::of(error, &self.cluster, &self.namespace)
    }
}

/// One request, made again while its failure may pass.
pub(super) async fn patiently<T, F>(
    policy: &Policy,
    request: impl Fn() -> F,
) -> Result<T, kube::Error>
where
    F: Future<Output = Result<T, kube::Error>>,
{
    let judge = |error: &kube::Error| {
        if fault::is_passing(error) {
            Verdict::Again
        } else {
            Verdict::Stop
        }
    };
    let try_once = || {
        let request = request();
        async move {
            let timely = tokio::time::timeout(ANSWER_TIME, request).await;
            timely.unwrap_or_else(|_| Err(kube::Error::Service("no answer in time".into())))
        }
    };
    retry(policy, judge, |_| (), try_once).await
}
