use std::path::{Component, Path};

use crate::{Error, Result};

/// Refuses a symbolic link at `place` in the context whose target leaves the context.
pub fn check(place: &str, target: &Path) -> Result<()> {
    let mut depth = place.matches('/').count();
    let stays = target.components().all(|component| match component {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir => depth.checked_sub(1).is_some_and(|up| {
            depth = up;
            true
        }),
        Component::RootDir | Component::Prefix(_) => false,
    });
    if stays {
        return Ok(());
    }
    Err(Error::refused(format!(
        "the symbolic link `{}` leads out of the app: its target is `{}`",
        place.escape_debug(),
        target.to_string_lossy().escape_debug()
    ))
    .hint("leave the link out (`[build] exclude` in app.toml), or commit a copy in its place"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_stays_in_the_context() {
        for (place, target, stays) in [
            ("a", "b", true),
            ("a", ".", true),
            ("a/b/c", "../../x", true),
            ("a/b", "../b/./c/..", true),
            ("loop", "loop", true),
            ("a", "..", false),
            ("a", "x/../../y", false),
            ("a/b", "../../x", false),
            ("a", "/etc/shadow", false),
        ] {
            assert_eq!(
                check(place, Path::new(target)).is_ok(),
                stays,
                "{place} -> {target}"
            );
        }
    }
}
