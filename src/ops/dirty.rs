//! Content that no commit holds: what is said of it, and where it is refused.

use crate::{Error, Result};

/// How many paths a sentence names.
const NAMED: usize = 3;
/// How many paths an error lists.
const LISTED: usize = 10;

/// Why a version is dirty; `None` where it is not.
pub(super) fn reason(changed: &[String]) -> Option<String> {
    let (paths, verb) = match changed {
        [] => return None,
        [only] => (shown(only), "differs"),
        several => {
            let named: Vec<_> = several.iter().take(NAMED).map(|path| shown(path)).collect();
            let paths = match several.len().saturating_sub(NAMED) {
                0 => named.join(", "),
                more => format!("{} and {more} more", named.join(", ")),
            };
            (paths, "differ")
        }
    };
    Some(format!(
        "this version is dirty: {paths} {verb} from the commit"
    ))
}

/// Refuses to publish what no commit holds.
pub(super) fn refuse(changed: &[String], allow_dirty: bool) -> Result<()> {
    if changed.is_empty() || allow_dirty {
        return Ok(());
    }
    let listed = changed.iter().take(LISTED).map(|path| shown(path));
    let more = changed.len().saturating_sub(LISTED);
    let rest = (more > 0).then(|| format!("and {more} more"));
    Err(Error::refused("the tree has changes that no commit holds")
        .detail(listed.chain(rest).collect::<Vec<_>>().join("\n"))
        .hint("commit them, or give `--allow-dirty`"))
}

fn shown(path: &str) -> String {
    path.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_files_are_named() {
        let paths = ["app.toml", "b\n", "c", "d", "e"].map(str::to_owned);
        assert_eq!(reason(&[]), None);
        let all: Vec<_> = [1, 2, 3, 5]
            .iter()
            .filter_map(|&count| reason(&paths[..count]))
            .collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        this version is dirty: app.toml differs from the commit
        this version is dirty: app.toml, b\n differ from the commit
        this version is dirty: app.toml, b\n, c differ from the commit
        this version is dirty: app.toml, b\n, c and 2 more differ from the commit
        ");
    }
}
