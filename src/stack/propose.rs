use super::files::Files;
use super::glob::Glob;
use super::matching;
use super::placeholders::Found;
use super::port;
use super::procfile::Procfile;
use super::proposal::Proposal;
use crate::base::{self, Definition, Detect};

/// What each base that matches proposes, the best first; see [`Proposal::equals_in_rank`].
pub fn propose(bases: &[Definition], files: &Files<'_>) -> Vec<Proposal> {
    let matching = bases.iter().map(|base| by_rules(base, files));
    let mut proposals: Vec<_> = matching
        .filter(|proposal| !proposal.names.is_empty())
        .map(|proposal| complete(proposal, files))
        .collect();
    proposals.sort_by(|a, b| (a.order(), &a.base).cmp(&(b.order(), &b.base)));
    proposals
}

/// What an app on this base could say, whether the base matches or not. `base` may be an image of
/// somebody else: `definition` is `None` then.
pub fn propose_base(base: &str, definition: Option<&Definition>, files: &Files<'_>) -> Proposal {
    let matching = definition.map(|definition| by_rules(definition, files));
    let proposal = matching.unwrap_or_else(|| Proposal {
        base: base.to_owned(),
        ..Proposal::default()
    });
    complete(proposal, files)
}

/// Entry by entry, as `docs/base-images.md` says.
fn by_rules(base: &Definition, files: &Files<'_>) -> Proposal {
    let mut proposal = Proposal {
        base: base.name.clone(),
        rank: base.rank,
        base_starts: base.defaults.start.is_some(),
        ..Proposal::default()
    };
    for entry in &base.detect {
        let is_decided = |key: &String| proposal.values.contains_key(key);
        if entry.values.keys().any(is_decided) {
            continue;
        }
        if let Some(found) = matching::apply(entry, files) {
            add(&mut proposal, entry, &found);
        }
    }
    let output = match proposal.values.get("build.output") {
        Some(base::Proposal::List(output)) => Some(output),
        _ => base.defaults.output.as_ref(),
    };
    let holds_the_source = output.is_none_or(|output| output.iter().any(|path| path == "/app"));
    proposal.is_partial = !holds_the_source;
    proposal
}

fn add(proposal: &mut Proposal, entry: &Detect, found: &Found) {
    for (key, value) in &entry.values {
        let value = match value {
            base::Proposal::Text(text) => base::Proposal::Text(found.fill(text)),
            base::Proposal::List(texts) => {
                base::Proposal::List(texts.iter().map(|text| found.fill(text)).collect())
            }
            base::Proposal::Flag(flag) => base::Proposal::Flag(*flag),
        };
        proposal.values.insert(key.clone(), value);
    }
    add_new(&mut proposal.names, entry.name.as_deref());
    let note = entry.note.as_deref().map(|note| found.fill(note));
    add_new(&mut proposal.notes, note.as_deref());
}

fn add_new(texts: &mut Vec<String>, text: Option<&str>) {
    if let Some(text) = text
        && !texts.iter().any(|known| known == text)
    {
        texts.push(text.to_owned());
    }
}

/// The rules of every stack: `Procfile`, ports.
fn complete(mut proposal: Proposal, files: &Files<'_>) -> Proposal {
    let has_procfile = files.find(&Glob::new("Procfile")).next().is_some();
    if let Some(text) = files.text("Procfile").filter(|_| has_procfile) {
        take_over(&mut proposal, Procfile::parse(&text));
    }
    take_port(&mut proposal, files);
    if !proposal.starts() {
        proposal
            .notes
            .push("nothing says what starts the app: write it as `script` of [start]".to_owned());
    }
    proposal
}

/// The port of an app that doesn't ask for `$PORT`: its command's own, the one that a rule found in the
/// source, or the one that a Dockerfile exposes.
fn take_port(proposal: &mut Proposal, files: &Files<'_>) {
    let found = proposal.values.remove("start.port");
    let Some(base::Proposal::Text(script)) = proposal.values.get("start.script") else {
        return;
    };
    if port::asks_for_port(script) {
        return;
    }
    let in_source = || match &found {
        Some(base::Proposal::Text(text)) => port::parse(text),
        _ => None,
    };
    let exposed = || {
        files.find(&Glob::new("Dockerfile")).next()?;
        port::exposed(&files.text("Dockerfile")?)
    };
    proposal.port = port::in_command(script).or_else(in_source).or_else(exposed);
}

/// A start script of the base's stays where the Procfile's command needs what the image doesn't have.
fn take_over(proposal: &mut Proposal, procfile: Procfile) {
    if let Some(web) = procfile.web {
        let is_of_a_buildpack = web.contains("heroku-php-");
        if proposal.starts() && (proposal.is_partial || is_of_a_buildpack) {
            proposal.notes.push(format!(
                "the Procfile's `web` is not taken over, as the image won't have its files: {}",
                web.trim_start_matches("exec ")
            ));
        } else {
            let script = base::Proposal::Text(web);
            proposal.values.insert("start.script".to_owned(), script);
        }
    }
    if proposal.is_partial && !procfile.processes.is_empty() {
        proposal.notes.push(
            "check the [processes] from the Procfile: the image has only what the build makes"
                .to_owned(),
        );
    }
    proposal.processes = procfile.processes;
    proposal.before_deploy = procfile.release;
    proposal.notes.extend(procfile.notes);
}

#[cfg(test)]
mod tests;
