//! Answers of the ingress itself.

use bytes::Bytes;
use hyper::header;
use pingora::Result;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::proxy::Session;

/// An answer for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) title: &'static str,
    pub(super) message: String,
    /// In seconds.
    pub(super) retry_after: Option<u32>,
}

impl Page {
    pub(super) fn new(status: u16) -> Self {
        let (title, message, retry_after) = match status {
            400 => ("Bad request", "The request cannot be understood.", None),
            404 => ("Not found", "There is nothing at this address.", None),
            414 => (
                "Address too long",
                "The address of the request is too long.",
                None,
            ),
            431 => (
                "Headers too large",
                "The headers of the request are too large.",
                None,
            ),
            502 => ("Bad gateway", "The application gave no answer.", None),
            504 => (
                "Gateway timeout",
                "The application took too long to answer.",
                None,
            ),
            503 => (
                "Unavailable",
                "The application is not available at the moment.",
                Some(5),
            ),
            _ => ("Error", "The request could not be handled.", None),
        };
        Self {
            status,
            title,
            message: message.to_owned(),
            retry_after,
        }
    }

    pub(super) fn maintenance(message: &str) -> Self {
        Self {
            status: 503,
            title: "Maintenance",
            message: message.to_owned(),
            retry_after: Some(30),
        }
    }

    fn html(&self) -> String {
        let message = escape(&self.message).replace('\n', "<br>\n");
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;\
             padding:0 1rem}}@media(prefers-color-scheme:dark){{body{{background:#111;color:#eee}}}}</style>\n\
             <h1>{title}</h1>\n<p>{message}</p>\n",
            title = self.title,
        )
    }

    /// Sends it, as HTML to whoever asks for that.
    pub(super) async fn send(&self, session: &mut Session) -> Result<()> {
        let html = wants_html(session.req_header());
        let (kind, body) = if html {
            ("text/html; charset=utf-8", self.html())
        } else {
            ("text/plain; charset=utf-8", format!("{}\n", self.message))
        };
        let mut head = ResponseHeader::build(self.status, Some(6))?;
        head.insert_header(header::CONTENT_TYPE, kind)?;
        head.insert_header(header::CACHE_CONTROL, "no-store")?;
        if let Some(seconds) = self.retry_after {
            head.insert_header(header::RETRY_AFTER, seconds.to_string())?;
        }
        send(session, head, body).await
    }
}

/// Sends a whole answer.
pub(super) async fn send(
    session: &mut Session,
    mut head: ResponseHeader,
    body: String,
) -> Result<()> {
    head.insert_header(header::CONTENT_LENGTH, body.len().to_string())?;
    if !session.is_body_done() {
        // What is still to come of the request is not read, so nothing can follow it.
        session.set_keepalive(None);
    }
    let head_only = body.is_empty() || session.req_header().method == hyper::Method::HEAD;
    session
        .write_response_header(Box::new(head), head_only)
        .await?;
    if !head_only {
        session
            .write_response_body(Some(Bytes::from(body)), true)
            .await?;
    }
    Ok(())
}

fn wants_html(request: &RequestHeader) -> bool {
    let accept = request.headers.get(header::ACCEPT);
    accept.is_some_and(|accept| memchr::memmem::find(accept.as_bytes(), b"text/html").is_some())
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_text_whatever_it_says() {
        let html = Page::maintenance("<script>alert('&')</script>\nback at 5").html();
        assert!(
            html.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;<br>\nback at 5")
        );
        assert!(!html.contains("<script"));
    }
}
