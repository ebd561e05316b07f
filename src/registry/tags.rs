use std::collections::HashSet;

use reqwest::header::{HeaderMap, LINK};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;

use super::endpoint::Endpoint;
use super::failure::Answer;
use super::transport::Request;
use crate::image::Repository;
use crate::{Error, Result};

const PAGE_LIMIT: usize = 4 * 1024 * 1024;
const TAG_LIMIT: usize = 100_000;

/// A list of tags that comes page by page.
pub(super) struct Listing<'a> {
    endpoint: &'a Endpoint,
    repository: &'a Repository,
    next: Option<Url>,
    asked: HashSet<Url>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    /// docker-registry writes `null` when the last tag was deleted.
    tags: Option<Vec<String>>,
}

impl<'a> Listing<'a> {
    pub fn new(endpoint: &'a Endpoint, repository: &'a Repository) -> Self {
        Self {
            endpoint,
            repository,
            next: Some(endpoint.url(repository, "tags/list?n=1000")),
            asked: HashSet::new(),
            tags: Vec::new(),
        }
    }

    /// For the next page; `None` when all are there.
    pub fn next_request(&mut self) -> Option<Request> {
        let url = self.next.take()?;
        self.asked.insert(url.clone());
        Some(Request::new(Method::GET, url, PAGE_LIMIT))
    }

    /// Takes the page at `url` and finds where the next one is.
    pub fn add(&mut self, url: &Url, answer: &Answer) -> Result<()> {
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        let unusable = || {
            Error::unavailable(format!(
                "the list of tags of {} is not usable",
                self.repository
            ))
        };
        let page: Page =
            serde_json::from_slice(&answer.body).map_err(|error| unusable().caused_by(error))?;
        let tags = page.tags.unwrap_or_default();
        if self.tags.len() + tags.len() > TAG_LIMIT {
            return Err(unusable().hint(format!("it has more than {TAG_LIMIT} tags")));
        }
        let next = match next_link(&answer.headers) {
            Some(link) => {
                let next = url
                    .join(link)
                    .ok()
                    .filter(|next| self.endpoint.serves(next));
                let next =
                    next.ok_or_else(|| unusable().hint("its next page is at another host"))?;
                if tags.is_empty() || self.asked.contains(&next) {
                    return Err(unusable().hint("its pages never end"));
                }
                Some(next)
            }
            None => None,
        };
        let valid = tags
            .into_iter()
            .filter(|tag| self.repository.tagged(tag).is_ok());
        self.tags.extend(valid);
        self.next = next;
        Ok(())
    }

    pub fn into_tags(self) -> Vec<String> {
        self.tags
    }
}

/// `Link: </v2/x/tags/list?last=b&n=2>; rel="next"` (RFC 8288).
fn next_link(headers: &HeaderMap) -> Option<&str> {
    headers.get_all(LINK).iter().find_map(|value| {
        let (target, parameters) = value
            .to_str()
            .ok()?
            .trim()
            .strip_prefix('<')?
            .split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            let rel = parameter.trim().strip_prefix("rel=");
            rel.is_some_and(|rel| rel.trim_matches('"').eq_ignore_ascii_case("next"))
        });
        is_next.then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_page() {
        for (value, expected) in [
            (
                r#"</v2/x/tags/list?last=b&n=2>; rel="next""#,
                Some("/v2/x/tags/list?last=b&n=2"),
            ),
            (
                "<https://r.example/x>;rel=next",
                Some("https://r.example/x"),
            ),
            (r#"</x>; rel="prev""#, None),
            ("</x", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, value.parse().unwrap());
            assert_eq!(next_link(&headers), expected, "{value}");
        }
    }
}
