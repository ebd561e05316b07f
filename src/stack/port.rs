//! Ports that an app listens on whatever `$PORT` says.

use std::sync::LazyLock;

use regex::Regex;

/// `PORT=3000 node x`, `--port 3000`, `-p 3000`, `--bind 0.0.0.0:5000`, `-b :5000`, `http.server 8000`.
static IN_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r"(?:^|\s)PORT=",
        r"(?:^|\s)(?:--port|--http-port|-p)(?:\s+|=)",
        r"(?:0\.0\.0\.0|\[::\]|\*|[\s=]):",
        r"\bhttp\.server\s+",
    ];
    let pattern = format!(r#"(?:{})(?<port>\d{{2,5}})(?:["'\s;&]|$)"#, forms.join("|"));
    Regex::new(&pattern).expect("a regular expression")
});

static EXPOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^\s*EXPOSE\s+(?<port>\d{1,5})(?:/tcp)?\s*$").expect("a regular expression")
});

/// Whether a command asks for the port that it is given.
pub fn asks_for_port(command: &str) -> bool {
    command.contains("$PORT") || command.contains("${PORT")
}

/// The port that a command line names. What serves comes last in it; others may have ports of their own.
pub fn in_command(command: &str) -> Option<u16> {
    if asks_for_port(command) {
        return None;
    }
    let mut commands = command.rsplit(['&', ';', '|', '\n']);
    let last = commands.find(|command| !command.trim().is_empty())?;
    parse(&IN_COMMAND.captures_iter(last).last()?["port"])
}

/// The only port that a Dockerfile exposes. One that belongs to root is the front server's, which the
/// app won't have here.
pub fn exposed(dockerfile: &str) -> Option<u16> {
    let mut ports = EXPOSE.captures_iter(dockerfile);
    let port = parse(&ports.next()?["port"]).filter(|port| *port >= 1024)?;
    ports
        .all(|other| parse(&other["port"]) == Some(port))
        .then_some(port)
}

/// From 1 on.
pub fn parse(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_ports_in_many_ways() {
        for (command, port) in [
            ("exec uvicorn a:b --host 0.0.0.0 --port 3000", Some(3000)),
            ("exec gunicorn app:app --bind 0.0.0.0:5000", Some(5000)),
            ("exec gunicorn app:app --bind=:5000 -w 4", Some(5000)),
            ("gunicorn -b '0.0.0.0:5001' app", Some(5001)),
            ("bundle exec puma -b tcp://0.0.0.0:9292", Some(9292)),
            ("rails s -p 3000", Some(3000)),
            ("PORT=4000 node x", Some(4000)),
            ("cd x && PORT=4000 exec node x", Some(4000)),
            ("python -m http.server 8000", Some(8000)),
            (
                "psql -p 5432 -f x.sql && exec gunicorn --bind :8000 a:b",
                Some(8000),
            ),
            ("mkdir -p 2024 && node server.js", None),
            ("php -S 0.0.0.0:80", Some(80)),
            ("gunicorn -b 0.0.0.0:${PORT:-8000}", None),
            ("uvicorn --port $PORT", None),
            ("node server.js", None),
            ("mkdir -p 3000x", None),
            ("x --port 99999", None),
            ("x --supports 3000", None),
            ("x 127.0.0.1:3000", None),
            ("redis://cache:6379", None),
        ] {
            assert_eq!(in_command(command), port, "{command}");
        }
    }

    #[test]
    fn a_dockerfile_exposes_one_port_or_says_nothing() {
        for (text, port) in [
            ("FROM x\nEXPOSE 3000\n", Some(3000)),
            ("  expose 3000/tcp\r\nEXPOSE 3000", Some(3000)),
            ("EXPOSE 3000\nEXPOSE 3001", None),
            ("EXPOSE 80", None),
            ("EXPOSE 5000/udp", None),
            ("EXPOSE $PORT", None),
            ("# EXPOSE 3000", None),
            ("EXPOSE 70000", None),
        ] {
            assert_eq!(exposed(text), port, "{text}");
        }
    }
}
