//! When two releases run the same, and which instances a rollback takes over for it.

use std::collections::BTreeMap;

use super::{Image, Record, Release};

/// Whether instances of `a` and `b` run the same in the same way: all but number, origin, time and author.
/// Images are the same by their ID where both have one, so another version of the same content is.
pub fn same_parameters(a: &Release, b: &Release) -> bool {
    let other = Release {
        number: a.number,
        from: a.from,
        created: a.created,
        by: a.by.clone(),
        image: a.image.clone(),
        ..b.clone()
    };
    a.image.is_same(&b.image) && *a == other
}

impl Image {
    /// Whether both have the same content, under whatever version.
    pub fn is_same(&self, other: &Self) -> bool {
        if self.id.is_empty() || other.id.is_empty() {
            self.reference == other.reference
        } else {
            self.id == other.id
        }
    }
}

impl Release {
    /// The number that this release's instances carry. A rollback has a number of its own, but is served by
    /// the instances of the release that it goes back to, so that kept ones need only be thawed; a
    /// rollback to a rollback by those of the first. One whose parameters differ from the release that it came from
    /// has instances of its own.
    pub fn runs_as(&self, records: &BTreeMap<u64, Record>) -> u64 {
        let origin = self
            .from
            .and_then(|number| records.get(&number))
            .map(|record| &record.release)
            .filter(|origin| origin.number < self.number && same_parameters(origin, self));
        match origin {
            Some(origin) => origin.runs_as(records),
            None => self.number,
        }
    }
}
