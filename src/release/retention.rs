use std::collections::BTreeSet;

use super::{Observed, Outcome};

/// The releases whose records nobody needs: older than the `keep` newest that served, and than the
/// `keep` newest that did not. What serves, what is kept for a way back, what instances carry and the
/// origin of each of these stay in any case.
pub fn expired(observed: &Observed, keep: usize) -> BTreeSet<u64> {
    let newest = |accepted: bool| {
        let releases = observed.releases.iter().rev();
        let such = releases
            .filter(move |(_, record)| (record.outcome == Some(Outcome::Accepted)) == accepted);
        such.map(|(number, _)| *number).take(keep)
    };
    let canary = observed.live.canary.as_ref().map(|canary| canary.release);
    let instances = observed.instances.iter().map(|instance| instance.release);
    let needed = newest(true)
        .chain(newest(false))
        .chain(observed.live.release)
        .chain(canary)
        .chain(observed.previous())
        .chain(observed.releases.keys().next_back().copied())
        .chain(instances);
    let mut kept = BTreeSet::new();
    for number in needed {
        let mut origin = Some(number);
        while let Some(number) = origin.filter(|number| kept.insert(*number)) {
            origin = observed.release(number).and_then(|release| release.from);
        }
    }
    let numbers = observed.releases.keys().copied();
    numbers.filter(|number| !kept.contains(number)).collect()
}
