//! `git describe --tags --long`, over the same candidates in the same order as git's own, but
//! stopping as soon as the answer can't change.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::Path;

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::remembered::Remembered;
use super::state::git_error;
use crate::{Error, Result};

/// Git's own default of `--candidates`.
const MOST_CANDIDATES: usize = 10;

/// Commits whose reading takes longer than asking the cache.
const LONG_WALK: usize = 500;

/// The nearest tag and the commits since it; without a tag, all commits.
#[derive(Debug, PartialEq, Eq)]
pub struct Description {
    pub tag: Option<String>,
    pub distance: usize,
}

/// Describes `head` as git would in a full clone; an error where a shallow clone leaves it open.
/// With a cache, a long walk is done once for a commit and a set of tags.
pub fn describe(repository: &Repository, head: Oid, cache: Option<&Path>) -> Result<Description> {
    let references = tag_references(repository)?;
    let cache = cache.map(|folder| Remembered::new(folder, repository, head, &references));
    if let Some(known) = cache.as_ref().and_then(Remembered::load) {
        return Ok(known);
    }
    let (description, seen) = walk(repository, head, references)?;
    if seen >= LONG_WALK
        && let Some(cache) = &cache
    {
        cache.store(&description);
    }
    Ok(description)
}

/// The description, and how many commits it took.
fn walk(
    repository: &Repository,
    head: Oid,
    references: Vec<(Vec<u8>, Oid)>,
) -> Result<(Description, usize)> {
    let odb = repository
        .odb()
        .map_err(|e| git_error("cannot read objects", e))?;
    let tags = Tags::read(&odb, references)?;
    if let Some(name) = tags.names.get(&head) {
        let tag = Some(name.text.clone());
        return Ok((Description { tag, distance: 0 }, 0));
    }
    let mut walk = Walk::new(&odb, shallow_commits(repository)?);
    walk.push(head, 0)?;
    while let Some(visit) = walk.pop() {
        if walk.chosen.is_none()
            && let Some(name) = tags.names.get(&visit.oid)
        {
            if walk.candidates.len() == MOST_CANDIDATES {
                // Git settles on the nearest so far, and only finishes counting for that one.
                walk.chosen = walk.nearest();
                walk.put_back(visit);
                continue;
            }
            walk.add_candidate(&visit, name);
        }
        let flags = walk.flags[&visit.oid];
        walk.count(flags);
        if walk.is_decided(flags) {
            break;
        }
        walk.push_parents(&visit, flags)?;
    }
    let nearest = walk
        .chosen
        .or_else(|| walk.nearest())
        .map(|bit| &walk.candidates[bit]);
    let description = Description {
        tag: nearest.map(|candidate| candidate.name.text.clone()),
        distance: nearest.map_or(walk.seen, |candidate| candidate.depth),
    };
    Ok((description, walk.seen))
}

/// Names without `refs/tags/` and what they point at, sorted by name.
fn tag_references(repository: &Repository) -> Result<Vec<(Vec<u8>, Oid)>> {
    let fail = |e| git_error("cannot read the tags", e);
    let mut found: Vec<(Vec<u8>, Oid)> = Vec::new();
    for reference in repository.references_glob("refs/tags/*").map_err(fail)? {
        let reference = reference.map_err(fail)?;
        if let Some(target) = reference.target() {
            let name = &reference.name_bytes()["refs/tags/".len()..];
            found.push((name.to_vec(), target));
        }
    }
    found.sort_unstable();
    Ok(found)
}

struct Name {
    text: String,
    /// The tagger's time; lightweight tags have none and give way to annotated ones.
    tagged: Option<i64>,
}

struct Tags {
    names: HashMap<Oid, Name>,
}

impl Tags {
    /// In git's order: by name, where a later one replaces an earlier one of the same commit only
    /// if it is annotated and the other isn't, or was tagged later.
    fn read(odb: &Odb<'_>, references: Vec<(Vec<u8>, Oid)>) -> Result<Self> {
        let mut names: HashMap<Oid, Name> = HashMap::with_capacity(references.len());
        for (name, target) in references {
            let Some((commit, tagged)) = peel(odb, target)? else {
                continue;
            };
            let name = Name {
                text: String::from_utf8_lossy(&name).into_owned(),
                tagged,
            };
            let wins = names
                .get(&commit)
                .is_none_or(|other| name.tagged > other.tagged);
            if wins {
                names.insert(commit, name);
            }
        }
        Ok(Self { names })
    }
}

/// The commit that a tag stands for, and the outermost tag object's time. A tag whose object is
/// missing is passed over, as git does.
fn peel(odb: &Odb<'_>, target: Oid) -> Result<Option<(Oid, Option<i64>)>> {
    let mut oid = target;
    let mut tagged = None;
    loop {
        let kind = match odb.read_header(oid) {
            Ok((_, kind)) => kind,
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(git_error("cannot read a tag", e)),
        };
        if kind != ObjectType::Tag {
            return Ok((kind == ObjectType::Commit).then_some((oid, tagged)));
        }
        let object = odb
            .read(oid)
            .map_err(|e| git_error("cannot read a tag", e))?;
        let time = header(object.data(), b"tagger ").next().map_or(0, time_of);
        tagged = tagged.or(Some(time));
        let inner = header(object.data(), b"object ").next().and_then(oid_of);
        oid = inner.ok_or_else(|| Error::unexpected(format!("tag object {oid} is damaged")))?;
    }
}

struct Commit {
    parents: Vec<Oid>,
    time: i64,
}

