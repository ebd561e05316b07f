use std::collections::BTreeMap;

use super::label::is_label;

/// As in `app.toml`.
const LONGEST_SCRIPT: usize = 64 * 1024;

/// The shell's own words: `exec` takes programs only.
const BUILTINS: [&str; 20] = [
    ".", ":", "case", "cd", "eval", "exec", "exit", "export", "for", "if", "read", "set", "shift",
    "source", "test", "trap", "ulimit", "umask", "unset", "while",
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
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
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

/// With `exec`, the program gets the signals; that works for one simple command.
fn replacing_the_shell(command: &str) -> String {
    let program = command.split_whitespace().next().unwrap_or_default();
    let is_program = program
        .chars()
        .all(|c| c.is_alphanumeric() || "._/+-".contains(c))
        && !BUILTINS.contains(&program);
    if is_program && !command.contains([';', '&', '|', '\r']) {
        format!("exec {command}")
    } else {
        command.to_owned()
    }
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
                ("clock", "cd x && run"),
                ("worker", "FOO=1 sidekiq"),
            ]
        );
        assert!(procfile.notes.is_empty());
    }

    #[test]
    fn exec_is_for_programs() {
        for command in ["exec x", "a; b", "a | b", "a && b", "A=1 b", "cd x", "(a)", "$X y", "\"a b\" c"] {
            assert_eq!(replacing_the_shell(command), command);
        }
        assert_eq!(replacing_the_shell("bin/x \"a\" >log"), "exec bin/x \"a\" >log");
    }

    #[test]
    fn hostile_text_is_passed_over() {
        let long = format!("a: {}\nb: \0\n:\n::x\n", "x".repeat(LONGEST_SCRIPT + 1));
        let procfile = Procfile::parse(&long);
        assert!(procfile.processes.is_empty());
        assert_eq!(procfile.notes.len(), 2);
    }
}
