# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_paas_global_optspecs
    string join \n C/directory= json progress= q/quiet color= docker-host= registry= h/help V/version
end

function __fish_paas_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_paas_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_paas_using_subcommand
    set -l cmd (__fish_paas_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c paas -n "__fish_paas_needs_command" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_needs_command" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_needs_command" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_needs_command" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_needs_command" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_needs_command" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_needs_command" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_needs_command" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_needs_command" -s V -l version -d 'Print version'
complete -c paas -n "__fish_paas_needs_command" -f -a "init" -d 'Tell what the app is written in, and write its app.toml'
complete -c paas -n "__fish_paas_needs_command" -f -a "plan" -d 'Print what would be built, and every input that decides the version'
complete -c paas -n "__fish_paas_needs_command" -f -a "build" -d 'Build a version, or find that nothing changed'
complete -c paas -n "__fish_paas_needs_command" -f -a "push" -d 'Publish a version to the registry'
complete -c paas -n "__fish_paas_needs_command" -f -a "images" -d 'List versions, on this machine and in the registry'
complete -c paas -n "__fish_paas_needs_command" -f -a "base" -d 'Base images: what builds start from'
complete -c paas -n "__fish_paas_needs_command" -f -a "webhook" -d 'Build what one git event asks for, in CI or from a webhook\'s payload'
complete -c paas -n "__fish_paas_needs_command" -f -a "doctor" -d 'Look whether everything is there that a build needs'
complete -c paas -n "__fish_paas_needs_command" -f -a "gc" -d 'Remove old versions from this machine'
complete -c paas -n "__fish_paas_needs_command" -f -a "eject" -d 'Write the Dockerfile and its scripts, to go on without paas'
complete -c paas -n "__fish_paas_needs_command" -f -a "schema" -d 'Print the JSON Schema of app.toml'
complete -c paas -n "__fish_paas_needs_command" -f -a "completions" -d 'Print the script that completes commands in a shell'
complete -c paas -n "__fish_paas_needs_command" -f -a "man" -d 'Print the manual, or write a page for each command'
complete -c paas -n "__fish_paas_using_subcommand init" -l name -d 'The app\'s name [default: the folder\'s]' -r
complete -c paas -n "__fish_paas_using_subcommand init" -l base -d 'The base image: a name that `paas base list` shows, or any image' -r
complete -c paas -n "__fish_paas_using_subcommand init" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand init" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand init" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand init" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand init" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand init" -s y -l yes -d 'Ask nothing, take the best guess'
complete -c paas -n "__fish_paas_using_subcommand init" -l force -d 'Replace an app.toml'
complete -c paas -n "__fish_paas_using_subcommand init" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand init" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand init" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand plan" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand plan" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand plan" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand plan" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand plan" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand plan" -l dockerfile -d 'Print the Dockerfile'
complete -c paas -n "__fish_paas_using_subcommand plan" -l context -d 'List the context\'s files, and for those left out the rule that did it'
complete -c paas -n "__fish_paas_using_subcommand plan" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand plan" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand plan" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand build" -l platform -d 'Build for another platform, such as linux/arm64' -r
complete -c paas -n "__fish_paas_using_subcommand build" -l secret -d 'Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin) [default: the variable with its name]' -r
complete -c paas -n "__fish_paas_using_subcommand build" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand build" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand build" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand build" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand build" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand build" -l push -d 'Publish the version to the registry'
complete -c paas -n "__fish_paas_using_subcommand build" -l no-cache -d 'Run every step again'
complete -c paas -n "__fish_paas_using_subcommand build" -l locked -d 'Fail if app.lock is missing or would have to change'
complete -c paas -n "__fish_paas_using_subcommand build" -l no-locked -d 'Let app.lock change even where CI is set'
complete -c paas -n "__fish_paas_using_subcommand build" -l allow-dirty -d 'Push a version of uncommitted changes'
complete -c paas -n "__fish_paas_using_subcommand build" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand build" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand build" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand push" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand push" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand push" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand push" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand push" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand push" -l allow-dirty -d 'Push a version of uncommitted changes'
complete -c paas -n "__fish_paas_using_subcommand push" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand push" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand push" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand images" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand images" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand images" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand images" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand images" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand images" -l local -d 'Only those on this machine'
complete -c paas -n "__fish_paas_using_subcommand images" -l remote -d 'Only those in the registry'
complete -c paas -n "__fish_paas_using_subcommand images" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand images" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand images" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -f -a "list" -d 'Show the bases, this machine\'s images of them, and the apps that pin older ones'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -f -a "build" -d 'Build bases, and those they are made from'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -f -a "push" -d 'Push this machine\'s images of bases to the registry'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -f -a "update" -d 'Pin the newest images of the app\'s bases in app.lock'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l all -d 'All of the platform\'s bases'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l pull -d 'Get the image that the first base is made from anew'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l no-cache -d 'Run every step, also those whose result the engine has'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l check -d 'Write nothing; exit code 3 when app.lock would change'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand webhook" -l event -d 'The event\'s payload: a file, or - for stdin [default: the CI job\'s own event]' -r -F
complete -c paas -n "__fish_paas_using_subcommand webhook" -l header -d 'A header of the request, `Name: value`; or @FILE with one a line, so that a secret token is not in the arguments' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -l provider -d 'The git host [default: by the headers]' -r -f -a "github\t''
gitlab\t''
gitea\t''
forgejo\t''
bitbucket\t''"
complete -c paas -n "__fish_paas_using_subcommand webhook" -l secret-from -d 'Where the webhook\'s secret is, which then must prove the payload: env:NAME or file:PATH' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand webhook" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand webhook" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand webhook" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -l no-push -d 'Build, but don\'t push'
complete -c paas -n "__fish_paas_using_subcommand webhook" -l dry-run -d 'Say what would be built; build nothing'
complete -c paas -n "__fish_paas_using_subcommand webhook" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand webhook" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand webhook" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand doctor" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand doctor" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand doctor" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand doctor" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand doctor" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand doctor" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand doctor" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand gc" -l keep -d 'How many of the newest images stay, for each app' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -l cache -d 'Shrink the engine\'s build cache to so many GB' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand gc" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand gc" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand gc" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -s n -l dry-run -d 'Only say what would be removed'
complete -c paas -n "__fish_paas_using_subcommand gc" -l all -d 'The images of all apps on the engine, not only of this one'
complete -c paas -n "__fish_paas_using_subcommand gc" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand gc" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand gc" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand eject" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand eject" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand eject" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand eject" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand eject" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand eject" -l force -d 'Replace files that are there'
complete -c paas -n "__fish_paas_using_subcommand eject" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand eject" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand eject" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand schema" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand schema" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand schema" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand schema" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand schema" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand schema" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand schema" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand schema" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand completions" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand completions" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand completions" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand completions" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand completions" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand completions" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand completions" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand completions" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand man" -l out -d 'Write a page for each command into this folder' -r -F
complete -c paas -n "__fish_paas_using_subcommand man" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand man" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand man" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand man" -l docker-host -d 'The Docker Engine\'s socket, or tcp:// address' -r
complete -c paas -n "__fish_paas_using_subcommand man" -l registry -d 'The registry\'s host, with its port where needed' -r
complete -c paas -n "__fish_paas_using_subcommand man" -l json -d 'Print one JSON document on stdout'
complete -c paas -n "__fish_paas_using_subcommand man" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand man" -s h -l help -d 'Print help'
