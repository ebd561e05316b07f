//! Arguments, and one thin file per command.
