//! The right to change a target: a Lease of 15 seconds, renewed every five.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease as Object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::PostParams;
use kube::{Api, ResourceExt};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::api::Change;
use super::{Kubernetes, fault, names};
use crate::cluster::Lease;
use crate::release::Target;
use crate::{Error, Kind, Result};

/// How long it is held after its last renewal.
const DURATION: Duration = Duration::from_secs(15);
const RENEWAL: Duration = Duration::from_secs(5);
/// Clocks differ: a lease that has run out by ours is watched for longer than two renewals take.
const PROOF: Duration = Duration::from_secs(11);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// It lasts far longer, so that it need not be asked about between two quick steps.
const FRESH: Duration = Duration::from_secs(1);
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// What is known of a lease that somebody else holds: this `resourceVersion`, since then.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    version: String,
    since: Instant,
}

/// A lease that we hold until this is dropped, and 15 s longer unless it is given back.
struct Held {
    api: Api<Object>,
    name: String,
    state: Arc<Mutex<State>>,
    fence: u64,
    _renewal: AbortOnDropHandle<()>,
}

/// Our lease as it was written last.
struct State {
    object: Object,
    renewed: Instant,
}

impl Kubernetes {
    /// Takes the target's lease; `Kind::Busy`, with who has it, when somebody does.
    pub(super) async fn take_lease(&self, target: &Target, what: &str) -> Result<Box<dyn Lease>> {
        let owner = self.root(target).await?;
        let api = self.api::<Object>();
        let name = names::root(target);
        let identity = format!("{} {:016x}", self.holder, fastrand::u64(..));
        let mut first: Option<String> = None;
        loop {
            let there = self.get(&api, &name).await?;
            if let Some(there) = &there
                && !self.is_free(there)
            {
                let version = there.resource_version().unwrap_or_default();
                let is_renewed = *first.get_or_insert_with(|| version.clone()) != version;
                if is_renewed || !has_run_out(there) {
                    return Err(busy(target, there));
                }
                sleep(LOOK_EVERY).await;
                continue;
            }
            let fence = there.as_ref().map_or(0, transitions) + 1;
            let now = MicroTime(Timestamp::now());
            let mut wanted: Object = serde_json::from_value(json!({
                "metadata": {
                    "name": name,
                    "labels": names::labels(target, names::Role::Root),
                    "annotations": { names::PURPOSE: what },
                    "ownerReferences": [owner],
                    "resourceVersion": there.as_ref().and_then(ResourceExt::resource_version),
                },
                "spec": {
                    "holderIdentity": identity,
                    "leaseDurationSeconds": DURATION.as_secs(),
                    "leaseTransitions": fence,
                },
            }))
            .expect("a Lease");
            if let Some(spec) = &mut wanted.spec {
                spec.acquire_time = Some(now.clone());
                spec.renew_time = Some(now);
            }
            // With the role of a root it would look like one.
            wanted.labels_mut().remove(names::ROLE);
            let asked = Instant::now();
            let change = match there {
                None => self.create(&api, &wanted).await?,
                Some(_) => self.replace(&api, &name, &wanted).await?,
            };
            match change {
                Change::Made(object) => return Ok(Box::new(Held::new(api, name, object, asked))),
                // Perhaps by this very request, whose answer was lost.
                Change::Outdated => {
                    if let Some(object) = self.get(&api, &name).await?
                        && holder(&object) == identity
                    {
                        return Ok(Box::new(Held::new(api, name, object, asked)));
                    }
                }
            }
        }
    }

    /// Whether it was given back, or its holder is gone.
    fn is_free(&self, lease: &Object) -> bool {
        if holder(lease).is_empty() {
            return true;
        }
        let version = lease.resource_version().unwrap_or_default();
        let mut seen = self.leases.lock().expect("no panic while it is held");
        let known = seen.entry(lease.name_any()).or_insert_with(|| Seen {
            version: version.clone(),
            since: Instant::now(),
        });
        if known.version != version {
            *known = Seen {
                version,
                since: Instant::now(),
            };
        }
        let unchanged = known.since.elapsed();
        unchanged >= DURATION || unchanged >= PROOF && has_run_out(lease)
    }
}

