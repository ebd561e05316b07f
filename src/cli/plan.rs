use clap::Args;

use super::Session;
use crate::Result;
use crate::context::Listing;
use crate::ops::{PlanDocument, Project, base};
use crate::plan::Layout;
use crate::ui::format;
use crate::ui::sanitize;
use crate::ui::table::Table;

const EXAMPLES: &str = "\
Examples:
  paas plan                  the version, and every input that decides it
  paas plan --context        each file that the build sees, and the rule for each left out
  paas plan --dockerfile     the Dockerfile";

/// `paas plan`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Plan {
    /// Print the Dockerfile
    #[arg(long, conflicts_with = "context")]
    dockerfile: bool,
    /// List the files that the build sees, and for those left out the rule that did it
    #[arg(long)]
    context: bool,
}

impl Plan {
    /// Plans; contacts nothing.
    pub fn run(self, session: &Session) -> Result<()> {
        let settings = session.settings()?;
        let project = Project::load(&session.app_folder()?, &settings, self.context)?;
        let ui = &session.ui;
        if self.context {
            return if session.global.json {
                ui.print_json(&context_document(&project.listing))
            } else {
                ui.print(&context(&project.listing))
            };
        }
        let (document, plan) = PlanDocument::new(&project, &settings)?;
        if self.dockerfile {
            let dockerfile = plan.dockerfile(&project, &Layout::served());
            if session.global.json {
                ui.print_json(&serde_json::json!({ "dockerfile": dockerfile }))
            } else {
                ui.print(&dockerfile)
            }
        } else if session.global.json {
            ui.print_json(&document)
        } else {
            project.notes.iter().for_each(|note| ui.note(note));
            ui.print(&summary(&document))
        }
    }
}

fn summary(plan: &PlanDocument) -> String {
    let mut rows = vec![("image", plan.image.clone()), ("commit", commit(plan))];
    if !plan.changed.is_empty() {
        rows.push(("changed", shortened(&plan.changed)));
    }
    rows.push(("config", configuration(plan)));
    for (index, base) in plan.bases.iter().enumerate() {
        let pin = match (&base.digest, base::nearest(&base.name)) {
            (Some(digest), _) => digest.short().to_owned(),
            (None, None) => "not pinned yet: the next build writes app.lock".to_owned(),
            (None, Some(near)) => format!("does not come with paas: did you mean `{near}`?"),
        };
        rows.push((
            if index == 0 { "base" } else { "runtime" },
            format!("{} {pin}", base.name),
        ));
    }
    let files = format::count(plan.files as u64, "file");
    rows.push(("context", format!("{files}, {}", format::bytes(plan.bytes))));
    if let (Some(content), Some(platform)) = (&plan.content, &plan.platform) {
        let short = &content.as_str()[..12];
        rows.push(("content", format!("{short} for {platform}")));
    }
    let lines = rows
        .iter()
        .map(|(key, value)| format!("  {key:<9}{value}\n"));
    format!(
        "{} {}\n{}",
        plan.app,
        plan.version,
        lines.collect::<String>()
    )
}

fn commit(plan: &PlanDocument) -> String {
    let place = match (&plan.git_tag, plan.distance) {
        (Some(tag), 0) => format!("at {}", sanitize::line(tag)),
        (Some(tag), distance) => {
            let commits = format::count(distance as u64, "commit");
            format!("{commits} past {}", sanitize::line(tag))
        }
        (None, distance) => format!("no tag, {}", format::count(distance as u64, "commit")),
    };
    let branch = plan.branch.as_deref().map_or_else(
        || "no branch".to_owned(),
        |branch| format!("on {}", sanitize::line(branch)),
    );
    format!("{} {branch}, {place}", &plan.commit[..8])
}

fn configuration(plan: &PlanDocument) -> String {
    let revision = plan.config_revision;
    match plan.locked_revision {
        None => format!("r{revision}, there is no app.lock yet"),
        Some(locked) if locked == revision && plan.config_changes.is_empty() => {
            format!("r{revision}")
        }
        Some(locked) => {
            format!(
                "r{revision}, app.lock has r{locked}: {}",
                plan.config_changes.join(", ")
            )
        }
    }
}

fn shortened(paths: &[String]) -> String {
    let shown: Vec<_> = paths
        .iter()
        .take(5)
        .map(|path| sanitize::line(path))
        .collect();
    let more = paths.len().saturating_sub(shown.len());
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{rest}", shown.join(", "))
}

fn context(listing: &Listing) -> String {
    let mut table = Table::new(["FILE", "SIZE"]);
    for file in &listing.files {
        table.row([
            &*sanitize::line(&file.path),
            &format::bytes(file.kind.size()),
        ]);
    }
    let mut text = table.render();
    if !listing.left_out.is_empty() {
        let mut table = Table::new(["LEFT OUT", "RULE"]);
        for left in &listing.left_out {
            table.row([
                &*sanitize::line(&left.path),
                &*sanitize::line(&left.rule.to_string()),
            ]);
        }
        text += "\n";
        text += &table.render();
    }
    text
}

fn context_document(listing: &Listing) -> serde_json::Value {
    let files = listing.files.iter().map(|file| {
        serde_json::json!({
            "path": file.path,
            "size": file.kind.size(),
            "executable": file.kind.is_executable(),
            "blob": hex::encode(file.blob),
        })
    });
    let left_out = listing.left_out.iter().map(|left| {
        serde_json::json!({
            "path": left.path,
            "rule": { "origin": left.rule.origin, "line": left.rule.line, "pattern": left.rule.pattern },
        })
    });
    serde_json::json!({
        "files": files.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
    })
}
