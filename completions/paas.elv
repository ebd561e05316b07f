
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
            cand base 'Base images: what builds start from'
            cand completions 'Print the script that completes commands in a shell'
            cand man 'Print the manual, or write a page for each command'
        }
        &'paas;base'= {
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
            cand list 'Show the bases, this machine''s images of them, and the apps that pin older ones'
            cand build 'Build bases, and those they are made from'
            cand push 'Push this machine''s images of bases to the registry'
            cand update 'Pin the newest images of the app''s bases in app.lock'
        }
        &'paas;base;list'= {
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
        &'paas;base;build'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --all 'All of the platform''s bases'
            cand --pull 'Get the image that the first base is made from anew'
            cand --no-cache 'Run every step, also those whose result the engine has'
            cand --json 'Print one JSON document on stdout'
            cand -q 'Show only warnings and errors on stderr'
            cand --quiet 'Show only warnings and errors on stderr'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'paas;base;push'= {
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
        &'paas;base;update'= {
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand --check 'Write nothing; exit code 3 when app.lock would change'
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
