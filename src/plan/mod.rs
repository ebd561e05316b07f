//! The build plan: what goes into a version, as a value. Pure.
