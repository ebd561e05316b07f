//! Commands in instances, so that they can be ended without whoever started them.

/// A variable that marks the processes of a command.
pub(super) const MARK: &str = "PAAS_EXEC";

/// Ends the processes that have the mark `$1`, by force after two seconds.
const END_MARKED: &str = r#"
marked() {
    for process in /proc/[0-9]*; do
        case " $(tr '\0' ' ' < "$process/environ" 2> /dev/null)" in
            *" PAAS_EXEC=$1 "*) kill "-$2" "${process#/proc/}" 2> /dev/null && left=yes ;;
        esac
    done
}
marked "$1" TERM
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    left=
    marked "$1" 0
    test -n "$left" || exit 0
done
marked "$1" KILL
"#;

/// The command that ends those with this mark.
pub(super) fn end_marked(mark: &str) -> [&str; 5] {
    ["/bin/sh", "-c", END_MARKED, "end", mark]
}
