
use builtin;
use str;

set edit:completion:arg-completer[paas] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'paas'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'paas'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand plan 'Print what would be built, and every input that decides the version'
            cand build 'Build a version, or find that nothing changed'
            cand push 'Publish a version to the registry'
            cand images 'List versions, on this machine and in the registry'
            cand eject 'Write the Dockerfile and its scripts, to go on without paas'
            cand schema 'Print the JSON Schema of app.toml'
            cand gc 'Remove old versions from this machine'
            cand completions 'Print the script that completes commands in a shell'
            cand man 'Print the manual, or write a page for each command'
        }
        &'paas;plan'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --dockerfile 'Print the Dockerfile'
            cand --context 'List the context''s files, and for those left out the rule that did it'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;build'= {
            cand --platform 'Build for another platform, such as linux/arm64'
            cand --secret 'Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin) [default: the variable with its name]'
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --push 'Publish the version to the registry'
            cand --no-cache 'Run every step again'
            cand --locked 'Fail if app.lock is missing or would have to change'
            cand --no-locked 'Let app.lock change even where CI is set'
            cand --allow-dirty 'Push a version of uncommitted changes'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;push'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --allow-dirty 'Push a version of uncommitted changes'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;images'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --local 'Only those on this machine'
            cand --remote 'Only those in the registry'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;eject'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --force 'Replace files that are there'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;schema'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;gc'= {
            cand --keep 'How many of the newest images stay, for each app'
            cand --cache 'Shrink the engine''s build cache to so many GB'
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand -n 'Only say what would be removed'
            cand --dry-run 'Only say what would be removed'
            cand --all 'The images of all apps on the engine, not only of this one'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;completions'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;man'= {
            cand --out 'Write a page for each command into this folder'
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
