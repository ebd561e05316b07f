//! Why an instance is not what it should be, in people's words.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Event, Pod};
use kube::ResourceExt as _;
use kube::api::{ListParams, LogParams};
use tokio::time::sleep;

use super::pods::{is_ready, is_there};
use super::{Kubernetes, names};
use crate::builder::Redactor;
use crate::cluster::Secrets;
use crate::cluster::ending::{LAST_LINES, ending};
use crate::release::{InstanceName, Target};
use crate::{Error, Kind};

/// How often a warning is waited for that is not told yet, and how long each time.
const TOLD_LATE: u32 = 6;
const TELLING: Duration = Duration::from_millis(500);
/// Of a log that is read for its last lines.
const MOST_BYTES: i64 = 64 * 1024;

/// An instance that is not well.
pub(super) struct Patient<'a> {
    pub(super) target: &'a Target,
    /// The number that it carries.
    pub(super) release: u64,
    pub(super) instance: &'a InstanceName,
    /// `None`: there is no pod.
    pub(super) pod: Option<&'a Pod>,
    pub(super) secrets: &'a Secrets,
}

/// What is wrong, and what helps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Finding {
    cause: String,
    hint: Option<&'static str>,
}

impl Finding {
    fn new(cause: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// What keeps a pod from ever becoming healthy by itself, so that waiting any longer is of no use;
/// `None`: it may yet.
pub(super) fn trouble(pod: &Pod) -> Option<String> {
    stuck(pod, &[]).map(|finding| finding.cause)
}

/// The same, with what Kubernetes told about it.
fn stuck(pod: &Pod, events: &[String]) -> Option<Finding> {
    let (reason, message) = containers(pod).find_map(|container| {
        let waiting = container.state.as_ref()?.waiting.as_ref()?;
        let message = waiting.message.clone().unwrap_or_default();
        Some((waiting.reason.clone()?, message))
    })?;
    match &*reason {
        "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" | "RegistryUnavailable" => {
            // The state only says that it is tried again.
            let mut answers = events
                .iter()
                .filter(|event| event.contains("Failed to pull image"));
            let answer = answers.next_back().map_or(message, Clone::clone);
            let finding = Finding::new(format!("its image can't be pulled: {answer}"));
            Some(finding.hint(
                "is it pushed, do the nodes reach that registry, and may they read there? \
                 `paas cluster add` takes `--image-pull-secret`",
            ))
        }
        "CreateContainerConfigError"
        | "CreateContainerError"
        | "RunContainerError"
        | "PreCreateHookError"
        | "PostStartHookError" => Some(Finding::new(format!(
            "its container can't be started: {message}"
        ))),
        _ => None,
    }
}

/// Why a pod does not run or answer.
fn diagnose(pod: &Pod, events: &[String]) -> Option<Finding> {
    stuck(pod, events)
        .or_else(|| ended(pod))
        .or_else(|| unscheduled(pod))
        .or_else(|| {
            // "Readiness probe failed: HTTP probe failed with statuscode: 503"
            let mut answers = events.iter().filter(|event| event.contains("probe failed"));
            let answer = answers.next_back()?;
            Some(Finding::new(format!("its health check failed: {answer}")))
        })
        .or_else(|| events.last().map(Finding::new))
}

/// How its container ended, now or the last time.
fn ended(pod: &Pod) -> Option<Finding> {
    let terminated = containers(pod).find_map(|container| {
        let now = container.state.as_ref().and_then(termination);
        now.or_else(|| container.last_state.as_ref().and_then(termination))
    });
    if let Some((exit, reason)) = terminated {
        return Some(Finding::new(ending(exit.into(), reason == "OOMKilled")));
    }
    // One that its node evicted has no container any more.
    let status = pod.status.as_ref()?;
    let is_failed = status.phase.as_deref() == Some("Failed");
    let message = status.message.clone().or_else(|| status.reason.clone());
    is_failed.then(|| Finding::new(message.unwrap_or_else(|| "it ended".to_owned())))
}

fn termination(state: &ContainerState) -> Option<(i32, &str)> {
    let ended = state.terminated.as_ref()?;
    Some((ended.exit_code, ended.reason.as_deref().unwrap_or_default()))
}

fn unscheduled(pod: &Pod) -> Option<Finding> {
    let mut conditions = pod.status.as_ref()?.conditions.iter().flatten();
    let condition = conditions
        .find(|condition| condition.type_ == "PodScheduled" && condition.status == "False")?;
    let message = condition.message.clone().unwrap_or_default();
    Some(
        Finding::new(format!("no node can take it: {message}"))
            .hint("lower `[resources]` or the number of instances, or give the cluster more nodes"),
    )
}

fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.iter();
    status.flat_map(|status| status.container_statuses.iter().flatten())
}

impl Kubernetes {
    /// The failure of an instance (`what` it did: "did not become healthy within 10 s"), with what Kubernetes says of it
    /// and its last lines, without secrets.
    pub(super) async fn failure(&self, patient: &Patient<'_>, what: &str) -> Error {
        let error = Error::new(
            Kind::DeployFailed,
            format!(
                "{} of release #{} {what}",
                patient.instance, patient.release
            ),
        );
        let redactor = Redactor::new(patient.secrets.values());
        let (finding, lines) = match patient.pod {
            Some(pod) => {
                let (events, lines) =
                    tokio::join!(self.warnings(pod), self.last_lines(patient.instance, pod));
                (diagnose(pod, &events), lines)
            }
            None => (self.unmade(patient).await, Vec::new()),
        };
        let has_begun = patient.pod.is_some_and(|pod| {
            containers(pod).any(|container| {
                let runs = |state: &ContainerState| state.running.is_some();
                container.state.as_ref().is_some_and(runs) || ended(pod).is_some()
            })
        });
        let mut error = match &finding {
            Some(finding) => error.caused_by(redactor.text(&finding.cause)),
            None => error,
        };
        if let Some(hint) = finding.and_then(|finding| finding.hint) {
            error = error.hint(hint);
        }
        if !lines.is_empty() {
            let lines: Vec<String> = lines.iter().map(|line| redactor.text(line)).collect();
            error.detail(lines.join("\n"))
        } else if has_begun {
            error.hint(format!("{} wrote nothing on its output", patient.instance))
        } else {
            error
        }
    }

