# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the Jobs page is checked and tested with: Node.js, the packages that tests/page names, and a
# browser.

# node_possible: whether there are Node.js and npm, Debian's or the machine's own.
node_possible() {
    have node && have npm && return 0
    install_try node && have node && have npm
}

# page_packages: what the page is tested with; sets DEV_NODE_MODULES.
page_packages() {
    node_packages tests/page || return 1
    export DEV_NODE_MODULES=$NODE_MODULES
}

# node_packages FOLDER: fetches what its package-lock.json says into the cache folder unless it is
# there; sets NODE_MODULES.
node_packages() {
    local name
    node_possible || return 1
    NODE_FOLDER=$1
    name=$(cat "$1/package.json" "$1/package-lock.json" | sha256sum | cut -c1-16)
    fetch_once "$CACHE/npm-$name" fetch_node_packages || return 1
    NODE_MODULES=$CACHE/npm-$name/node_modules
}

fetch_node_packages() {
    say "fetching what $NODE_FOLDER/package.json names (npm)"
    cp "$NODE_FOLDER"/package.json "$NODE_FOLDER"/package-lock.json "$NODE_FOLDER"/.npmrc "$1" &&
        run npm ci --prefix "$1" --ignore-scripts >&2 9>&-
}

# page_check: types of the page's scripts (tsc) and faults in them (eslint).
page_check() {
    page_packages || die "the page's checkers cannot be had here"
    local failed=0
    "$DEV_NODE_MODULES/.bin/tsc" -p tests/page/tsconfig.json || failed=1
    "$DEV_NODE_MODULES/.bin/eslint" -c tests/page/eslint.config.js service/page/browser service/page/operator \
        tests/page ||
        failed=1
    return "$failed"
}

# page_test PRESET FILTER JOBS: the tests in a browser, so many files at once: each has a browser, a
# service and topics of its own. FILTER is matched against the names of files, and against those of the
# tests in the others.
page_test() {
    local whole=() parts=() file verdict=0
    for file in tests/page/*.test.js tests/page/unit/*.test.js; do
        [ -f "$file" ] || continue
        if [ -z "$2" ] || [[ ${file##*/} =~ $2 ]]; then
            whole+=("$file")
        elif grep -qE "test\(.*($2)" "$file"; then
            parts+=("$file")
        fi
    done
    export DEV_ISSUER=$ROOT/build/$1/tests/support/issuer/local_issuer
    export DEV_PYTHON=$PYTHON_ENVIRONMENT/bin/python DEV_JOBTRAIL=$ROOT/build/$1/jobtrail
    [ ${#whole[@]} -eq 0 ] || page_run "$3" "${whole[@]}" || verdict=1
    [ ${#parts[@]} -eq 0 ] || page_run "$3" --test-name-pattern="$2" "${parts[@]}" || verdict=1
    return "$verdict"
}

# page_run JOBS ARGUMENT ...
page_run() {
    local jobs=$1
    shift
    run node --test "--test-concurrency=$jobs" --test-reporter=spec "$@"
}
