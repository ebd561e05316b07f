//! From a string that keeps to its pattern to the value it stands for, and the rules that a pattern
//! can't express.

mod names;
mod paths;
mod units;

pub(super) use names::{
    any, base, domain, environment_variable, group, process, protocol, registry, user,
};
pub(super) use paths::{mount, output, relative};
pub(super) use units::{bytes, duration};

use super::problem::Refusal;

/// What a conversion gives.
pub(super) type Converted<T> = Result<T, Refusal>;
