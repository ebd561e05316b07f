//! Whether instances become and stay healthy.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Limited};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::client::Body;
use kube::core::Request;
use kube::{Resource as _, ResourceExt as _};
use tokio::time::sleep;

use super::Kubernetes;
use super::diagnosis::{Patient, trouble};
use super::pods::{InstancePod, is_ready};
use crate::Result;
use crate::cluster::Work;
use crate::release::{Health, InstanceName, Release, Target};

/// Between two looks, which all that wait share.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// A process without a port that still runs after this time has begun its work.
const PROOF: Duration = Duration::from_secs(1);
const DEFAULT_GRACE: Duration = Duration::from_secs(30);
/// Until Kubernetes has made a pod: a quota may forbid it.
const MAKING: Duration = Duration::from_secs(15);
/// Until a node has taken the pod and has its image.
const PLACEMENT: Duration = Duration::from_mins(5);
/// Before it is asked whether a node will come that can take it, and between two such questions.
const HOMELESS: Duration = Duration::from_secs(30);
/// A front page may take its time.
const ANSWER: Duration = Duration::from_secs(10);
/// The API server's own words fit.
const LONGEST_REFUSAL: usize = 64 * 1024;
/// One look at an instance that is not ready may be chance; this many in a row are not.
const BAD_LOOKS: u32 = 3;

/// What was seen of a target's pods a moment ago.
#[derive(Clone, Default)]
pub(super) struct Glance(Option<(String, Instant, Arc<Vec<InstancePod>>)>);

