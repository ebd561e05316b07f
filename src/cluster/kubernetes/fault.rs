//! What a failed request means.

use kube::core::Status;

use crate::{Error, Kind};

/// Whether it may pass when it is asked again.
pub(super) fn is_passing(error: &kube::Error) -> bool {
    match error {
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => true,
        kube::Error::Api(status) => {
            let is_webhook = status.message.contains("failed calling webhook");
            matches!(status.code, 429 | 502..=504) || status.code == 500 && !is_webhook
        }
        _ => false,
    }
}

/// Why a change was refused as a conflict: with the fields that others own, or none where the object
/// is another one by now. `None`: it is no conflict.
pub(super) fn conflict(error: &kube::Error) -> Option<Vec<String>> {
    let kube::Error::Api(status) = error else {
        return None;
    };
    if status.code != 409 {
        return None;
    }
    let causes = status.details.iter().flat_map(|details| &details.causes);
    Some(
        causes
            .filter(|cause| cause.reason == "FieldManagerConflict")
            .map(|cause| format!("{} ({})", cause.field, cause.message))
            .collect(),
    )
}

/// The failure, in people's words.
pub(super) fn of(error: kube::Error, cluster: &str, namespace: &str) -> Error {
    let kube::Error::Api(status) = error else {
        return Error::unavailable(format!("the cluster {cluster} does not answer"))
            .caused_by(error)
            .hint("is its API server running, and can it be reached from here?");
    };
    let (kind, what, hint) = meaning(&status, cluster, namespace);
    let error = Error::new(kind, what).caused_by(status.message.clone());
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn meaning(status: &Status, cluster: &str, namespace: &str) -> (Kind, String, Option<String>) {
    let details = status.details.as_ref();
    let is_terminating = details
        .iter()
        .flat_map(|details| &details.causes)
        .any(|cause| cause.reason == "NamespaceTerminating");
    let is_namespace = details.is_some_and(|details| details.kind == "namespaces");
    if is_terminating {
        return (
            Kind::Refused,
            format!("the namespace {namespace} is being deleted"),
            Some("wait until it is gone and make it anew, or choose another".to_owned()),
        );
    }
    if status.message.contains("exceeded quota") {
        return (
            Kind::DeployFailed,
            format!("a quota of the namespace {namespace} is used up"),
            None,
        );
    }
    match status.code {
        401 => (
            Kind::Refused,
            format!("the cluster {cluster} does not know who asks"),
            Some("sign in to it again: its kubeconfig has no valid credentials".to_owned()),
        ),
        403 => (
            Kind::Refused,
            format!("not allowed on the cluster {cluster}"),
            Some(format!(
                "`paas cluster check {cluster}` shows what is missing, and the Role that gives it"
            )),
        ),
        404 if is_namespace => (
            Kind::Refused,
            format!("the cluster {cluster} has no namespace {namespace}"),
            Some(format!("make it: `kubectl create namespace {namespace}`")),
        ),
        400..=499 => (
            Kind::Refused,
            format!("the cluster {cluster} refused a change"),
            None,
        ),
        code => (
            Kind::Unavailable,
            format!("the cluster {cluster} answered with {code}"),
            None,
        ),
    }
}
