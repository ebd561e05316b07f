//! A version that is asked for and not here: what is here instead.

use super::labels;
use crate::builder::Engine;
use crate::image::{Reference, Repository, Version};
use crate::{Error, Result};

/// How many versions an error lists.
const LISTED: usize = 5;

/// The error for an image of `app` that is not on this machine.
pub(super) async fn missing(engine: &Engine, app: &str, wanted: &Reference) -> Result<Error> {
    let mut images = engine.images(&[&format!("{}={app}", labels::APP)]).await?;
    images.sort_by_key(|image| std::cmp::Reverse(image.created));
    let tags = images.into_iter().flat_map(|image| image.tags);
    Ok(explain(wanted, &tags.collect::<Vec<_>>()))
}

/// `here`: the app's images, newest first.
fn explain(wanted: &Reference, here: &[Reference]) -> Error {
    let version = wanted.tag().unwrap_or_default();
    if let Some(other) = here.iter().find(|tag| tag.tag() == Some(version)) {
        let place = |repository: &Repository| match repository.host() {
            Some(host) => format!("for the registry {host}"),
            None => "without a registry".to_owned(),
        };
        let error = Error::usage(format!(
            "{version} was built {}, not {}",
            place(other.repository()),
            place(wanted.repository()),
        ))
        .hint("`paas build` with this registry gives it that name too, and builds nothing again");
        return match other.repository().host() {
            Some(host) => error.hint(format!("or push it there: `--registry {host}`")),
            None => error,
        };
    }
    let error = Error::usage(format!("{version} is not built on this machine"))
        .hint("check out its commit, then `paas build`");
    let versions: Vec<_> = here
        .iter()
        .filter(|tag| tag.repository() == wanted.repository())
        .filter_map(Reference::tag)
        .filter(|tag| Version::parse(tag).is_some())
        .collect();
    match versions.len() {
        0 => error,
        count => {
            let listed = versions
                .iter()
                .take(LISTED)
                .map(|version| format!("  {version}"));
            let more = count.saturating_sub(LISTED);
            let rest = (more > 0).then(|| format!("  and {more} more: `paas images`"));
            let lines: Vec<_> = listed.chain(rest).collect();
            error.detail(format!("built here are\n{}", lines.join("\n")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::error::{Log, render};
    use crate::ui::palette::Palette;

    fn explained(here: &[&str]) -> String {
        let wanted = "r.example/shop:v1-gaaaaaaaa-r1".parse().unwrap();
        let here: Vec<_> = here.iter().map(|tag| tag.parse().unwrap()).collect();
        let error = explain(&wanted, &here);
        assert_eq!(error.kind().exit_code(), 2);
        render(&error, Log::Shown, Palette::NONE)
    }

    #[test]
    fn what_is_here_is_said() {
        let others: Vec<_> = (2..9)
            .map(|n| format!("r.example/shop:v{n}-gaaaaaaaa-r1"))
            .collect();
        let others: Vec<_> = others.iter().map(String::as_str).collect();
        let all = [
            explained(&["shop:v1-gaaaaaaaa-r1"]),
            explained(&["other.example/shop:v1-gaaaaaaaa-r1"]),
            explained(&["shop:v2-gaaaaaaaa-r1", "r.example/shop:latest"]),
            explained(&others[..2]),
            explained(&others),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        error: v1-gaaaaaaaa-r1 was built without a registry, not for the registry r.example
        hint: `paas build` with this registry gives it that name too, and builds nothing again

        error: v1-gaaaaaaaa-r1 was built for the registry other.example, not for the registry r.example
        hint: `paas build` with this registry gives it that name too, and builds nothing again
        hint: or push it there: `--registry other.example`

        error: v1-gaaaaaaaa-r1 is not built on this machine
        hint: check out its commit, then `paas build`

        error: v1-gaaaaaaaa-r1 is not built on this machine
        built here are
          v2-gaaaaaaaa-r1
          v3-gaaaaaaaa-r1
        hint: check out its commit, then `paas build`

        error: v1-gaaaaaaaa-r1 is not built on this machine
        built here are
          v2-gaaaaaaaa-r1
          v3-gaaaaaaaa-r1
          v4-gaaaaaaaa-r1
          v5-gaaaaaaaa-r1
          v6-gaaaaaaaa-r1
          and 2 more: `paas images`
        hint: check out its commit, then `paas build`
        ");
    }
}
