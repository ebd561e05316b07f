//! The terminal: progress, prompts, tables, errors. The only user of indicatif and dialoguer.
