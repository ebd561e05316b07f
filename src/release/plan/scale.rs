use std::collections::BTreeMap;

use super::Draft;
use super::settle::{retire, settle};
use crate::release::{Live, Step};
use crate::{Error, Result};

pub(super) fn scale(draft: &mut Draft, counts: &BTreeMap<String, u32>) -> Result<()> {
    settle(draft);
    let live = scaled(draft, counts)?;
    if live == draft.state().live {
        return Ok(());
    }
    let old = draft.state().serving(&draft.state().live);
    let mut added = draft.state().serving(&live);
    added.retain(|slot| !old.contains(slot));
    draft.start(&added);
    draft.await_healthy(&added);
    draft.then([Step::Switch(live)]);
    retire(draft);
    Ok(())
}

fn scaled(draft: &Draft, counts: &BTreeMap<String, u32>) -> Result<Live> {
    let state = draft.state();
    let mut live = state.live.clone();
    if let Some(canary) = &live.canary {
        return Err(
            Error::refused(format!("release {} is on trial", canary.release))
                .hint("`paas continue` or `paas abort` it first"),
        );
    }
    let Some(release) = live.release.and_then(|number| state.release(number)) else {
        return Err(Error::refused("nothing is deployed").hint("`paas deploy` first"));
    };
    for (name, count) in counts {
        let Some(process) = release.processes.get(name) else {
            let all: Vec<_> = release.processes.keys().map(String::as_str).collect();
            return Err(
                Error::usage(format!("there is no process `{name}`")).hint(format!(
                    "release {} has {}",
                    release.number,
                    all.join(", ")
                )),
            );
        };
        if process.replicas == *count {
            live.replicas.remove(name);
        } else {
            live.replicas.insert(name.clone(), *count);
        }
    }
    Ok(live)
}
