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
complete -c paas -n "__fish_paas_needs_command" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_needs_command" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_needs_command" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_needs_command" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_needs_command" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_needs_command" -s V -l version -d 'Print version'
complete -c paas -n "__fish_paas_needs_command" -f -a "init" -d 'Detect what the app is written in, and write its app.toml'
complete -c paas -n "__fish_paas_needs_command" -f -a "plan" -d 'Print what would be built, and why; contact nothing'
complete -c paas -n "__fish_paas_needs_command" -f -a "build" -d 'Build a version, or find that nothing changed'
complete -c paas -n "__fish_paas_needs_command" -f -a "push" -d 'Publish a version to the registry'
complete -c paas -n "__fish_paas_needs_command" -f -a "images" -d 'List versions, on this machine and in the registry'
complete -c paas -n "__fish_paas_needs_command" -f -a "deploy" -d 'Bring a version up, and keep the old one serving until it is proven'
complete -c paas -n "__fish_paas_needs_command" -f -a "manifests" -d 'Print the objects that a deployment makes on Kubernetes, for GitOps'
complete -c paas -n "__fish_paas_needs_command" -f -a "continue" -d 'Give the release on trial all instances'
complete -c paas -n "__fish_paas_needs_command" -f -a "abort" -d 'Take the release on trial away'
complete -c paas -n "__fish_paas_needs_command" -f -a "rollback" -d 'Serve an older release again, image and configuration'
complete -c paas -n "__fish_paas_needs_command" -f -a "status" -d 'Show what runs: releases, instances, health and traffic'
complete -c paas -n "__fish_paas_needs_command" -f -a "releases" -d 'List releases, and which can be served again'
complete -c paas -n "__fish_paas_needs_command" -f -a "logs" -d 'Show what instances write'
complete -c paas -n "__fish_paas_needs_command" -f -a "exec" -d 'Run a command in an instance'
complete -c paas -n "__fish_paas_needs_command" -f -a "run" -d 'Run a command once, in a new container of the release that serves'
complete -c paas -n "__fish_paas_needs_command" -f -a "diff" -d 'Show what differs between two releases'
complete -c paas -n "__fish_paas_needs_command" -f -a "events" -d 'Show who did what'
complete -c paas -n "__fish_paas_needs_command" -f -a "scale" -d 'Change the number of instances'
complete -c paas -n "__fish_paas_needs_command" -f -a "env" -d 'Variables that win over app.toml\'s'
complete -c paas -n "__fish_paas_needs_command" -f -a "secret" -d 'Secrets of the running app'
complete -c paas -n "__fish_paas_needs_command" -f -a "maintenance" -d 'Show visitors a page instead of the app'
complete -c paas -n "__fish_paas_needs_command" -f -a "remove" -d 'Take an app off: its instances, releases, settings and secrets'
complete -c paas -n "__fish_paas_needs_command" -f -a "cluster" -d 'Places that run apps'
complete -c paas -n "__fish_paas_needs_command" -f -a "ingress" -d 'The proxy in front of a Docker host\'s instances, as its container runs it'
complete -c paas -n "__fish_paas_needs_command" -f -a "base" -d 'Base images: what builds start from'
complete -c paas -n "__fish_paas_needs_command" -f -a "webhook" -d 'Build what one git event asks for, in CI or from a webhook\'s payload'
complete -c paas -n "__fish_paas_needs_command" -f -a "doctor" -d 'Check that everything is there that a build needs'
complete -c paas -n "__fish_paas_needs_command" -f -a "gc" -d 'Remove old versions from this machine; the registry keeps its own'
complete -c paas -n "__fish_paas_needs_command" -f -a "eject" -d 'Write the Dockerfile and its scripts, to go on without paas'
complete -c paas -n "__fish_paas_needs_command" -f -a "schema" -d 'Print the JSON Schema of app.toml'
complete -c paas -n "__fish_paas_needs_command" -f -a "completions" -d 'Print the script that completes commands in a shell'
complete -c paas -n "__fish_paas_needs_command" -f -a "man" -d 'Print the manual, or write a page for each command'
complete -c paas -n "__fish_paas_using_subcommand init" -l name -d 'The app\'s name [default: that of its folder]' -r
complete -c paas -n "__fish_paas_using_subcommand init" -l base -d 'The base image: a name that `paas base list` shows, or any image reference' -r
complete -c paas -n "__fish_paas_using_subcommand init" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand init" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand init" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand init" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand init" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand init" -s y -l yes -d 'Ask nothing, take the best guess'
complete -c paas -n "__fish_paas_using_subcommand init" -l force -d 'Replace the app.toml that is there'
complete -c paas -n "__fish_paas_using_subcommand init" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand plan" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand plan" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand plan" -l dockerfile -d 'Print the Dockerfile'
complete -c paas -n "__fish_paas_using_subcommand plan" -l context -d 'List the files that the build sees, and for those left out the rule that did it'
complete -c paas -n "__fish_paas_using_subcommand plan" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand build" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand build" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand build" -l push -d 'Publish the version to the registry as well'
complete -c paas -n "__fish_paas_using_subcommand build" -l no-cache -d 'Run every step again, even if nothing changed'
complete -c paas -n "__fish_paas_using_subcommand build" -l locked -d 'Refuse to build when app.lock would have to change [default where CI is set]'
complete -c paas -n "__fish_paas_using_subcommand build" -l no-locked -d 'Write a changed app.lock even where CI is set'
complete -c paas -n "__fish_paas_using_subcommand build" -l allow-dirty -d 'With --push: publish also what is not committed'
complete -c paas -n "__fish_paas_using_subcommand build" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand push" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand push" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand push" -l allow-dirty -d 'Publish also what was built from uncommitted changes'
complete -c paas -n "__fish_paas_using_subcommand push" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand images" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand images" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand images" -l local -d 'Only those on this machine'
complete -c paas -n "__fish_paas_using_subcommand images" -l remote -d 'Only those in the registry'
complete -c paas -n "__fish_paas_using_subcommand images" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand images" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand images" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand deploy" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l canary -d 'Replace only this instance, on trial; may be given more than once' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l watch -d 'How long the new release is watched once it serves; it goes back if an instance fails' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l secret -d 'Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin) [default: the variable with its name]' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand deploy" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand deploy" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand deploy" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand deploy" -l plan -d 'Only say what would be built and what would change; builds nothing'
complete -c paas -n "__fish_paas_using_subcommand deploy" -l exit-code -d 'With --plan: exit with 3 when something would change'
complete -c paas -n "__fish_paas_using_subcommand deploy" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand deploy" -l allow-dirty -d 'Deploy uncommitted changes to a protected environment as well'
complete -c paas -n "__fish_paas_using_subcommand deploy" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand deploy" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand deploy" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand manifests" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand manifests" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand manifests" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand manifests" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand manifests" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand manifests" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand manifests" -l show-secrets -d 'Print the values of secrets instead of ***'
complete -c paas -n "__fish_paas_using_subcommand manifests" -l allow-dirty -d 'Take uncommitted changes to a protected environment as well'
complete -c paas -n "__fish_paas_using_subcommand manifests" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand manifests" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand manifests" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand continue" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand continue" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand continue" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand continue" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand continue" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand continue" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand continue" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand continue" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand continue" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand continue" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand continue" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand abort" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand abort" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand abort" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand abort" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand abort" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand abort" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand abort" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand abort" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand abort" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand abort" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand abort" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand rollback" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand rollback" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand rollback" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand rollback" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand rollback" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand rollback" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand rollback" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand rollback" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand rollback" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand rollback" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand rollback" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand status" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand status" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand status" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand status" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand status" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand status" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand status" -s w -l watch -d 'Go on showing it, each second, until Ctrl-C'
complete -c paas -n "__fish_paas_using_subcommand status" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand status" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand status" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand releases" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand releases" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand releases" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand releases" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand releases" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand releases" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand releases" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand releases" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand releases" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand logs" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand logs" -s n -l tail -d 'At most so many old lines of each instance' -r
complete -c paas -n "__fish_paas_using_subcommand logs" -l since -d 'Only lines that are not older' -r
complete -c paas -n "__fish_paas_using_subcommand logs" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand logs" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand logs" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand logs" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand logs" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand logs" -s f -l follow -d 'Go on with new lines, of new instances too, until Ctrl-C'
complete -c paas -n "__fish_paas_using_subcommand logs" -s t -l timestamps -d 'Show when each line was written'
complete -c paas -n "__fish_paas_using_subcommand logs" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand logs" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand logs" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand exec" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand exec" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand exec" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand exec" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand exec" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand exec" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand exec" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand exec" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand exec" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand run" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand run" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand run" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand run" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand run" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand run" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand run" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand run" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand run" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand diff" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand diff" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand diff" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand diff" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand diff" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand diff" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand diff" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand diff" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand diff" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand events" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand events" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand events" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand events" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand events" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand events" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand events" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand events" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand events" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand scale" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand scale" -l confirm -d 'The app\'s name, to take all instances of a protected environment away' -r
complete -c paas -n "__fish_paas_using_subcommand scale" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand scale" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand scale" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand scale" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand scale" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand scale" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand scale" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand scale" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand scale" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand scale" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -f -a "list" -d 'Show what is set besides app.toml'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -f -a "set" -d 'Set variables for the releases that follow; they win over app.toml\'s'
complete -c paas -n "__fish_paas_using_subcommand env; and not __fish_seen_subcommand_from list set unset" -f -a "unset" -d 'Leave variables to app.toml again'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand env; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -f -a "list" -d 'Show the names of the secrets that are set'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -f -a "set" -d 'Set a secret for the releases that follow; asks for the value, or reads it from stdin'
complete -c paas -n "__fish_paas_using_subcommand secret; and not __fish_seen_subcommand_from list set unset" -f -a "unset" -d 'Give secrets to no release that follows'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand secret; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l message -d 'What the page says' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l confirm -d 'The app\'s name, for a protected environment' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand maintenance" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand maintenance" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand maintenance" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand remove" -s e -l environment -d 'The environment [default: the only one in app.toml, or `local`]' -r
complete -c paas -n "__fish_paas_using_subcommand remove" -l confirm -d 'The app\'s name, for a protected environment, and for --volumes' -r
complete -c paas -n "__fish_paas_using_subcommand remove" -l drain -d 'How long requests that run may take to end, before their instances are taken away' -r
complete -c paas -n "__fish_paas_using_subcommand remove" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand remove" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand remove" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand remove" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand remove" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand remove" -l volumes -d 'Remove its volumes as well, with all that is in them'
complete -c paas -n "__fish_paas_using_subcommand remove" -l wait -d 'Wait while another command works on the same environment'
complete -c paas -n "__fish_paas_using_subcommand remove" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand remove" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand remove" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -f -a "list" -d 'Show the clusters that this machine knows'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -f -a "add" -d 'Say how a cluster is reached'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -f -a "remove" -d 'Forget a cluster; what runs on it goes on'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -f -a "upgrade" -d 'Replace the ingress by this version\'s, as the cluster is defined now, without losing requests'
complete -c paas -n "__fish_paas_using_subcommand cluster; and not __fish_seen_subcommand_from list add remove upgrade check" -f -a "check" -d 'Look whether a cluster can be used, and say what is wrong'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l engine -d 'What it is made of' -r -f -a "docker\t'One Docker Engine'
kubernetes\t'A namespace of a Kubernetes cluster'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l docker -d 'The Docker Engine\'s address [default: the one that images are built on]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l http-port -d 'Where HTTP is served [default: 8080, or the next port that is free]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l https-port -d 'Where HTTPS is served [default: nowhere]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l acme-directory -d 'The ACME directory that certificates are ordered from [default: Let\'s Encrypt\'s]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l acme-contact -d 'A mail address for that authority' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l acme-ca -d 'Certificates (PEM) of who vouches for the directory\'s own HTTPS [default: the system\'s]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l context -d 'The context of the kubeconfig [default: its current one]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l namespace -d 'Where everything is made [default: the context\'s namespace]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l kubeconfig -d 'The kubeconfig [default: `$KUBECONFIG`, or ~/.kube/config]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l ingress-class -d 'The class of Ingresses [default: the cluster\'s default]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l ingress-annotation -d 'An annotation of each Ingress, several times for several' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l image-pull-secret -d 'The Secret by which nodes sign in to a registry, several times for several' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l service-type -d 'How raw ports are reached from outside [default: not at all]' -r -f -a "cluster-ip\t'Within the cluster only'
node-port\t'At a port of every node'
load-balancer\t'By a load balancer of the provider\'s'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l storage-class -d 'The class of volumes [default: the cluster\'s default]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l volume-size -d 'The size of each new volume [default: 1Gi]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l overcommit -d 'How far limits of instances may exceed what nodes have [default: burstable]' -r -f -a "guaranteed\t'What an instance may use is set aside for it'
burstable\t'Memory is set aside, cores are shared'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l cpu-ratio -d 'With `--overcommit burstable`: limits of so many cores share one [default: 4]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l ingress-tls -d 'Ingresses serve HTTPS, with a certificate that somebody, as cert-manager, provides'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l local-images -d 'Nodes have the images of the Docker Engine that builds: nothing has to be pushed'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from upgrade" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand cluster; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand ingress; and not __fish_seen_subcommand_from relay" -f -a "relay" -d 'Pass stdin and stdout on to the control port: how `paas` steers an ingress on another machine'
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand ingress; and __fish_seen_subcommand_from relay" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and not __fish_seen_subcommand_from list build push update" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l all -d 'All of the platform\'s bases'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l pull -d 'Get the image that the first base is made from anew'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l no-cache -d 'Run every step, also those whose result the engine has'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from build" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from push" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l check -d 'Write nothing; exit code 3 when app.lock would change'
complete -c paas -n "__fish_paas_using_subcommand base; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand webhook" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand webhook" -l no-push -d 'Build, but don\'t push'
complete -c paas -n "__fish_paas_using_subcommand webhook" -l dry-run -d 'Say what would be built; build nothing'
complete -c paas -n "__fish_paas_using_subcommand webhook" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand doctor" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand doctor" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand doctor" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand doctor" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c paas -n "__fish_paas_using_subcommand gc" -l keep -d 'How many images stay, for each app: those named last, and always that of HEAD' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -l cache -d 'Shrink the engine\'s build cache to this many GB' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -s C -l directory -d 'The app\'s folder [default: the nearest with an app.toml, upwards within the repository]' -r -F
complete -c paas -n "__fish_paas_using_subcommand gc" -l progress -d 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)' -r -f -a "auto\t'A live tree on a terminal with somebody in front of it, else plain lines'
tty\t'A live tree'
plain\t'Lines with the time'
json\t'One JSON object a line for each event'"
complete -c paas -n "__fish_paas_using_subcommand gc" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal that has them, unless `NO_COLOR` is set'
always\t'Also into files and pipes'
never\t'Nowhere'"
complete -c paas -n "__fish_paas_using_subcommand gc" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand gc" -s n -l dry-run -d 'Only say what would be removed'
complete -c paas -n "__fish_paas_using_subcommand gc" -l all -d 'The images of all apps on the engine, not only of this one, and of old ingresses'
complete -c paas -n "__fish_paas_using_subcommand gc" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand eject" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand eject" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand eject" -l force -d 'Replace files that are there'
complete -c paas -n "__fish_paas_using_subcommand eject" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand schema" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand schema" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand schema" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand completions" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand completions" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand completions" -l json -d 'Print one JSON document on stdout instead of text'
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
complete -c paas -n "__fish_paas_using_subcommand man" -l docker-host -d 'The Docker Engine: unix:///PATH or tcp://HOST:PORT [default: the one that `docker` uses]' -r
complete -c paas -n "__fish_paas_using_subcommand man" -l registry -d 'The registry, without http:// [default: PAAS_REGISTRY, else what app.toml says, else ~/.config/paas/config.toml]' -r
complete -c paas -n "__fish_paas_using_subcommand man" -l json -d 'Print one JSON document on stdout instead of text'
complete -c paas -n "__fish_paas_using_subcommand man" -s q -l quiet -d 'Show only warnings and errors on stderr'
complete -c paas -n "__fish_paas_using_subcommand man" -s h -l help -d 'Print help'
