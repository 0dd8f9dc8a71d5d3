# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of jobtrail for bash, made of the tables that --help is made of.

_jobtrail_flags() {
    case $1 in
@FLAGS@
    esac
}

# Those that a value follows.
_jobtrail_values() {
    case $1 in
@VALUES@
    esac
}

_jobtrail_files() {
    case $1 in
@FILES@
    esac
}

_jobtrail_verbs() {
    case $1 in
@VERBS@
    esac
}

_jobtrail() {
    local line=${COMP_LINE:0:COMP_POINT} command=${COMP_WORDS[1]} typed flag words=''
    typed=${line##* }
    flag=${line%"$typed"}
    flag=${flag%"${flag##*[! ]}"}
    flag=${flag##* }
    case $typed in
    --*=*) flag=${typed%%=*} typed=${typed#*=} ;;
    esac
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='@COMMANDS@ --help --version'
    elif [ "$flag" = --set ] || [ "$flag" = -s ]; then
        words='@SETTINGS@'
        compopt -o nospace
    elif [[ " $(_jobtrail_files "$command") " == *" $flag "* ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$typed")
        return
    elif [[ " $(_jobtrail_values "$command") " == *" $flag "* ]]; then
        return
    elif [[ $typed == -* ]]; then
        words=$(_jobtrail_flags "$command")
    elif [ "$COMP_CWORD" -eq 2 ]; then
        words=$(_jobtrail_verbs "$command")
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$typed")
    # bash takes the = of name=value for the end of a word, and wants what is behind it.
    COMPREPLY=("${COMPREPLY[@]#"${typed%"${typed##*=}"}"}")
}

complete -F _jobtrail jobtrail
