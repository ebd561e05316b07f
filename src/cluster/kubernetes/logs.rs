//! Lines that instances wrote. The API does not tell stdout from stderr.

mod follower;
mod reader;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::LogParams;

use super::pods::InstancePod;
use super::{Kubernetes, fault};
use crate::cluster::merge::{Sources, followed};
use crate::cluster::{LogOptions, LogStream};
use crate::release::Target;
use crate::{Error, Result};

use follower::Follower;
use reader::Reader;

/// Lines on their way to whoever reads them: with the longest line, a few MiB.
const AHEAD: usize = 256;

impl Kubernetes {
    pub(super) async fn log_lines(
        &self,
        target: &Target,
        options: &LogOptions,
    ) -> Result<LogStream> {
        let mut pods = self.instance_pods(target).await?;
        if let Some(name) = &options.instance {
            pods.retain(|pod| pod.instance == *name);
            if pods.is_empty() {
                return Err(Error::usage(format!("there is no {name} of {target}"))
                    .hint("`paas status` shows the instances"));
            }
        }
        if options.follow {
            return Ok(followed(AHEAD, |sender| {
                Follower::new(self, target, options.clone(), sender).run()
            }));
        }
        let mut sources = Sources::default();
        for found in pods {
            let Some(container) = containers(&found.pod, &found.instance.process).pop() else {
                continue;
            };
            let reader = Reader {
                api: self.api(),
                pod: found.pod.name_any(),
                instance: found.instance.clone(),
                release: found.release,
                parameters: LogParams {
                    previous: container.is_previous,
                    ..parameters(&found, options)
                },
                after: None,
            };
            let (cluster, namespace) = (self.cluster.clone(), self.namespace.clone());
            sources.add(async move |sender| {
                if let Some(error) = reader.read(&sender).await.error
                    && !is_without_log(&error)
                {
                    // Nobody reads any more, or they read this.
                    let error = fault::of(error, &cluster, &namespace);
                    let _ = sender.send(Err(error)).await;
                }
            });
        }
        Ok(sources.by_time())
    }
}

/// Of a pod that is read for the first time.
fn parameters(found: &InstancePod, options: &LogOptions) -> LogParams {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    LogParams {
        container: Some(found.instance.process.clone()),
        follow: options.follow,
        since_seconds: options.since.map(number),
        tail_lines: options.tail.map(|lines| number(lines as u64)),
        timestamps: true,
        ..LogParams::default()
    }
}

/// The same behind the line of this time; the API counts in seconds.
fn parameters_after(process: &str, last: Option<Timestamp>) -> LogParams {
    let second = last.and_then(|last| Timestamp::from_second(last.as_second()).ok());
    LogParams {
        container: Some(process.to_owned()),
        follow: true,
        since_time: second,
        timestamps: true,
        ..LogParams::default()
    }
}

/// A start of a pod's container, of which there is a log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Container {
    /// Another one after each start.
    id: String,
    /// Nothing more can come.
    has_ended: bool,
    /// It is asked for as the one before.
    is_previous: bool,
}

/// Those of a pod, the older one first.
fn containers(pod: &Pod, name: &str) -> Vec<Container> {
    let statuses = pod
        .status
        .iter()
        .flat_map(|status| status.container_statuses.iter().flatten());
    let Some(status) = statuses.into_iter().find(|status| status.name == name) else {
        return Vec::new();
    };
    let ended = |state: Option<&k8s_openapi::api::core::v1::ContainerState>| {
        let terminated = state?.terminated.as_ref()?;
        terminated.container_id.clone()
    };
    let previous = ended(status.last_state.as_ref()).map(|id| Container {
        id,
        has_ended: true,
        is_previous: true,
    });
    let state = status.state.as_ref();
    let current = ended(state).or_else(|| {
        let runs = state.is_some_and(|state| state.running.is_some());
        runs.then(|| status.container_id.clone()).flatten()
    });
    let current = current.map(|id| Container {
        has_ended: ended(state).is_some(),
        id,
        is_previous: false,
    });
    previous.into_iter().chain(current).collect()
}

/// Whether the log is not there yet, or no longer.
fn is_without_log(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if matches!(status.code, 400 | 404))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(state: &Value, last_state: &Value) -> Vec<(String, bool, bool)> {
        let pod: Pod = serde_json::from_value(json!({
            "status": { "containerStatuses": [
                { "name": "proxy", "image": "", "imageID": "", "ready": true, "restartCount": 0 },
                {
                    "name": "web", "image": "", "imageID": "", "ready": true, "restartCount": 0,
                    "containerID": "docker://now", "state": state, "lastState": last_state,
                },
            ] },
        }))
        .unwrap();
        let containers = containers(&pod, "web").into_iter();
        containers
            .map(|container| (container.id, container.has_ended, container.is_previous))
            .collect()
    }

    #[test]
    fn each_start_of_a_container_has_a_log() {
        let ended = |id: &str| json!({ "terminated": { "containerID": id, "exitCode": 3 } });
        let runs = json!({ "running": {} });
        let waits = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        let now = |ended| ("docker://now".to_owned(), ended, false);
        let before = ("docker://before".to_owned(), true, true);
        assert_eq!(found(&runs, &json!({})), [now(false)]);
        assert_eq!(found(&ended("docker://now"), &json!({})), [now(true)]);
        assert_eq!(
            found(&runs, &ended("docker://before")),
            [before.clone(), now(false)]
        );
        assert_eq!(found(&waits, &ended("docker://before")), [before]);
        assert_eq!(found(&waits, &json!({})), []);
    }

    #[test]
    fn what_comes_later_is_asked_for_from_the_second_on() {
        let last: Timestamp = "2026-01-02T03:04:05.9Z".parse().unwrap();
        let since = parameters_after("web", Some(last)).since_time.unwrap();
        assert_eq!(since.to_string(), "2026-01-02T03:04:05Z");
    }
}
