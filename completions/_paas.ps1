
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'paas' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'paas'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'paas' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Tell what the app is written in, and write its app.toml')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Print what would be built, and every input that decides the version')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Build a version, or find that nothing changed')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Publish a version to the registry')
            [CompletionResult]::new('images', 'images', [CompletionResultType]::ParameterValue, 'List versions, on this machine and in the registry')
            [CompletionResult]::new('base', 'base', [CompletionResultType]::ParameterValue, 'Base images: what builds start from')
            [CompletionResult]::new('webhook', 'webhook', [CompletionResultType]::ParameterValue, 'Build what one git event asks for, in CI or from a webhook''s payload')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look whether everything is there that a build needs')
            [CompletionResult]::new('gc', 'gc', [CompletionResultType]::ParameterValue, 'Remove old versions from this machine')
            [CompletionResult]::new('eject', 'eject', [CompletionResultType]::ParameterValue, 'Write the Dockerfile and its scripts, to go on without paas')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of app.toml')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the script that completes commands in a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual, or write a page for each command')
            break
        }
        'paas;init' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The app''s name [default: the folder''s]')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'The base image: a name that `paas base list` shows, or any image')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing, take the best guess')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing, take the best guess')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace an app.toml')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;plan' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--dockerfile', '--dockerfile', [CompletionResultType]::ParameterName, 'Print the Dockerfile')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'List the context''s files, and for those left out the rule that did it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;build' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Build for another platform, such as linux/arm64')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Where a build secret comes from: NAME=env:VARIABLE, NAME=file:PATH or NAME=- (stdin) [default: the variable with its name]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Publish the version to the registry')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Run every step again')
            [CompletionResult]::new('--locked', '--locked', [CompletionResultType]::ParameterName, 'Fail if app.lock is missing or would have to change')
            [CompletionResult]::new('--no-locked', '--no-locked', [CompletionResultType]::ParameterName, 'Let app.lock change even where CI is set')
            [CompletionResult]::new('--allow-dirty', '--allow-dirty', [CompletionResultType]::ParameterName, 'Push a version of uncommitted changes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;push' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--allow-dirty', '--allow-dirty', [CompletionResultType]::ParameterName, 'Push a version of uncommitted changes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;images' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Only those on this machine')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'Only those in the registry')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;base' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the bases, this machine''s images of them, and the apps that pin older ones')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Build bases, and those they are made from')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push this machine''s images of bases to the registry')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Pin the newest images of the app''s bases in app.lock')
            break
        }
        'paas;base;list' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;base;build' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of the platform''s bases')
            [CompletionResult]::new('--pull', '--pull', [CompletionResultType]::ParameterName, 'Get the image that the first base is made from anew')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Run every step, also those whose result the engine has')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;base;push' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;base;update' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Write nothing; exit code 3 when app.lock would change')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;webhook' {
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'The event''s payload: a file, or - for stdin [default: the CI job''s own event]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header of the request, `Name: value`; or @FILE with one a line, so that a secret token is not in the arguments')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'The git host [default: by the headers]')
            [CompletionResult]::new('--secret-from', '--secret-from', [CompletionResultType]::ParameterName, 'Where the webhook''s secret is, which then must prove the payload: env:NAME or file:PATH')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--no-push', '--no-push', [CompletionResultType]::ParameterName, 'Build, but don''t push')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be built; build nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;doctor' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;gc' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'How many of the newest images stay, for each app')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Shrink the engine''s build cache to so many GB')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only say what would be removed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be removed')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'The images of all apps on the engine, not only of this one')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;eject' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace files that are there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;schema' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;completions' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'paas;man' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write a page for each command into this folder')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The app''s folder [default: the nearest with an app.toml, upwards within the repository]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown on stderr: auto, tty (a live tree), plain (lines) or json (one event a line)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--docker-host', '--docker-host', [CompletionResultType]::ParameterName, 'The Docker Engine''s socket, or tcp:// address')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry''s host, with its port where needed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only warnings and errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