impl Kubernetes {
    pub(super) async fn await_healthy(
        &self,
        work: &Work<'_>,
        release: &Release,
        instance: &InstanceName,
    ) -> Result<()> {
        let grace = release.health.as_ref().map_or(DEFAULT_GRACE, Health::grace);
        let begun = Instant::now();
        let mut running: Option<Instant> = None;
        let mut next_question = HOMELESS;
        let mut known: Option<(Option<String>, i32)> = None;
        loop {
            let pods = self.glance(work.target).await?;
            let pod = find(&pods, release.number, instance).map(|found| &found.pod);
            let patient = Patient {
                target: work.target,
                release: release.number,
                instance,
                pod,
                secrets: work.secrets,
            };
            let failed = async |what: &str| Err(self.failure(&patient, what).await);
            let Some(pod) = pod else {
                if begun.elapsed() >= MAKING {
                    return failed("was not made").await;
                }
                sleep(LOOK_EVERY).await;
                continue;
            };
            // One that ran long before may have been started again at some time; that is over.
            if known.as_ref().is_none_or(|(uid, _)| *uid != pod.uid()) {
                known = Some((pod.uid(), restarts_of_long_ago(pod)));
            }
            let restarted = known.as_ref().map_or(0, |(_, restarts)| *restarts);
            if restarts(pod) > restarted || has_ended(pod) {
                return failed("ended before it was healthy").await;
            }
            if trouble(pod).is_some() {
                return failed("can't be started").await;
            }
            if is_running(pod) {
                let since = running.get_or_insert_with(Instant::now).elapsed();
                let is_proven = if instance.is_web() {
                    is_ready(pod)
                        && (release.health.is_some() || self.answers(release, pod).await?)
                } else {
                    is_ready(pod) && since >= PROOF
                };
                if is_proven {
                    return Ok(());
                }
                if since >= grace {
                    let what = format!("did not become healthy within {} s", grace.as_secs_f64());
                    return failed(&what).await;
                }
            } else if begun.elapsed() >= PLACEMENT {
                return failed("was not started within 5 minutes").await;
            } else if begun.elapsed() >= next_question {
                next_question += HOMELESS;
                if self.is_homeless(pod).await {
                    return failed("found no node").await;
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Whether `GET /` is answered, by whatever status: servers accept connections before the app behind them is
    /// loaded, and Kubernetes has no probe that asks for no more than an answer. Where we may not ask, the
    /// connection has to do.
    async fn answers(&self, release: &Release, pod: &Pod) -> Result<bool> {
        let name = format!("{}:{}", pod.name_any(), release.port);
        let pods = Pod::url_path(&(), Some(&self.namespace));
        // Without the slash the API server itself answers, with a redirection.
        let request = Request::new(pods).get_subresource("proxy/", &name);
        let request = request.map_err(|error| self.fault(kube::Error::BuildRequest(error)))?;
        let asked = async {
            let Ok(answer) = self.client.send(request.map(Body::from)).await else {
                return false;
            };
            if !answer.status().is_server_error() {
                return true;
            }
            // The app's, or the API server's own, which got none.
            let text = Limited::new(answer.into_body(), LONGEST_REFUSAL).collect();
            let text = text.await.map(http_body_util::Collected::to_bytes);
            let says = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            !says.is_ok_and(|text| text.contains("trying to reach"))
        };
        Ok(tokio::time::timeout(ANSWER, asked).await.unwrap_or(false))
    }

    /// Fails when an instance of `number` ends, or is not ready several times on end.
    pub(super) async fn watch(&self, work: &Work<'_>, number: u64) -> Result<()> {
        let until = Instant::now() + work.watch;
        let observed = self.look(work.target).await?;
        let runs_as = observed.runs_as(number);
        let running = observed.instances.iter();
        let instances: Vec<InstanceName> = running
            .filter(|instance| instance.release == runs_as && instance.is_running())
            .map(|instance| instance.name.clone())
            .collect();
        let mut lives: BTreeMap<InstanceName, (Option<String>, i32)> = BTreeMap::new();
        let mut bad: BTreeMap<InstanceName, u32> = BTreeMap::new();
        while Instant::now() < until {
            let pods = self.glance(work.target).await?;
            for instance in &instances {
                let pod = find(&pods, runs_as, instance).map(|found| &found.pod);
                let patient = Patient {
                    target: work.target,
                    release: number,
                    instance,
                    pod,
                    secrets: work.secrets,
                };
                let failed = async |what: &str| Err(self.failure(&patient, what).await);
                let Some(pod) = pod else {
                    return failed("was removed while it was watched").await;
                };
                let life = (pod.uid(), restarts(pod));
                if *lives
                    .entry(instance.clone())
                    .or_insert_with(|| life.clone())
                    != life
                {
                    return failed("ended while it was watched").await;
                }
                let count = bad.entry(instance.clone()).or_default();
                *count = if is_ready(pod) { 0 } else { *count + 1 };
                if *count >= BAD_LOOKS {
                    return failed("became unhealthy while it was watched").await;
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            sleep(LOOK_EVERY.min(left)).await;
        }
        Ok(())
    }

    /// The pods of a target, as they were a moment ago at most.
    async fn glance(&self, target: &Target) -> Result<Arc<Vec<InstancePod>>> {
        let key = target.key();
        let mut glance = self.glance.lock().await;
        if let Some((of, at, pods)) = &glance.0
            && *of == key
            && at.elapsed() < LOOK_EVERY
        {
            return Ok(Arc::clone(pods));
        }
        let pods = Arc::new(self.instance_pods(target).await?);
        glance.0 = Some((key, Instant::now(), Arc::clone(&pods)));
        Ok(pods)
    }
}

fn find<'a>(
    pods: &'a [InstancePod],
    release: u64,
    instance: &InstanceName,
) -> Option<&'a InstancePod> {
    pods.iter()
        .find(|pod| pod.release == release && pod.instance == *instance)
}

/// Of its only container.
fn container(pod: &Pod) -> Option<&ContainerStatus> {
    pod.status.as_ref()?.container_statuses.as_ref()?.first()
}

fn restarts(pod: &Pod) -> i32 {
    container(pod).map_or(0, |container| container.restart_count)
}

/// Those of a pod that is older than anything that is awaited.
fn restarts_of_long_ago(pod: &Pod) -> i32 {
    let started = pod
        .status
        .as_ref()
        .and_then(|status| status.start_time.as_ref());
    let age = started.map(|started| Timestamp::now().duration_since(started.0));
    if age.is_some_and(|age| age > SignedDuration::from_mins(10)) {
        restarts(pod)
    } else {
        0
    }
}

fn is_running(pod: &Pod) -> bool {
    let state = container(pod).and_then(|container| container.state.as_ref());
    state.is_some_and(|state| state.running.is_some())
}

fn has_ended(pod: &Pod) -> bool {
    let state = container(pod).and_then(|container| container.state.as_ref());
    state.is_some_and(|state| state.terminated.is_some())
}
