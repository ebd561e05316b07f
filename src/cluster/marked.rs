//! Commands in instances, so that they can be ended without whoever started them.

/// A variable that marks the processes of a command.
pub(super) const MARK: &str = "PAAS_EXEC";

/// Ends the processes that have the mark `$1`.
const END_MARKED: &str = r#"
for process in /proc/[0-9]*; do
    case " $(tr '\0' ' ' < "$process/environ" 2> /dev/null)" in
        *" PAAS_EXEC=$1 "*) kill -TERM "${process#/proc/}" ;;
    esac
done
"#;

/// The command that ends those with this mark.
pub(super) fn end_marked(mark: &str) -> [&str; 5] {
    ["/bin/sh", "-c", END_MARKED, "end", mark]
}
