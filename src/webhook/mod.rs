//! Events of git hosts: proof, meaning, and the decision to build. Pure.
//!
//! A request goes one way: [`Headers`] and body → [`Payload::verify`] (size, then proof) →
//! [`parse`] → [`decide`]. Inside a CI job, [`Ci::detect`] takes the request's place.

mod ci;
mod decide;
mod delivery;
mod document;
mod event;
mod headers;
mod json;
mod object_id;
mod parse;
mod pattern;
mod payload;
mod proof;
mod provider;
mod ref_name;
mod repository_url;
mod secret;
mod standard_webhooks;

pub use ci::Ci;
pub use decide::{Circumstances, Decision, Scope, decide};
pub use delivery::DeliveryKey;
pub use document::{Document, Verdict};
pub use event::{Change, Event, History, Push, Subject, Target};
pub use headers::Headers;
pub use object_id::ObjectId;
pub use parse::parse;
pub use pattern::Pattern;
pub use payload::{MAX_BODY, Payload, Proof};
pub use provider::Provider;
pub use ref_name::{RefKind, RefName};
pub use repository_url::RepositoryUrl;
pub use secret::Secret;
