//! Plans carried out by an engine that is none, which fails, dies and loses things at every step, and
//! holds what has to be so at each of them.

mod engine;
mod exhaustive;
mod past;
mod random;
mod releases;
mod run;
mod sequences;

use engine::{Engine, Fault};
use releases::App;
use run::{Ended, Request};
