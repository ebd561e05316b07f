#![allow(clippy::unnecessary_wraps, reason = "all conversions have one shape")]

use super::Converted;
use crate::config::app::{BaseName, Protocol, User};
use crate::config::problem::{Refusal, quoted};

/// The text itself.
pub(in crate::config) fn any(text: &str) -> Converted<String> {
    Ok(text.to_owned())
}

pub(in crate::config) fn group(text: &str) -> Converted<String> {
    if text == "paas" {
        return Err(Refusal::new("the group `paas` is taken").hint("base images live there"));
    }
    any(text)
}

pub(in crate::config) fn process(text: &str) -> Converted<String> {
    if text == "web" {
        return Err(Refusal::new("the process `web` is `[start]` itself")
            .hint("write its script in `[start]`"));
    }
    any(text)
}

/// A first component without dot, colon or `localhost` reads as part of an image's name.
pub(in crate::config) fn registry(text: &str) -> Converted<String> {
    if text.contains(['.', ':']) || text == "localhost" {
        return any(text);
    }
    Err(
        Refusal::new(format!("{} reads as part of an image's name", quoted(text)))
            .hint(format!("add the port: `{text}:443`")),
    )
}

pub(in crate::config) fn base(text: &str) -> Converted<BaseName> {
    let named = text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if named {
        return Ok(BaseName::Named(text.to_owned()));
    }
    text.parse().map(BaseName::Image).map_err(|_| {
        Refusal::new(format!("{} is not an image reference", quoted(text)))
            .hint("write a name that `paas base list` shows, or `[registry/]name[:tag][@sha256:…]`")
    })
}

/// A name in `env` or `secrets`.
pub(in crate::config) fn environment_variable(text: &str) -> Converted<String> {
    if text.to_ascii_uppercase().starts_with("PAAS_") {
        return Err(Refusal::new(format!("`{text}` is taken"))
            .hint("names that begin with `PAAS_` belong to paas"));
    }
    any(text)
}

pub(in crate::config) fn protocol(text: &str) -> Converted<Protocol> {
    Ok(if text == "udp" {
        Protocol::Udp
    } else {
        Protocol::Tcp
    })
}

pub(in crate::config) fn domain(text: &str) -> Converted<String> {
    let longest = text.split('.').map(str::len).max().unwrap_or_default();
    if longest > 63 {
        return Err(Refusal::new(format!(
            "a label of {} is longer than 63",
            quoted(text)
        )));
    }
    any(text)
}

/// Numbers that the engine takes: 0 to 2³¹ − 1.
pub(in crate::config) fn user(text: &str) -> Converted<User> {
    const LARGEST: u32 = i32::MAX.cast_unsigned();
    if text == "app" {
        return Ok(User::APP);
    }
    if text == "root" {
        return Ok(User::ROOT);
    }
    let number = |text: &str| {
        text.parse()
            .ok()
            .filter(|id| *id <= LARGEST)
            .ok_or_else(|| {
                Refusal::new(format!("{} is not a user or group number", quoted(text)))
                    .hint(format!("the largest is {LARGEST}"))
            })
    };
    let (uid, gid) = text.split_once(':').unwrap_or((text, text));
    let user = User {
        uid: number(uid)?,
        gid: number(gid)?,
    };
    if user.uid == 0 {
        return Err(Refusal::new("user 0 is root")
            .hint("where it has to be, spell it out: `user = \"root\"`"));
    }
    Ok(user)
}
