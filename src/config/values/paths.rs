use super::Converted;
use crate::config::problem::{Refusal, quoted};

/// Nothing in these may be replaced or taken: the kernel's, the engine's and ours.
const RESERVED: &[&str] = &["/dev", "/paas", "/proc", "/run", "/sys", "/var/run"];

/// Folders that a system needs; what is below them may be used.
const SYSTEM: &[&str] = &[
    "/bin",
    "/boot",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/sbin",
    "/var",
    "/var/lib",
];

/// Also hide something where a volume or a cache is put there.
const COVERED: &[&str] = &["/app", "/usr/local", "/usr/local/bin", "/usr/local/lib"];

/// Where a cache or a volume is mounted.
pub(in crate::config) fn mount(text: &str) -> Converted<String> {
    let path = output(text)?;
    if COVERED.contains(&path.as_str()) {
        return Err(Refusal::new(format!(
            "{} would hide what the image has there",
            quoted(text)
        ))
        .hint("use a folder below it"));
    }
    Ok(path)
}

/// What the final image takes from the build.
pub(in crate::config) fn output(text: &str) -> Converted<String> {
    let path = format!("/{}", normal(text)?);
    let inside = |folder: &&str| {
        path.strip_prefix(*folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if path == "/" || SYSTEM.contains(&path.as_str()) || RESERVED.iter().any(inside) {
        return Err(
            Refusal::new(format!("{} belongs to the system", quoted(text)))
                .hint("use a folder of the app"),
        );
    }
    Ok(path)
}

/// Relative to the app's folder or the repository's root.
pub(in crate::config) fn relative(text: &str) -> Converted<String> {
    let path = normal(text)?;
    if path.is_empty() {
        return Err(
            Refusal::new(format!("{} is the folder itself", quoted(text)))
                .hint("name what is in it"),
        );
    }
    Ok(path)
}

/// Without empty and `.` components.
fn normal(text: &str) -> Converted<String> {
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.contains(&"..") {
        return Err(Refusal::new(format!("{} leaves its folder", quoted(text)))
            .hint("`..` is refused in every path"));
    }
    Ok(parts.join("/"))
}
