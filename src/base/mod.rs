//! Base images: the ones in the binary, and those a team derives.
