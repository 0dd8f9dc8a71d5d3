# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Things done side by side, each with its output in a file that is printed whole once it has ended.

declare -A BESIDE=() # what runs so: names by process id
BESIDE_OUTPUT=       # the folder of their outputs
BESIDE_ENDED=        # the name of the last that has ended

# beside NAME COMMAND ...: a command or function, which can start and end what it wants as this
# script can, and is ended with it (process_end_all).
beside() {
    local name=$1
    shift
    [ -n "$BESIDE_OUTPUT" ] || BESIDE_OUTPUT=$(mktemp -d)
    beside_shell "$@" </dev/null >"$BESIDE_OUTPUT/$name" 2>&1 &
    BESIDE[$!]=$name
}

beside_shell() {
    local status=0
    # What the script itself runs and keeps is not ours to end.
    # shellcheck disable=SC2034 # process_end_all reads them
    RUNNING='' TEMPORARY='' BESIDE=() BESIDE_OUTPUT=''
    trap process_end_all EXIT
    trap 'exit 143' TERM
    "$@" || status=$?
    exit "$status"
}

# beside_next: waits until one of them ends, names it in BESIDE_ENDED and prints its output, if any.
# Returns its status.
beside_next() {
    local ended status=0
    wait -n -p ended "${!BESIDE[@]}" || status=$?
    BESIDE_ENDED=${BESIDE[$ended]}
    unset "BESIDE[$ended]"
    if [ -s "$BESIDE_OUTPUT/$BESIDE_ENDED" ]; then
        printf '\n==== %s\n' "$BESIDE_ENDED"
        cat "$BESIDE_OUTPUT/$BESIDE_ENDED"
    fi
    return "$status"
}

# beside_end: ends those that run still, and what they started.
beside_end() {
    [ ${#BESIDE[@]} -eq 0 ] || kill -s TERM "${!BESIDE[@]}" 2>/dev/null || true
    [ ${#BESIDE[@]} -eq 0 ] || wait "${!BESIDE[@]}" 2>/dev/null || true
    BESIDE=()
    [ -z "$BESIDE_OUTPUT" ] || rm -rf "$BESIDE_OUTPUT"
}
