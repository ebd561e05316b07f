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
complete -c paas -n "__fish_paas_needs_command" -f -a "completions" -d 'Print the script that completes commands in a shell'
complete -c paas -n "__fish_paas_needs_command" -f -a "init" -d 'Tell what the app is written in, and write its app.toml'
complete -c paas -n "__fish_paas_needs_command" -f -a "man" -d 'Print the manual, or write a page for each command'
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
