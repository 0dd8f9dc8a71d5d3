# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The Python environment of the tests, kept in the cache folder, one for each content of
# tests/requirements.txt.

# python_environment: makes it unless it is there; sets PYTHON_ENVIRONMENT to its folder.
python_environment() {
    local python=/usr/bin/python3 name
    [ -x "$python" ] || python=python3
    name=$({ "$python" --version && cat "$ROOT/tests/requirements.txt"; } | sha256sum | cut -c1-16)
    PYTHON_ENVIRONMENT=$CACHE/python-$name
    if [ ! -f "$PYTHON_ENVIRONMENT/complete" ]; then
        say "making the Python environment of the tests in $PYTHON_ENVIRONMENT"
        mkdir -p "$CACHE"
        exec 9>"$CACHE/.lock"
        flock -w 600 9 || die "another download holds $CACHE/.lock"
        # Not moved into place like the rest: an environment holds its own path.
        if [ ! -f "$PYTHON_ENVIRONMENT/complete" ]; then
            rm -rf "$PYTHON_ENVIRONMENT"
            run "$python" -m venv "$PYTHON_ENVIRONMENT" 9>&- &&
                run "$PYTHON_ENVIRONMENT/bin/pip" install -q --no-input \
                    -r "$ROOT/tests/requirements.txt" >&2 9>&- &&
                touch "$PYTHON_ENVIRONMENT/complete"
        fi
        exec 9>&-
    fi
    [ -f "$PYTHON_ENVIRONMENT/complete" ]
}
