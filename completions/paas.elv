
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
            cand completions 'Print the script that completes commands in a shell'
            cand init 'Tell what the app is written in, and write its app.toml'
            cand man 'Print the manual, or write a page for each command'
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
        &'paas;init'= {
            cand --name 'The app''s name [default: the folder''s]'
            cand --base 'The base image: a name that `paas base list` shows, or any image'
            cand -C 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --directory 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]'
            cand --progress 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)'
            cand --color 'When to use colours: auto, always or never'
            cand --docker-host 'The Docker Engine''s socket, or tcp:// address'
            cand --registry 'The registry''s host, with its port where needed'
            cand -y 'Ask nothing, take the best guess'
            cand --yes 'Ask nothing, take the best guess'
            cand --force 'Replace an app.toml'
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
