# SPDX-License-Identifier: Apache-2.0
# Completion of jobtrail for fish, made of the tables that --help is made of.

function __jobtrail_lacks_command
    test (count (commandline -opc)) -eq 1
end

# Whether the command is that one. Its name alone would not tell: "list" is a verb of others, too.
function __jobtrail_runs
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

function __jobtrail_lacks_verb
    __jobtrail_runs $argv[1]; and test (count (commandline -opc)) -eq 2
end

function __jobtrail_settings
@SETTINGS@
end

complete -c jobtrail -f
complete -c jobtrail -n __jobtrail_lacks_command -l help -d 'list the commands'
complete -c jobtrail -n __jobtrail_lacks_command -l version -d 'print the version'
@COMMANDS@
@VERBS@
@FLAGS@
