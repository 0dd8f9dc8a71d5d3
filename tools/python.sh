# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The Python environments of the tests, kept in the cache folder, one for each content of a file of
# requirements.

# python_environment: that of the tests; sets PYTHON_ENVIRONMENT to its folder.
python_environment() {
    python_environment_of tests/requirements.txt || return 1
    # shellcheck disable=SC2034 # tools/test.sh
    PYTHON_ENVIRONMENT=$ENVIRONMENT
}

# python_environment_of FILE: makes it unless it is there; sets ENVIRONMENT to its folder.
python_environment_of() {
    local python=/usr/bin/python3 name
    [ -x "$python" ] || python=python3
    name=$({ "$python" --version && cat "$ROOT/$1"; } | sha256sum | cut -c1-16)
    ENVIRONMENT=$CACHE/python-$name
    if [ ! -f "$ENVIRONMENT/complete" ]; then
        say "making a Python environment of $1 in $ENVIRONMENT"
        mkdir -p "$CACHE"
        exec 9>"$CACHE/.lock"
        flock -w 600 9 || die "another download holds $CACHE/.lock"
        # Not moved into place like the rest: an environment holds its own path.
        if [ ! -f "$ENVIRONMENT/complete" ]; then
            rm -rf "$ENVIRONMENT"
            run "$python" -m venv "$ENVIRONMENT" 9>&- &&
                run "$ENVIRONMENT/bin/pip" install -q --no-input -r "$ROOT/$1" >&2 9>&- &&
                touch "$ENVIRONMENT/complete"
        fi
        exec 9>&-
    fi
    [ -f "$ENVIRONMENT/complete" ]
}