    /// Whether no node can take the pod, and nobody brings one that can.
    pub(super) async fn is_homeless(&self, pod: &Pod) -> bool {
        // What Kubernetes' own autoscaler says, and Karpenter.
        let comes = ["TriggeredScaleUp", "Nominated"];
        let comes = |event: &Event| {
            event
                .reason
                .as_deref()
                .is_some_and(|it| comes.contains(&it))
        };
        unscheduled(pod).is_some() && !self.told(pod).await.iter().any(comes)
    }

    /// Warnings about a pod, the newest last.
    async fn warnings(&self, pod: &Pod) -> Vec<String> {
        let mut warnings = self.told(pod).await;
        // Nodes tell them a moment later.
        for _ in 0..TOLD_LATE {
            let runs_unready = ended(pod).is_none() && is_there(pod) && !is_ready(pod);
            if !runs_unready || warnings.iter().any(is_telling) {
                break;
            }
            sleep(TELLING).await;
            warnings = self.told(pod).await;
        }
        warnings.retain(is_telling);
        warnings.sort_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0));
        let messages = warnings.into_iter().filter_map(|event| event.message);
        messages
            .map(|message| message.trim_end().to_owned())
            .collect()
    }

    /// What Kubernetes told about a pod; nothing where it can't be read.
    async fn told(&self, pod: &Pod) -> Vec<Event> {
        let selector = format!("involvedObject.uid={}", pod.uid().unwrap_or_default());
        let parameters = ListParams::default().fields(&selector);
        let api = self.api::<Event>();
        let found = self.ask(|| api.list(&parameters)).await;
        found.map(|found| found.items).unwrap_or_default()
    }

    /// Of the container that runs, or of the one that ended last; nothing where they can't be read.
    async fn last_lines(&self, instance: &InstanceName, pod: &Pod) -> Vec<String> {
        let container = containers(pod).find(|container| container.name == instance.process);
        let Some(container) = container else {
            return Vec::new();
        };
        let waits = |state: &ContainerState| state.waiting.is_some();
        let is_restarted = container
            .last_state
            .as_ref()
            .and_then(termination)
            .is_some();
        let mut parameters = LogParams {
            container: Some(instance.process.clone()),
            previous: is_restarted && container.state.as_ref().is_some_and(waits),
            tail_lines: i64::try_from(LAST_LINES).ok(),
            limit_bytes: Some(MOST_BYTES),
            ..LogParams::default()
        };
        let (api, name) = (self.api::<Pod>(), pod.name_any());
        let mut log = self.ask(|| api.logs(&name, &parameters)).await;
        // One that was just started again has said nothing yet.
        if is_restarted && !parameters.previous && log.as_ref().is_ok_and(String::is_empty) {
            parameters.previous = true;
            log = self.ask(|| api.logs(&name, &parameters)).await;
        }
        let log = log.unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// Why there is no pod: a quota, or a policy.
    async fn unmade(&self, patient: &Patient<'_>) -> Option<Finding> {
        let name = names::deployment(patient.target, patient.release, &patient.instance.process);
        let found = self.get(&self.api::<Deployment>(), &name).await.ok()?;
        let Some(deployment) = found else {
            return Some(Finding::new(format!(
                "somebody deleted its Deployment {name}"
            )));
        };
        refusal(&deployment)
    }
}