/// By our clock.
fn has_run_out(lease: &Object) -> bool {
    let renewed = lease.spec.as_ref().and_then(|spec| spec.renew_time.clone());
    let age = renewed.map(|renewed| Timestamp::now().duration_since(renewed.0));
    age.is_none_or(|age| age > SignedDuration::try_from(DURATION).unwrap_or_default())
}

fn holder(lease: &Object) -> String {
    let spec = lease.spec.as_ref();
    spec.and_then(|spec| spec.holder_identity.clone())
        .unwrap_or_default()
}

fn transitions(lease: &Object) -> u64 {
    let transitions = lease.spec.as_ref().and_then(|spec| spec.lease_transitions);
    transitions
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or(0)
}

fn busy(target: &Target, lease: &Object) -> Error {
    let holder = holder(lease);
    let who = holder.rsplit_once(' ').map_or(&*holder, |(who, _)| who);
    let what = lease
        .annotations()
        .get(names::PURPOSE)
        .map_or("something", String::as_str);
    Error::new(Kind::Busy, format!("{who} works on {target}: {what}"))
}

fn lost() -> Error {
    Error::new(Kind::Busy, "the lease was lost to somebody else")
        .hint("try again; what was changed so far is seen by the next command")
}

impl Held {
    fn new(api: Api<Object>, name: String, object: Object, asked: Instant) -> Self {
        let fence = transitions(&object);
        let state = Arc::new(Mutex::new(State {
            object,
            renewed: asked,
        }));
        let renewal = tokio::spawn({
            let (api, name, state) = (api.clone(), name.clone(), Arc::clone(&state));
            // What was lost does not come back: `check` tells.
            async move {
                loop {
                    sleep(RENEWAL).await;
                    if renew(&api, &name, &mut *state.lock().await).await.is_err() {
                        return;
                    }
                }
            }
        });
        Self {
            api,
            name,
            state,
            fence,
            _renewal: AbortOnDropHandle::new(renewal),
        }
    }
}

/// Writes the time of now, in a request that is refused once the lease was written by anybody else. An API
/// server that is away is waited for: as long as nobody else took it, it is held.
async fn renew(api: &Api<Object>, name: &str, state: &mut State) -> Result<()> {
    let begun = Instant::now();
    loop {
        let mut wanted = state.object.clone();
        if let Some(spec) = &mut wanted.spec {
            spec.renew_time = Some(MicroTime(Timestamp::now()));
        }
        let asked = Instant::now();
        let parameters = PostParams::default();
        let replaced = api.replace(name, &parameters, &wanted);
        let error = match tokio::time::timeout(RENEWAL, replaced).await {
            Ok(Ok(object)) => {
                state.object = object;
                state.renewed = asked;
                return Ok(());
            }
            Ok(Err(error)) if !fault::is_passing(&error) => {
                // The answer to an earlier try may have been lost.
                match api.get_opt(name).await {
                    Ok(Some(there)) if holder(&there) == holder(&state.object) => {
                        state.object = there;
                        state.renewed = asked;
                        return Ok(());
                    }
                    _ => return Err(lost().caused_by(error)),
                }
            }
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        if begun.elapsed() > 2 * DURATION {
            let error = error.map_or_else(|| "no answer".to_owned(), |error| error.to_string());
            return Err(lost().caused_by(error));
        }
        sleep(TRY_AGAIN).await;
    }
}

#[async_trait]
impl Lease for Held {
    async fn check(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        if state.renewed.elapsed() < FRESH {
            return Ok(());
        }
        renew(&self.api, &self.name, &mut state).await
    }

    fn fence(&self) -> Option<u64> {
        Some(self.fence)
    }

    async fn release(self: Box<Self>) -> Result<()> {
        let state = self.state.lock().await;
        let mut wanted = state.object.clone();
        if let Some(spec) = &mut wanted.spec {
            spec.holder_identity = None;
        }
        let parameters = PostParams::default();
        match self.api.replace(&self.name, &parameters, &wanted).await {
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_not_found() => {
                Ok(())
            }
            Err(error) => Err(Error::unavailable("the cluster does not answer").caused_by(error)),
            Ok(_) => Ok(()),
        }
    }
}
