use super::spec::{GROUP_NAME, REGISTRY};
use super::values;
use crate::{Error, Result};

/// Checks a registry that doesn't come from `app.toml`; `origin` says from where: `--registry`.
/// As there, it is a host with an optional port.
pub fn registry_host(text: &str, origin: &str) -> Result<String> {
    let refused = |hint: String| {
        let shown = text.escape_debug();
        Err(Error::usage(format!("{origin}: `{shown}` is not a registry host")).hint(hint))
    };
    let (scheme, rest) = text
        .split_once("://")
        .map_or(("", text), |(scheme, rest)| (scheme, rest));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    if !REGISTRY.accepts(host) {
        return refused(format!("{} is {}", REGISTRY.what, REGISTRY.rule));
    }
    if !scheme.is_empty() {
        return refused(format!(
            "give HOST[:PORT], without `{}://`: `{host}`",
            scheme.escape_debug()
        ));
    }
    if GROUP_NAME.accepts(path) {
        return refused(format!(
            "give `{host}`, and the namespace in app.toml: `group = \"{path}\"`"
        ));
    }
    if !path.is_empty() {
        return refused(format!(
            "give `{host}`; the namespace is the app's `group` in app.toml, {}",
            GROUP_NAME.rule
        ));
    }
    match values::registry(host) {
        Ok(host) if rest.len() == host.len() => Ok(host),
        Ok(host) => refused(format!("give `{host}`")),
        Err(refusal) => refused(refusal.hint.unwrap_or(refusal.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_with_or_without_a_port_passes() {
        for host in [
            "registry.example",
            "127.0.0.1:5000",
            "localhost",
            "[::1]:5000",
        ] {
            assert_eq!(registry_host(host, "--registry").unwrap(), host);
        }
    }

    #[test]
    fn everything_else_says_what_to_give_instead() {
        let said = |text| {
            let error = registry_host(text, "--registry").unwrap_err();
            assert_eq!(error.kind().exit_code(), 2);
            format!("{error}\n  {}\n", error.hints().join("\n  "))
        };
        let all: String = [
            "http://127.0.0.1:5000",
            "https://registry.example/trade/",
            "registry.example/trade",
            "registry.example/trade/shops",
            "registry.example/",
            "registry",
            "user@registry.example",
            "a b",
        ]
        .map(said)
        .concat();
        insta::assert_snapshot!(all, @r#"
        --registry: `http://127.0.0.1:5000` is not a registry host
          give HOST[:PORT], without `http://`: `127.0.0.1:5000`
        --registry: `https://registry.example/trade/` is not a registry host
          give HOST[:PORT], without `https://`: `registry.example`
        --registry: `registry.example/trade` is not a registry host
          give `registry.example`, and the namespace in app.toml: `group = "trade"`
        --registry: `registry.example/trade/shops` is not a registry host
          give `registry.example`; the namespace is the app's `group` in app.toml, lower-case letters, digits and `-` between them, at most 40 characters
        --registry: `registry.example/` is not a registry host
          give `registry.example`
        --registry: `registry` is not a registry host
          add the port: `registry:443`
        --registry: `user@registry.example` is not a registry host
          a registry host is `host` or `host:port`, without scheme and path: `registry.example.com`, `localhost:5000`
        --registry: `a b` is not a registry host
          a registry host is `host` or `host:port`, without scheme and path: `registry.example.com`, `localhost:5000`
        "#);
    }
}
