# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev test: everything that is tested, against real servers of its own.

help_test() {
    cat <<'TEXT'
Usage: ./dev test [--long] [--preset PRESET] [FILTER]

Builds (preset dev), starts a PostgreSQL, Kafka and schema registry for the tests, runs the
C tests (ctest), then those of whole processes and foreign clients (pytest), and ends with a
summary. A test that could not run is named, and counts as a failure where CI=true.

  --long     also the tests that take minutes
  FILTER     only tests whose name matches (a regular expression)
TEXT
}

cmd_test() {
    local long=no preset=dev filter=
    while [ $# -gt 0 ]; do
        case $1 in
        --long) long=yes ;;
        --preset)
            [ $# -gt 1 ] || die "--preset needs a name"
            preset=$2
            shift
            ;;
        -*) die "test does not know '$1'; see ./dev test --help" ;;
        *) filter=$1 ;;
        esac
        shift
    done
    install_groups build run kafka test
    build_preset "$preset" -DJOBTRAIL_TESTS=ON
    python_environment || die "the Python environment could not be made"
    kafka_possible || die "the tests need Apache Kafka, which cannot be had here"
    servers_start "$ROOT/.dev/test" yes no
    TEMPORARY=$ROOT/.dev/test
    # shellcheck source=/dev/null
    . "$INSTANCE/env"
    export DEV_BUILD=$ROOT/build/$preset DEV_JOBTRAIL=$ROOT/build/$preset/jobtrail
    DEV_INTEROP_LIBS=$(interop_libs) || die "the Java producer's jars cannot be had"
    export DEV_INTEROP_LIBS
    test_all "$preset" "$long" "$filter"
}

test_all() {
    local preset=$1 long=$2 filter=$3 verdict=0 summary=()
    local began=$SECONDS
    if test_c "$preset" "$long" "$filter"; then
        summary+=("C tests: passed")
    else
        summary+=("C tests: FAILED")
        verdict=1
    fi
    if test_processes "$long" "$filter"; then
        summary+=("process and interop tests: passed")
    else
        summary+=("process and interop tests: FAILED")
        verdict=1
    fi
    servers_stop "$TEMPORARY"
    TEMPORARY=
    say "----"
    printf 'test summary (%s s):\n' "$((SECONDS - began))"
    printf '  %s\n' "${summary[@]}"
    return "$verdict"
}

# The tests of the C code. A cmocka test that skips itself still passes for ctest: the log tells.
test_c() {
    local options=(--test-dir "build/$1" --output-on-failure -j "$(nproc)" --timeout 300)
    local log=build/$1/Testing/Temporary/LastTest.log skipped
    [ "$2" = yes ] || options+=(-LE long)
    if [ -n "$3" ]; then options+=(-R "$3"); else options+=(--no-tests=error); fi
    rm -f "$log"
    run ctest "${options[@]}" || return 1
    skipped=$(grep -hE '^\[  SKIPPED \]|^Test not available|\*\*\*(Skipped|Not Run)' "$log" 2>/dev/null ||
        true)
    [ -z "$skipped" ] || could_not_run "$skipped"
}

# could_not_run LIST: says so; fails in CI.
could_not_run() {
    say "COULD NOT RUN:"
    say "$1"
    [ "${CI:-}" != true ]
}

test_processes() {
    local options=(-q -p no:cacheprovider -rsx) status=0
    [ "$1" = yes ] || options+=(-m "not long")
    [ -z "$2" ] || options+=(-k "$2")
    run "$PYTHON_ENVIRONMENT/bin/python" -m pytest "${options[@]}" -c tests/pytest.ini \
        tests/e2e tests/interop || status=$?
    # 5: no test was selected, which is no fault when the user asked for C tests.
    [ "$status" = 0 ] || { [ "$status" = 5 ] && [ -n "$2" ]; }
}
