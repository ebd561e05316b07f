/// Of the log, in an error.
pub(super) const LAST_LINES: usize = 20;

/// How a command ended, for people.
pub(super) fn ending(exit: i64, out_of_memory: bool) -> String {
    match exit {
        _ if out_of_memory => "it used more memory than its limit allows and was killed".to_owned(),
        0 => "it ended, with exit status 0".to_owned(),
        128..=192 => format!("it was ended by signal {}", exit - 128),
        _ => format!("it ended with exit status {exit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_say_what_happened() {
        assert_eq!(ending(137, false), "it was ended by signal 9");
        assert!(ending(137, true).contains("more memory"));
        assert_eq!(ending(3, false), "it ended with exit status 3");
        assert_eq!(ending(0, false), "it ended, with exit status 0");
    }
}
