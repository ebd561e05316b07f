//! Steps in people's words.

use crate::release::Step;

/// The id of a step within an operation, and its name; `None` for those too quick to be told of.
pub(super) fn step(step: &Step) -> Option<(String, String)> {
    let (id, name) = match step {
        Step::Fetch(release) => (
            format!("fetch {}", release.number),
            format!("look for the image of {}", release.image.version),
        ),
        Step::Record(_) | Step::Conclude { .. } => return None,
        Step::RunHook { release } => (format!("hook {release}"), "run before_deploy".to_owned()),
        Step::Start { release, instance } => (
            format!("start {release} {instance}"),
            format!("start {instance} of #{release}"),
        ),
        Step::AwaitHealthy { release, instance } => (
            format!("await {release} {instance}"),
            format!("wait until {instance} is healthy"),
        ),
        Step::Hold => ("hold".to_owned(), "hold requests".to_owned()),
        Step::Switch(live) => {
            let name = match (live.release, &live.canary) {
                (_, Some(canary)) => format!("give #{} its share of requests", canary.release),
                (Some(release), None) => format!("switch to #{release}"),
                (None, None) => "take the app off".to_owned(),
            };
            (format!("switch {name}"), name)
        }
        Step::Watch { release } => (format!("watch {release}"), format!("watch #{release}")),
        Step::Drain { release, instance } => (
            format!("drain {release} {instance}"),
            format!("let the requests of {instance} of #{release} end"),
        ),
        Step::Pause { release, instance } => (
            format!("pause {release} {instance}"),
            format!("keep {instance} of #{release} for a way back"),
        ),
        Step::Stop { release, instance } => (
            format!("stop {release} {instance}"),
            format!("stop {instance} of #{release}"),
        ),
        Step::Remove { release, instance } => (
            format!("remove {release} {instance}"),
            format!("remove {instance} of #{release}"),
        ),
    };
    Some((id, name))
}
