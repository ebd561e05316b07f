//! Which stack a repository is written in, told from its files.