fn read_commit(odb: &Odb<'_>, oid: Oid) -> Result<Commit> {
    let object = odb.read(oid).map_err(|e| {
        git_error(&format!("cannot read commit {oid}"), e)
            .hint("`git fsck` says what is missing; a fresh clone has it")
    })?;
    Ok(Commit {
        parents: header(object.data(), b"parent ")
            .filter_map(oid_of)
            .collect(),
        time: header(object.data(), b"committer ")
            .next()
            .map_or(0, time_of),
    })
}

/// Values of the header lines that start with `key`.
fn header<'a>(object: &'a [u8], key: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    object
        .split(|&b| b == b'\n')
        .take_while(|line| !line.is_empty())
        .filter_map(move |line| line.strip_prefix(key))
}

fn oid_of(hex: &[u8]) -> Option<Oid> {
    Oid::from_str(std::str::from_utf8(hex).ok()?).ok()
}

/// The seconds of `Name <mail> 1700000000 +0100`; 0 for a damaged line, as git has it.
fn time_of(signature: &[u8]) -> i64 {
    let after_mail = signature.rsplit(|&b| b == b'>').next().unwrap_or_default();
    String::from_utf8_lossy(after_mail)
        .split_ascii_whitespace()
        .next()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(0)
}

fn shallow_commits(repository: &Repository) -> Result<HashSet<Oid>> {
    let path = repository.commondir().join("shallow");
    match std::fs::read(&path) {
        Ok(text) => Ok(text.split(|&b| b == b'\n').filter_map(oid_of).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(e) => Err(Error::unexpected("cannot read the list of shallow commits").caused_by(e)),
    }
}

struct Candidate<'a> {
    name: &'a Name,
    /// Commits seen that the tag doesn't contain.
    depth: usize,
    /// How many waiting commits are not known to be contained in the tag.
    outside: usize,
}

struct Visit {
    time: i64,
    oid: Oid,
    parents: Vec<Oid>,
}

/// Commits from the newest to the oldest, each with a bit for every candidate that contains it.
struct Walk<'a> {
    odb: &'a Odb<'a>,
    shallow: HashSet<Oid>,
    queue: BinaryHeap<(i64, Reverse<usize>, Oid)>,
    waiting: HashMap<Oid, Vec<Oid>>,
    flags: HashMap<Oid, u16>,
    candidates: Vec<Candidate<'a>>,
    chosen: Option<usize>,
    pushed: usize,
    seen: usize,
}

impl<'a> Walk<'a> {
    fn new(odb: &'a Odb<'a>, shallow: HashSet<Oid>) -> Self {
        Self {
            odb,
            shallow,
            queue: BinaryHeap::new(),
            waiting: HashMap::new(),
            flags: HashMap::new(),
            candidates: Vec::new(),
            chosen: None,
            pushed: 0,
            seen: 0,
        }
    }

    fn push(&mut self, oid: Oid, flags: u16) -> Result<()> {
        let commit = read_commit(self.odb, oid)?;
        self.flags.insert(oid, flags);
        self.wait(Visit {
            time: commit.time,
            oid,
            parents: commit.parents,
        });
        Ok(())
    }

    fn put_back(&mut self, visit: Visit) {
        self.seen -= 1;
        self.wait(visit);
    }

    fn wait(&mut self, visit: Visit) {
        // Of commits of the same second, git takes first what it met first.
        self.pushed += 1;
        self.queue
            .push((visit.time, Reverse(self.pushed), visit.oid));
        let flags = self.flags[&visit.oid];
        self.waiting.insert(visit.oid, visit.parents);
        for (bit, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.outside += usize::from(flags & (1 << bit) == 0);
        }
    }

    fn pop(&mut self) -> Option<Visit> {
        let (time, _, oid) = self.queue.pop()?;
        self.seen += 1;
        let parents = self.waiting.remove(&oid).unwrap_or_default();
        let flags = self.flags[&oid];
        for (bit, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.outside -= usize::from(flags & (1 << bit) == 0);
        }
        Some(Visit { time, oid, parents })
    }

    fn add_candidate(&mut self, visit: &Visit, name: &'a Name) {
        let bit = self.candidates.len();
        self.candidates.push(Candidate {
            name,
            depth: self.seen - 1,
            outside: self.queue.len(),
        });
        *self.flags.entry(visit.oid).or_default() |= 1 << bit;
    }

    fn count(&mut self, flags: u16) {
        for (bit, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.depth += usize::from(flags & (1 << bit) == 0);
        }
    }

    /// Of equally near tags, the one found first.
    fn nearest(&self) -> Option<usize> {
        (0..self.candidates.len()).min_by_key(|&bit| self.candidates[bit].depth)
    }

    /// Whether everything left is contained in the nearest candidate: its depth is final then, and
    /// depths of the others only grow. Later candidates start no nearer than any is now.
    fn is_decided(&self, flags: u16) -> bool {
        let nearest = self.chosen.or_else(|| self.nearest());
        nearest.is_some_and(|bit| self.candidates[bit].outside == 0 && flags & (1 << bit) != 0)
    }

    fn push_parents(&mut self, visit: &Visit, flags: u16) -> Result<()> {
        if !visit.parents.is_empty() && self.shallow.contains(&visit.oid) {
            return Err(Error::usage(
                "the clone is shallow: the commits since the last tag can't be counted",
            )
            .hint("fetch the history: `git fetch --unshallow --tags`"));
        }
        for &parent in &visit.parents {
            match self.flags.get_mut(&parent) {
                None => self.push(parent, flags)?,
                Some(known) => {
                    let gained = flags & !*known;
                    *known |= flags;
                    if gained != 0 && self.waiting.contains_key(&parent) {
                        for (bit, candidate) in self.candidates.iter_mut().enumerate() {
                            candidate.outside -= usize::from(gained & (1 << bit) != 0);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
