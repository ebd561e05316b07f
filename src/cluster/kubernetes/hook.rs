//! `before_deploy`: once, in the new image, to its end.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures_util::{AsyncBufReadExt as _, StreamExt as _};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, LogParams};
use tokio::time::sleep;

use super::diagnosis::trouble;
use super::{Kubernetes, names};
use crate::builder::Redactor;
use crate::cluster::Work;
use crate::release::{Release, Target};
use crate::report::{Event, StepId};
use crate::{Error, Kind, Result};

const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Of the log, in an error.
const LAST_LINES: usize = 20;
/// Until it is gone after it was deleted.
const ENDING: Duration = Duration::from_mins(2);
/// Until a node runs it.
const PLACEMENT: Duration = Duration::from_mins(5);

impl Kubernetes {
    pub(super) async fn run_hook(&self, work: &Work<'_>, release: &Release) -> Result<()> {
        let Some(code) = &release.before_deploy else {
            return Ok(());
        };
        work.lease.check().await?;
        self.environment(work, release).await?;
        let owner = self.root(work.target).await?;
        let name = names::part(work.target, "hook", &[&release.number.to_string()]);
        let job = self.blueprint(release, &owner).hook(&name, code);
        let job: Job = serde_json::from_value(job).expect("a Job");
        self.create(&self.api(), &job).await?;
        let pod = self.hook_pod(release, &name).await?;
        let lines = self.follow_hook(work, release, &pod).await;
        let exit = self.hook_exit(&pod).await?;
        if exit == 0 {
            return Ok(());
        }
        Err(failed(release)
            .caused_by(format!("it ended with exit status {exit}"))
            .detail(Vec::from(lines).join("\n")))
    }

    /// The Job's pod, once it has begun.
    async fn hook_pod(&self, release: &Release, job: &str) -> Result<String> {
        let begun = Instant::now();
        loop {
            let pods = self
                .list(&self.api::<Pod>(), &format!("job-name={job}"))
                .await?;
            if let Some(pod) = pods.first() {
                if has_begun(pod) {
                    return Ok(pod.name_any());
                }
                if let Some(trouble) = trouble(pod) {
                    return Err(failed(release).caused_by(trouble));
                }
            }
            if begun.elapsed() >= PLACEMENT {
                return Err(failed(release).caused_by("no node ran it within 5 minutes"));
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Reports its lines, without secrets, until it ends, and returns the last. Where they can't be had, it
    /// runs all the same.
    async fn follow_hook(&self, work: &Work<'_>, release: &Release, pod: &str) -> VecDeque<String> {
        let parameters = LogParams {
            follow: true,
            ..LogParams::default()
        };
        let redactor = Redactor::new(work.secrets.values());
        let api = self.api::<Pod>();
        let mut said = VecDeque::new();
        let Ok(log) = self.ask(|| api.log_stream(pod, &parameters)).await else {
            return said;
        };
        let mut lines = log.lines();
        while let Some(Ok(line)) = lines.next().await {
            let line = redactor.text(&line);
            work.reporter.report(Event::StepLog {
                id: StepId(format!("hook {}", release.number)),
                line: line.clone(),
            });
            said.push_back(line);
            if said.len() > LAST_LINES {
                said.pop_front();
            }
        }
        said
    }

    async fn hook_exit(&self, pod: &str) -> Result<i32> {
        loop {
            let found = self.get(&self.api::<Pod>(), pod).await?;
            let Some(found) = found else {
                return Err(Error::new(
                    Kind::DeployFailed,
                    "somebody deleted the pod of before_deploy",
                ));
            };
            let status = found.status.unwrap_or_default();
            let containers = status.container_statuses.unwrap_or_default();
            let ended = containers
                .into_iter()
                .find_map(|container| container.state?.terminated);
            if let Some(ended) = ended {
                return Ok(ended.exit_code);
            }
            // One that its node threw out has no container any more.
            if status.phase.as_deref() == Some("Failed") {
                let why = status.message.or(status.reason).unwrap_or_default();
                return Err(Error::new(
                    Kind::DeployFailed,
                    format!("before_deploy was ended by its node: {why}"),
                ));
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Ends those of deployments that are gone, and waits for it: two migrations at once are worse than
    /// none. Only whoever has the lease of `target` may.
    pub(super) async fn remove_hooks(&self, target: &Target) -> Result<()> {
        let api = self.api::<Job>();
        let selector = names::role_selector(target, names::Role::Hook);
        let begun = Instant::now();
        loop {
            let jobs = self.list(&api, &selector).await?;
            let Some(first) = jobs.first() else {
                return Ok(());
            };
            if begun.elapsed() >= ENDING {
                return Err(Error::unavailable(format!(
                    "the Job {} of an earlier before_deploy does not end",
                    first.name_any()
                ))
                .hint("is the node of its pod well? run the command again once it is gone"));
            }
            let parameters = DeleteParams::foreground();
            for job in jobs
                .iter()
                .filter(|job| job.metadata.deletion_timestamp.is_none())
            {
                let name = job.name_any();
                match self.ask(|| api.delete(&name, &parameters)).await {
                    Err(kube::Error::Api(status)) if status.is_not_found() => {}
                    Err(error) => return Err(self.fault(error)),
                    Ok(_) => {}
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

fn has_begun(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Running" | "Succeeded" | "Failed"))
}

fn failed(release: &Release) -> Error {
    Error::new(
        Kind::DeployFailed,
        format!("before_deploy of release #{} failed", release.number),
    )
}