/// Whether it is a warning, and of something that may keep a pod from running.
fn is_telling(event: &Event) -> bool {
    event.type_.as_deref() == Some("Warning")
        && event.reason.as_deref() != Some("MissingClusterDNS")
}

/// Why Kubernetes makes no pod of a Deployment.
fn refusal(deployment: &Deployment) -> Option<Finding> {
    let mut conditions = deployment.status.as_ref()?.conditions.iter().flatten();
    let condition = conditions
        .find(|condition| condition.type_ == "ReplicaFailure" && condition.status == "True")?;
    let message = condition.message.clone().unwrap_or_default();
    let finding = Finding::new(format!("Kubernetes makes no pod of it: {message}"));
    Some(if message.contains("exceeded quota") {
        finding.hint("the namespace's quota is used up: scale down, or have it raised")
    } else {
        finding
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(status: &Value) -> Pod {
        serde_json::from_value(json!({ "status": status })).unwrap()
    }

    fn container(state: &Value, last_state: &Value) -> Pod {
        pod(&json!({ "containerStatuses": [{
            "name": "web", "image": "", "imageID": "", "ready": false, "restartCount": 0,
            "state": state, "lastState": last_state,
        }] }))
    }

    fn waiting(reason: &str, message: &str) -> Pod {
        let waiting = json!({ "waiting": { "reason": reason, "message": message } });
        container(&waiting, &json!({}))
    }

    fn cause(pod: &Pod, events: &[&str]) -> String {
        let events: Vec<String> = events.iter().map(|event| (*event).to_owned()).collect();
        diagnose(pod, &events).expect("a finding").cause
    }

    #[test]
    fn the_registrys_answer_is_told() {
        let pod = waiting("ImagePullBackOff", "Back-off pulling image \"shop\"");
        assert_eq!(
            cause(
                &pod,
                &[
                    "Failed to pull image \"shop\": manifest unknown",
                    "Error: ErrImagePull",
                ]
            ),
            "its image can't be pulled: Failed to pull image \"shop\": manifest unknown"
        );
        assert!(trouble(&pod).unwrap().contains("Back-off"));
        let once = waiting("ErrImagePull", "timeout");
        assert_eq!(trouble(&once), None, "the next try may succeed");
    }

    #[test]
    fn what_ended_says_how() {
        let ended = json!({ "terminated": { "exitCode": 3, "reason": "Error" } });
        let loops = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        assert_eq!(
            cause(&container(&loops, &ended), &[]),
            "it ended with exit status 3"
        );
        let killed = json!({ "terminated": { "exitCode": 137, "reason": "OOMKilled" } });
        assert!(cause(&container(&killed, &json!({})), &[]).contains("more memory"));
        let evicted =
            json!({ "phase": "Failed", "message": "The node was low on resource: memory." });
        assert!(cause(&pod(&evicted), &[]).contains("low on resource"));
    }

    #[test]
    fn the_scheduler_and_the_probe_are_heard() {
        let pending = pod(&json!({ "conditions": [{
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/1 nodes are available: 1 Insufficient cpu.",
        }] }));
        assert_eq!(
            cause(&pending, &[]),
            "no node can take it: 0/1 nodes are available: 1 Insufficient cpu."
        );
        assert_eq!(trouble(&pending), None, "nodes may come");
        let runs = container(&json!({ "running": {} }), &json!({}));
        assert_eq!(
            cause(
                &runs,
                &["Readiness probe failed: HTTP probe failed with statuscode: 503"]
            ),
            "its health check failed: Readiness probe failed: HTTP probe failed with statuscode: 503"
        );
    }

    #[test]
    fn a_quota_is_told() {
        let deployment: Deployment = serde_json::from_value(json!({ "status": { "conditions": [{
            "type": "ReplicaFailure", "status": "True",
            "message": "pods \"shop\" is forbidden: exceeded quota: small",
        }] } }))
        .unwrap();
        let finding = refusal(&deployment).unwrap();
        assert!(finding.cause.contains("exceeded quota: small"));
        assert!(finding.hint.is_some());
    }
}
