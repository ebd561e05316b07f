//! Events of git hosts: proof, meaning, and the decision to build. Pure.
