use std::collections::BTreeMap;

use super::*;
use crate::base::Definition;

/// Paths and texts.
type Tree<'a> = &'a [(&'a str, &'a str)];

fn files(tree: Tree<'_>) -> Files<'static> {
    let texts: BTreeMap<String, String> = tree
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    let paths: Vec<_> = texts.keys().cloned().collect();
    Files::new(paths, move |path| {
        texts.get(path).map(|text| text.clone().into_bytes())
    })
}

fn proposals(tree: Tree<'_>) -> Vec<Proposal> {
    propose(&Definition::embedded_all(), &files(tree))
}

fn best(tree: Tree<'_>) -> Proposal {
    let all = proposals(tree);
    all.into_iter().next().expect("something is proposed")
}

fn value<'p>(proposal: &'p Proposal, key: &str) -> Option<&'p str> {
    match proposal.values.get(key)? {
        base::Proposal::Text(text) => Some(text),
        other => panic!("{key} is {other:?}"),
    }
}

#[test]
fn tells_the_usual_stacks() {
    const FLASK: &str = "import flask\n\napp = Flask(__name__)\n";
    let table: &[(&str, &str, &str, Tree<'_>)] = &[
        (
            "Flask, pip",
            "python",
            "exec gunicorn app:app --bind 0.0.0.0:$PORT",
            &[("app.py", FLASK), ("requirements.txt", "flask\ngunicorn\n")],
        ),
        (
            "Flask, Pipenv",
            "python",
            "exec gunicorn src.web:application --bind 0.0.0.0:$PORT",
            &[
                ("src/web.py", "application: Flask = Flask('x')"),
                ("Pipfile", ""),
                ("Pipfile.lock", ""),
            ],
        ),
        (
            "Flask, pip",
            "python",
            "exec gunicorn wsgi:app --bind 0.0.0.0:$PORT",
            &[
                (
                    "wsgi.py",
                    "from shop import create_app\napp = create_app()\n",
                ),
                ("shop/__init__.py", "def create_app(config=None):\n"),
                ("requirements.txt", ""),
            ],
        ),
        (
            "Flask with a factory, pip",
            "python",
            "exec gunicorn 'shop:create_app()' --bind 0.0.0.0:$PORT",
            &[
                ("shop/__init__.py", "def create_app(config=None):\n"),
                ("requirements.txt", ""),
            ],
        ),
        (
            "FastAPI, uv",
            "python",
            "exec uvicorn app.main:api --host 0.0.0.0 --port $PORT",
            &[
                ("app/main.py", "api = FastAPI()\n"),
                ("pyproject.toml", ""),
                ("uv.lock", ""),
            ],
        ),
        (
            "FastAPI, Poetry",
            "python",
            "exec uvicorn app.main:app --host 0.0.0.0 --port $PORT",
            &[
                (
                    "app/main.py",
                    "def make() -> FastAPI:\n    return FastAPI()\n\napp = make()\n",
                ),
                ("pyproject.toml", ""),
                ("poetry.lock", ""),
            ],
        ),
        (
            "Django, pip",
            "python",
            "exec gunicorn shop.wsgi:application --bind 0.0.0.0:$PORT",
            &[
                ("manage.py", ""),
                ("shop/wsgi.py", "application = get_wsgi_application()"),
                ("requirements.txt", ""),
            ],
        ),
        (
            "Python",
            "python",
            "exec python main.py",
            &[("main.py", "print()")],
        ),
        (
            "Express, Node.js, npm",
            "node",
            "exec node src/main.js",
            &[
                (
                    "package.json",
                    r#"{"scripts": {"start": "node src/main.js"}, "dependencies": {"express": "4"}}"#,
                ),
                ("package-lock.json", ""),
            ],
        ),
        (
            "Express, Node.js, Yarn",
            "node",
            "exec node src/index.js",
            &[
                ("package.json", r#"{"dependencies": {"express": "4"}}"#),
                ("src/index.js", ""),
                ("yarn.lock", ""),
            ],
        ),
        (
            "Next.js, pnpm",
            "node",
            "exec node node_modules/next/dist/bin/next start --hostname 0.0.0.0 --port $PORT",
            &[
                (
                    "package.json",
                    r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "14.2.1"}}"#,
                ),
                ("pnpm-lock.yaml", ""),
            ],
        ),
        (
            "site built by Vite, npm",
            "node",
            "exec static-server dist",
            &[
                (
                    "package.json",
                    r#"{"scripts": {"build": "tsc && vite build", "start": "vite"}, "devDependencies": {"vite": "5"}}"#,
                ),
                ("package-lock.json", ""),
                ("index.html", ""),
            ],
        ),
        (
            "static site",
            "static",
            "exec static-server",
            &[
                (
                    "package.json",
                    r#"{"scripts": {"start": "npm run build && browser-sync"}, "devDependencies": {"gulp": "5"}}"#,
                ),
                ("package-lock.json", ""),
                ("dist/index.html", ""),
            ],
        ),
        (
            "static site",
            "static",
            "exec static-server",
            &[("index.html", ""), ("style.css", "")],
        ),
        (
            "Rust",
            "rust",
            "exec bin/shop-api",
            &[
                (
                    "Cargo.toml",
                    "[package]\nname = \"shop-api\"\n\n[dependencies]\naxum = \"0.8\"\n",
                ),
                ("Cargo.lock", ""),
                ("src/main.rs", "fn main() {}"),
            ],
        ),
        (
            "Rust",
            "rust",
            "exec bin/mini-server",
            &[(
                "Cargo.toml",
                "[package]\nname = \"mini\"\n[[bin]]\nname = \"mini-cli\"\npath = \"a\"\n[[bin]]\nname = \"mini-server\"\n",
            )],
        ),
        (
            "Java",
            "java",
            "exec java -XX:MaxRAMPercentage=75 -cp out org.shop.Main",
            &[
                (
                    "src/org/shop/Main.java",
                    "package org.shop;\nclass Main { public static void main(String[] a) {} }",
                ),
                ("src/test/MainTest.java", "public static void main("),
            ],
        ),
        (
            "Java",
            "java",
            "exec java -XX:MaxRAMPercentage=75 -cp out Main",
            &[(
                "src/Main.java",
                "class Main { public static void main(String[] a) {} }",
            )],
        ),
        (
            "Maven",
            "java",
            "exec java -XX:MaxRAMPercentage=75 -jar out/app.jar",
            &[
                ("pom.xml", ""),
                ("src/main/java/A.java", "public static void main("),
            ],
        ),
        (
            "Go",
            "go",
            "exec bin/app",
            &[
                ("go.mod", "module x"),
                ("main.go", "package main\n\nfunc main() {\n"),
            ],
        ),
        (
            "Go",
            "go",
            "exec bin/app",
            &[
                ("go.mod", "module x"),
                ("cmd/shop/main.go", "package main\nfunc main() {}\n"),
            ],
        ),
        ("PHP", "php", "exec php-server", &[("index.php", "<?php")]),
        (
            "Composer, PHP",
            "php",
            "exec php-server web",
            &[
                ("web/index.php", "<?php"),
                ("composer.json", "{}"),
                ("composer.lock", "{}"),
            ],
        ),
        (
            "Composer, Laravel",
            "php",
            "exec php-server public",
            &[
                ("artisan", ""),
                ("public/index.php", ""),
                ("composer.json", ""),
                ("composer.lock", ""),
                ("package.json", r#"{"scripts": {"build": "vite build"}}"#),
            ],
        ),
        (
            "Rack, Bundler",
            "ruby",
            "exec bundle exec puma --port $PORT",
            &[("config.ru", ""), ("Gemfile", ""), ("Gemfile.lock", "")],
        ),
        (
            "Sinatra",
            "ruby",
            "exec puma --port $PORT",
            &[("config.ru", ""), ("app.rb", "require 'sinatra'\n")],
        ),
        (
            "Rails, Bundler",
            "ruby",
            "exec bundle exec puma --port $PORT",
            &[
                ("config.ru", ""),
                ("config/application.rb", ""),
                ("Gemfile", ""),
                ("Gemfile.lock", ""),
                ("package.json", r#"{"scripts": {"start": "node x"}}"#),
            ],
        ),
    ];
    for (title, base, start, tree) in table {
        let proposal = best(tree);
        let found = (
            proposal.title(),
            proposal.base.as_str(),
            value(&proposal, "start.script"),
        );
        assert_eq!(
            found,
            ((*title).to_owned(), *base, Some(*start)),
            "{tree:?}"
        );
    }
}

#[test]
fn package_managers_and_builds_combine() {
    let node = best(&[
        (
            "package.json",
            r#"{"scripts": {"start": "node x.js", "build": "tsc"}}"#,
        ),
        ("package-lock.json", ""),
    ]);
    assert_eq!(value(&node, "build.script"), Some("npm run build"));
    let install = value(&node, "build.dependencies.script");
    assert_eq!(install, Some("npm ci --include=dev"));
    let go = best(&[("go.mod", ""), ("cmd/shop/main.go", "func main() {")]);
    assert_eq!(
        value(&go, "build.script"),
        Some("go build -o bin/app ./cmd/shop")
    );
}

#[test]
fn nothing_is_found_in_nothing() {
    assert_eq!(proposals(&[]), []);
    assert_eq!(
        proposals(&[("README.md", "Flask("), ("Procfile", "web: x")]),
        []
    );
    assert_eq!(
        proposals(&[
            ("node_modules/x/package.json", "{}"),
            ("vendor/a/go.mod", "")
        ]),
        []
    );
}

#[test]
fn equals_are_a_question_and_ranks_decide() {
    let flask = ("app.py", "app = Flask(__name__)");
    let go = [("go.mod", ""), ("main.go", "func main() {")];
    let page = ("index.html", "");
    let all = proposals(&[flask, go[0], go[1], page]);
    let bases: Vec<_> = all.iter().map(|proposal| proposal.base.as_str()).collect();
    assert_eq!(bases, ["go", "python", "static"]);
    assert!(all[0].equals_in_rank(&all[1]) && !all[0].equals_in_rank(&all[2]));

    // Requirements of tools next to a program.
    let all = proposals(&[("requirements.txt", "mkdocs"), go[0], go[1]]);
    let bases: Vec<_> = all.iter().map(|proposal| proposal.base.as_str()).collect();
    assert_eq!(bases, ["go", "python"]);
    assert!(!all[0].equals_in_rank(&all[1]));
    assert!(
        all[1]
            .notes
            .iter()
            .any(|note| note.starts_with("nothing says what starts"))
    );
}

#[test]
fn health_is_a_path_of_the_app_or_left_to_any_answer() {
    let with = |text| best(&[("app.py", text)]);
    let found = with("app = Flask()\n@app.get('/healthz')\n");
    assert_eq!(value(&found, "health.path"), Some("/healthz"));
    let none = with("app = Flask()\n@app.get('/health/x')\n");
    // A port takes connections before the app behind it is loaded.
    assert!(!none.values.keys().any(|key| key.starts_with("health.")));
}

#[test]
fn a_procfile_decides_what_runs() {
    let procfile = "web: gunicorn app:app\nworker: rq worker\nrelease: flask db upgrade\n";
    let python = best(&[("app.py", "app = Flask()"), ("Procfile", procfile)]);
    assert_eq!(
        value(&python, "start.script"),
        Some("exec gunicorn app:app")
    );
    assert_eq!(python.processes["worker"], "exec rq worker");
    assert_eq!(python.before_deploy.as_deref(), Some("flask db upgrade"));

    let go = best(&[
        ("go.mod", ""),
        ("main.go", "func main() {"),
        ("Procfile", "web: bin/shop\nworker: bin/shop work"),
    ]);
    assert_eq!(value(&go, "start.script"), Some("exec bin/app"));
    assert!(
        go.notes
            .iter()
            .any(|note| note.ends_with("files: bin/shop")),
        "{:?}",
        go.notes
    );
    assert_eq!(go.processes.len(), 1);

    let alone = propose_base("debian", None, &files(&[("Procfile", "web: ./run")]));
    assert_eq!(value(&alone, "start.script"), Some("exec ./run"));
    assert!(alone.starts() && alone.notes.is_empty());
}

#[test]
fn notes_are_said_when_they_hold() {
    let notes = |tree: Tree<'_>| best(tree).notes;
    let flask = ("app.py", "app = Flask()");
    assert_eq!(
        notes(&[flask, ("requirements.txt", "flask")]),
        ["add gunicorn to the app's requirements: the start script needs it"]
    );
    assert!(notes(&[flask, ("requirements.txt", "Flask\nGunicorn==22")]).is_empty());
    for (base, tree) in [
        (
            "Python 3.11",
            &[
                flask,
                ("requirements.txt", "gunicorn"),
                (".python-version", "3.14\n"),
            ] as Tree<'_>,
        ),
        (
            "Python 3.11",
            &[
                flask,
                ("pyproject.toml", "gunicorn\nrequires-python = \">=3.12\"\n"),
            ],
        ),
        (
            "Node.js 18",
            &[
                ("server.js", ""),
                ("package.json", r#""engines": {"node": ">=20"}"#),
            ],
        ),
        (
            "Go 1.19",
            &[
                ("main.go", "func main() {"),
                ("go.mod", "module x\n\ngo 1.24.0\n"),
            ],
        ),
        (
            "Ruby 3.1",
            &[
                ("config.ru", ""),
                ("Gemfile.lock", ""),
                ("Gemfile", "ruby '>= 3.2', '< 4.0'\n"),
            ],
        ),
        (
            "PHP 8.2",
            &[
                ("index.php", ""),
                ("composer.lock", ""),
                ("composer.json", r#""php": "^8.3""#),
            ],
        ),
        ("Java 17", &[("pom.xml", "<java.version>21</java.version>")]),
    ] {
        let notes = notes(tree);
        assert!(
            notes.len() == 1 && notes[0].contains(base),
            "{tree:?}: {notes:?}"
        );
    }
    for tree in [
        &[
            flask,
            ("requirements.txt", "gunicorn"),
            (".python-version", "3.11\n"),
        ] as Tree<'_>,
        &[
            flask,
            (
                "pyproject.toml",
                "gunicorn\nrequires-python = \">=3.8,<3.13\"\n",
            ),
        ],
        &[
            ("server.js", ""),
            ("package.json", r#""engines": {"node": ">=18"}"#),
        ],
        &[
            ("main.go", "func main() {"),
            ("go.mod", "module x\n\ngo 1.19\n"),
        ],
        &[
            ("config.ru", ""),
            ("Gemfile.lock", ""),
            ("Gemfile", "ruby '>= 3.1'\ngem 'x', '4.0'\n"),
        ],
        &[
            ("index.php", ""),
            ("composer.lock", ""),
            ("composer.json", r#""php": "^8.1""#),
        ],
        &[("pom.xml", "<java.version>17</java.version>")],
    ] {
        assert_eq!(notes(tree), [""; 0], "{tree:?}");
    }
}

#[test]
fn a_fixed_port_is_taken_over() {
    let node = ("package.json", "{}");
    let go = ("go.mod", "module x\n");
    let flask = ("app.py", "app = Flask()");
    let fastapi = (
        "main.py",
        "import uvicorn\nuvicorn.run(x, host='0.0.0.0', port=9000)",
    );
    let listens = ("server.js", "app.listen(3000)");
    for (port, tree) in [
        (Some(3000), &[node, listens] as Tree<'_>),
        (
            Some(3001),
            &[
                go,
                (
                    "main.go",
                    "func main() {\nhttp.ListenAndServe(\":3001\", nil)",
                ),
            ],
        ),
        (Some(9000), &[fastapi]),
        (
            Some(5000),
            &[flask, ("Procfile", "web: gunicorn app:app -b 0.0.0.0:5000")],
        ),
        (
            Some(4000),
            &[
                node,
                listens,
                ("Procfile", "web: node server.js --port 4000"),
            ],
        ),
        (
            Some(7000),
            &[
                node,
                ("server.js", ""),
                ("Dockerfile", "FROM node\nEXPOSE 7000\n"),
            ],
        ),
        // Whoever asks for $PORT gets any.
        (None, &[flask, ("Dockerfile", "EXPOSE 7000\n")]),
        (
            None,
            &[node, listens, ("Procfile", "web: node x --port $PORT")],
        ),
        (
            None,
            &[node, ("server.js", "app.listen(process.env.PORT || 3000)")],
        ),
    ] {
        let found = best(tree);
        assert_eq!(found.port, port, "{tree:?}");
        assert!(!found.values.contains_key("start.port"));
        let notes = found.notes.iter();
        assert_eq!(notes.filter(|note| note.contains("listens")).count(), 0);
    }
}

#[test]
fn who_listens_on_loopback_is_told() {
    let python = &[
        ("requirements.txt", "gunicorn"),
        (
            "app.py",
            "if True:\n  a = flask.Flask()\n  a.run(port=5000)",
        ),
    ];
    let go = &[
        ("go.mod", "module x\n"),
        (
            "main.go",
            "func main() {\nhttp.ListenAndServe(\"localhost:3000\", nil)",
        ),
    ];
    for (port, said, tree) in [
        (
            5000,
            "app.py may listen on loopback only, where no request reaches it: write `host=\"0.0.0.0\"` beside `port=5000`",
            python as Tree<'_>,
        ),
        (
            3000,
            "main.go listens on loopback only, where no request reaches it: write `\":3000\"` there",
            go,
        ),
    ] {
        let found = best(tree);
        assert_eq!(found.port, Some(port));
        assert!(
            found.notes.iter().any(|note| note == said),
            "{:?}",
            found.notes
        );
    }
    let rocket = best(&[
        (
            "Cargo.toml",
            "[package]\nname = \"x\"\n[dependencies]\nrocket = \"0.5\"\n",
        ),
        ("Cargo.lock", ""),
        ("src/main.rs", ""),
    ]);
    let said = "Cargo.toml has Rocket, which doesn't know $PORT: begin the start script with `export ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=$PORT`";
    assert!(
        rocket.notes.iter().any(|note| note == said),
        "{:?}",
        rocket.notes
    );
    let served = &[
        ("requirements.txt", "gunicorn"),
        ("app.py", "app = Flask()\nif main:\n  app.run(port=5000)"),
    ];
    assert_eq!(best(served).notes, [""; 0], "gunicorn has $PORT");
}

#[test]
fn a_go_file_alone_is_an_app() {
    let alone = best(&[("main.go", "func main() {")]);
    assert_eq!(
        value(&alone, "build.script"),
        Some("go build -o bin/app main.go")
    );
    assert!(alone.notes[0].contains("no go.mod"), "{:?}", alone.notes);
}

#[test]
fn wsgi_files_say_what_starts() {
    for (text, variable) in [
        ("from shop import app\n", "app"),
        ("from shop import make, app as application\n", "application"),
        ("application = build()\n", "application"),
    ] {
        let found = best(&[("wsgi.py", text), ("requirements.txt", "gunicorn")]);
        let script = format!("exec gunicorn wsgi:{variable} --bind 0.0.0.0:$PORT");
        assert_eq!(value(&found, "start.script"), Some(script.as_str()));
    }
}

#[test]
fn hostile_files_propose_nothing_of_their_own() {
    let all = proposals(&[
        ("$(touch x)/app.py", "app = Flask()"),
        ("a;b.py", "app = Flask()"),
        (
            "package.json",
            r#"{"scripts": {"start": "node $(touch x); y"}}"#,
        ),
    ]);
    assert_eq!(all.len(), 1);
    assert_eq!(value(&all[0], "start.script"), Some("exec npm start"));
    let cargo = "[package]\nname = \"x; touch y\"\n";
    assert_eq!(proposals(&[("Cargo.toml", cargo), ("src/main.rs", "")]), []);
}

#[test]
fn large_files_take_no_time() {
    let large = "[[bin]]\nname = x \"package a\n\"start\": app = (".repeat(5_000);
    let names = [
        "app.py",
        "manage.py",
        "a/wsgi.py",
        "Cargo.toml",
        "package.json",
        "A.java",
        "pom.xml",
        "main.go",
        "go.mod",
        "config.ru",
        "Gemfile",
        "composer.json",
        "pyproject.toml",
        "requirements.txt",
    ];
    let tree: Vec<_> = names.iter().map(|name| (*name, large.as_str())).collect();
    let start = std::time::Instant::now();
    proposals(&tree);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
