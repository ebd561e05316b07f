const LONGEST: usize = 40;

/// An app's name made from a folder's: a DNS label of at most 40 characters; `app` where nothing is
/// left.
pub fn label(folder: &str) -> String {
    let mut label = String::new();
    for character in folder.chars() {
        if label.len() >= LONGEST {
            break;
        }
        let character = character.to_ascii_lowercase();
        if character.is_ascii_alphanumeric() {
            label.push(character);
        } else if !label.is_empty() && !label.ends_with('-') {
            label.push('-');
        }
    }
    label.truncate(label.trim_end_matches('-').len());
    if label.is_empty() {
        label.push_str("app");
    }
    label
}

/// Whether `name` can be an app's.
pub fn is_label(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty()
        && name.len() <= LONGEST
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_name_apps() {
        for (folder, name) in [
            ("shop", "shop"),
            ("Shop API", "shop-api"),
            ("my_app.git", "my-app-git"),
            ("--x--", "x"),
            ("日本", "app"),
            ("", "app"),
            ("naïve", "na-ve"),
            (&"a".repeat(50), &"a".repeat(40)),
            (&format!("{}-b", "a".repeat(39)), &"a".repeat(39)),
        ] {
            assert_eq!(label(folder), name);
            assert!(is_label(&label(folder)));
        }
    }

    #[test]
    fn knows_names() {
        for name in ["", "A", "a-", "-a", "a_b", "ä", &"a".repeat(41)] {
            assert!(!is_label(name), "{name}");
        }
    }
}
