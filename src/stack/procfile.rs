use std::collections::BTreeMap;

use super::label::is_label;

/// As in `app.toml`.
const LONGEST_SCRIPT: usize = 64 * 1024;

/// The shell's own words: `exec` takes programs only.
const BUILTINS: [&str; 28] = [
    ".", ":", "case", "cd", "eval", "exec", "exit", "export", "for", "if", "read", "set", "shift",
    "source", "test", "trap", "ulimit", "umask", "unset", "while", "then", "else", "elif", "fi",
    "do", "done", "esac", "until",
];

/// A `Procfile`: `<process>: <command>` lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Procfile {
    /// Takes requests.
    pub web: Option<String>,
    /// Runs once before a deployment.
    pub release: Option<String>,
    /// All others.
    pub processes: BTreeMap<String, String>,
    /// What couldn't be taken over, for people.
    pub notes: Vec<String>,
}

impl Procfile {
    /// Lines without a name are passed over, as others do.
    pub fn parse(text: &str) -> Self {
        let mut procfile = Self::default();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('#'))
        {
            let Some((written, command)) = line.split_once(':') else {
                continue;
            };
            let (written, command) = (written.trim(), command.trim());
            let name = written.to_ascii_lowercase().replace('_', "-");
            if command.is_empty() || !is_label(&name) {
                continue;
            }
            if command.len() > LONGEST_SCRIPT || command.contains('\0') {
                let note = format!("the Procfile's command for `{name}` can't be taken over");
                procfile.notes.push(note);
                continue;
            }
            match name.as_str() {
                "web" => procfile.web = Some(replacing_the_shell(command)),
                "release" => procfile.release = Some(command.to_owned()),
                _ => {
                    let script = replacing_the_shell(command);
                    procfile.processes.insert(name, script);
                }
            }
        }
        procfile
    }
}

/// With `exec`, the program gets the signals. The last of several commands can have it where nothing
/// but `;` and `&&` joins them.
fn replacing_the_shell(command: &str) -> String {
    let ends = [
        command.rfind(';').map(|at| at + 1),
        command.rfind("&&").map(|at| at + 2),
    ];
    let last_starts = ends.into_iter().flatten().max();
    if last_starts.is_some() && command.contains(['"', '\'', '\\', '`', '(', '{', '#']) {
        return command.to_owned();
    }
    let (before, last) = command.split_at(last_starts.unwrap_or_default());
    let last = last.trim_start();
    let program = last.split_whitespace().next().unwrap_or_default();
    let is_program = !program.is_empty()
        && program
            .chars()
            .all(|c| c.is_alphanumeric() || "._/+-".contains(c))
        && !BUILTINS.contains(&program);
    let is_background = command.replace("&&", "").contains('&');
    if !is_program || is_background || command.contains(['|', '\r']) {
        return command.to_owned();
    }
    let space = if before.is_empty() { "" } else { " " };
    format!("{before}{space}exec {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_processes_over() {
        let procfile = Procfile::parse(
            "# comment\nweb: gunicorn app:app -b 0.0.0.0:${PORT:-8000}\r\nrelease: ./manage.py migrate\n\
             celery_beat:  celery beat\nWORKER : FOO=1 sidekiq\nno process\nempty:\na b: c\nclock: cd x && run\n",
        );
        assert_eq!(
            procfile.web.as_deref(),
            Some("exec gunicorn app:app -b 0.0.0.0:${PORT:-8000}")
        );
        assert_eq!(procfile.release.as_deref(), Some("./manage.py migrate"));
        let processes: Vec<_> = procfile
            .processes
            .iter()
            .map(|(name, script)| (name.as_str(), script.as_str()))
            .collect();
        assert_eq!(
            processes,
            [
                ("celery-beat", "exec celery beat"),
                ("clock", "cd x && exec run"),
                ("worker", "FOO=1 sidekiq"),
            ]
        );
        assert!(procfile.notes.is_empty());
    }

    #[test]
    fn exec_is_for_programs() {
        for command in [
            "exec x",
            "a | b",
            "a; b & c",
            "a && b | c",
            "a || b",
            "a; 'b; c'",
            "if a; then b; fi",
            "for x in a; do (b); done",
            "a;",
            "A=1 b",
            "cd x",
            "(a)",
            "$X y",
            "\"a b\" c",
        ] {
            assert_eq!(replacing_the_shell(command), command);
        }
        assert_eq!(replacing_the_shell("a; b c;d --e"), "a; b c; exec d --e");
        assert_eq!(
            replacing_the_shell("bin/x \"a\" >log"),
            "exec bin/x \"a\" >log"
        );
    }

    #[test]
    fn hostile_text_is_passed_over() {
        let long = format!("a: {}\nb: \0\n:\n::x\n", "x".repeat(LONGEST_SCRIPT + 1));
        let procfile = Procfile::parse(&long);
        assert!(procfile.processes.is_empty());
        assert_eq!(procfile.notes.len(), 2);
    }
}
