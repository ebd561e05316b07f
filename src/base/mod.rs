//! Base images: the ones in the binary, and those a team derives. Reads folders, nothing else.
//!
//! The format is described in `docs/base-images.md`.

mod bootstrap;
mod definition;
mod detect;
mod embedded;
mod files;
mod folder;
mod profile;
mod render;
mod toml_file;

pub use bootstrap::Bootstrap;
pub use definition::Definition;
pub use detect::{Condition, Detect, Proposal};
pub use files::DefinitionFile;
pub use profile::Profile;

/// Whether `text` can name a base: a DNS label, as it becomes part of image names.
pub fn is_name(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 63
        && text.starts_with(ends)
        && text.ends_with(ends)
        && text.chars().all(|c| ends(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_are_dns_labels() {
        for name in ["python", "node-18", "a", "0x"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in ["", "-a", "a-", "A", "a.b", "a/b", "..", "ä", "a\n", &long] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
