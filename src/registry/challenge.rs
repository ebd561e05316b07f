use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// How a registry wants to be asked (`WWW-Authenticate`, RFC 9110 section 11.6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// With a token from `realm`.
    Bearer {
        realm: String,
        service: Option<String>,
        /// What the token has to allow, separated by spaces.
        scope: Option<String>,
    },
    /// With name and password.
    Basic,
    /// In a way `paas` does not know.
    Other(String),
}

impl Challenge {
    /// The best of the answer's challenges; `None` where there is none at all.
    pub fn best(headers: &HeaderMap) -> Option<Self> {
        let mut challenges: Vec<_> = headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(parse)
            .collect();
        challenges.sort_by_key(|challenge| match challenge {
            Self::Bearer { .. } => 0,
            Self::Basic => 1,
            Self::Other(_) => 2,
        });
        challenges.into_iter().next()
    }

    fn new(scheme: &str, parameters: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let found = parameters
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        match (scheme.to_ascii_lowercase().as_str(), get("realm")) {
            ("bearer", Some(realm)) => Self::Bearer {
                realm,
                service: get("service"),
                scope: get("scope"),
            },
            ("basic", _) => Self::Basic,
            _ => Self::Other(scheme.chars().take(40).collect()),
        }
    }
}

/// The challenges of one header: `scheme key=value, key="quoted, value", scheme …`.
fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    let mut scheme = None;
    let mut parameters = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let word = &rest[..end];
        rest = rest[end..].trim_start_matches([' ', '\t']);
        if let Some(value) = rest.strip_prefix('=') {
            let (value, after) = parameter_value(value.trim_start());
            parameters.push((word.to_owned(), value));
            rest = after;
        } else if let Some(finished) = scheme.replace(word) {
            challenges.push(Challenge::new(finished, &parameters));
            parameters.clear();
        }
    }
    challenges.extend(scheme.map(|scheme| Challenge::new(scheme, &parameters)));
    challenges
}

/// A token or a quoted string at the start of `text`, and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(values: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        Challenge::best(&headers)
    }

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.into(),
            service: service.map(Into::into),
            scope: scope.map(Into::into),
        }
    }

    #[test]
    fn reads_what_registries_send() {
        for (values, expected) in [
            (
                &[
                    r#"Bearer realm="https://a.example/t",service="r",scope="repository:x:pull,push""#,
                ][..],
                Some(bearer(
                    "https://a.example/t",
                    Some("r"),
                    Some("repository:x:pull,push"),
                )),
            ),
            (
                &[r#"bearer Realm="https://a.example/\"t""#],
                Some(bearer("https://a.example/\"t", None, None)),
            ),
            (
                &["Bearer realm=x , service = y"],
                Some(bearer("x", Some("y"), None)),
            ),
            (&[r#"Basic realm="a, b""#], Some(Challenge::Basic)),
            (
                &[r#"Basic realm="x", Bearer realm="y""#],
                Some(bearer("y", None, None)),
            ),
            (
                &[r#"Basic realm="x""#, r#"Bearer realm="y""#],
                Some(bearer("y", None, None)),
            ),
            (&["Negotiate"], Some(Challenge::Other("Negotiate".into()))),
            (
                &[r#"Bearer service="r""#],
                Some(Challenge::Other("Bearer".into())),
            ),
            (&[""], None),
            (&[], None),
            (&["=,=\""], None),
            (
                &[r#"Bearer realm="never closed"#],
                Some(bearer("never closed", None, None)),
            ),
        ] {
            assert_eq!(best(values), expected, "{values:?}");
        }
    }
}
