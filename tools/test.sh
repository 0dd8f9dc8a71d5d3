# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev test: everything that is tested, against real servers of its own.

help_test() {
    cat <<'TEXT'
Usage: ./dev test [--long | --brief] [--c | --page] [--preset PRESET] [--postgres VERSION]
                  [--kafka VERSION] [--librdkafka VERSION] [--jobs N] [FILTER]

Builds (preset dev), starts a PostgreSQL, Kafka and schema registry for the tests, and runs side by
side the C tests (ctest), those of whole processes and foreign clients (pytest) and those of the
Jobs page in a browser (node). Each of the three prints what it has to say when it has ended; last
comes a summary. A test that could not run is named, and counts as a failure where CI=true.

  --long     also the tests that take minutes, and, without FILTER, ten minutes of fuzzing
  --brief    of the tests of processes only those of serve and the API, for the slow asan and tsan
  --c        only the C tests
  --page     only those of the Jobs page
  --preset   another build, such as asan or tsan
  --postgres against PostgreSQL 15, 16, 17 or 18, fetched when need be, and not the machine's. What
             needs programs that are not fetched fails: whatever makes a replica or a dump. Without
             it a part of the tests is run for the newest besides, and a larger one, with --long,
             for each of the others
  --kafka    with another release of Apache Kafka (Maven Central) than 4.1.1
  --librdkafka with another one than the machine's, as Python's confluent-kafka of that version brings it;
             it is built with the headers of the machine's
  --jobs     so many tests of processes at once (default: three for each core), and a third as many
             of the others; 1: one test after the other, and each told of at once
  FILTER     only tests whose name matches (a regular expression)
TEXT
}

cmd_test() {
    local extent=usual preset=dev filter="" parts="c processes page" others=yes librdkafka=""
    JOBS=$((3 * $(nproc)))
    while [ $# -gt 0 ]; do
        case $1 in
        --long) extent=long ;;
        --brief) extent=brief ;;
        --c) parts=c ;;
        --page) parts=page ;;
        --preset)
            [ $# -gt 1 ] || die "--preset needs a name"
            preset=$2
            shift
            ;;
        --postgres)
            PG_BIN=$(postgres_other "${2-}") || die "--postgres needs one of these versions"
            export PG_BIN
            others=no
            shift
            ;;
        --kafka | --librdkafka)
            [[ ${2-} =~ ^[0-9]+(\.[0-9]+)+$ ]] || die "$1 needs a version such as 4.1.1"
            # shellcheck disable=SC2034 # tools/fetch.sh
            if [ "$1" = --kafka ]; then KAFKA_VERSION=$2; else librdkafka=$2; fi
            shift
            ;;
        --jobs)
            [[ ${2-} =~ ^[1-9][0-9]?$ ]] || die "--jobs needs a number"
            JOBS=$2
            shift
            ;;
        -*) die "test does not know '$1'; see ./dev test --help" ;;
        *) filter=$1 ;;
        esac
        shift
    done
    [ "$extent" != brief ] || parts=${parts% page} others=no
    install_groups build run kafka test package inspect
    [ "$parts" = page ] || build_preset "$preset"
    [[ $parts != *processes* ]] || test_processes_prepare "$preset"
    [[ $parts != *processes* ]] || [ "$extent" = brief ] || test_clients_prepare
    [ "$parts" = page ] || [ "$others" = no ] || test_postgres_others "$extent"
    [[ $parts != *page* ]] || test_page_prepare "$preset"
    [ -z "$librdkafka" ] || test_librdkafka "$librdkafka"
    kafka_possible || die "the tests need Apache Kafka, which cannot be had here"
    # The tests make and drop hundreds of databases here; a server that is to crash is a test's own.
    # shellcheck disable=SC2034 # tools/postgres.sh
    POSTGRES_SETTINGS=(-c fsync=off -c max_connections=400)
    # Of the preset, so that several can be tested at once.
    servers_start "$ROOT/.dev/test-$preset" yes no
    TEMPORARY=$INSTANCE
    # shellcheck source=/dev/null
    . "$INSTANCE/env"
    test_all "$preset" "$extent" "$filter" "$parts"
    [ "$extent" != long ] || [ -n "$filter" ] || cmd_fuzz 600
}

# test_all PRESET EXTENT FILTER PARTS
test_all() {
    local verdict=0 summary=() began=$SECONDS
    if [ "$JOBS" = 1 ] || [[ $4 != *\ * ]]; then
        test_in_turn "$@"
    else
        test_side_by_side "$@"
    fi
    servers_stop "$TEMPORARY"
    TEMPORARY=
    printf -- '----\ntest summary of preset %s (%s s):\n' "$1" "$((SECONDS - began))"
    printf '  %s\n' "${summary[@]}"
    return "$verdict"
}

# test_in_turn PRESET EXTENT FILTER PARTS: part after part, each seen as it goes on.
test_in_turn() {
    local part status
    for part in $4; do
        status=0
        "test_$part" "$1" "$2" "$3" || status=1
        test_ended "$part" "$status"
    done
}

# test_side_by_side PRESET EXTENT FILTER PARTS: most tests wait for others' processes most of the time.
test_side_by_side() {
    local part status
    for part in $4; do beside "$part" "test_$part" "$1" "$2" "$3"; done
    say "testing: $4"
    while [ ${#BESIDE[@]} -gt 0 ]; do
        status=0
        beside_next || status=1
        test_ended "$BESIDE_ENDED" "$status"
    done
}

# test_ended PART STATUS: for the summary and the verdict of test_all.
test_ended() {
    if [ "$2" = 0 ]; then
        summary+=("$1: passed")
    else
        summary+=("$1: FAILED")
        verdict=1
    fi
}

# A third of the tests that run at once: for those that compute rather than wait.
test_third() { echo $(((JOBS + 2) / 3)); }

# The tests of the C code. A cmocka test that skips itself still passes for ctest: the log tells.
test_c() {
    local options=(--test-dir "build/$1" --output-on-failure -j "$(test_third)" --timeout 300)
    local log=build/$1/Testing/Temporary/LastTest.log skipped without=()
    [ "$2" = long ] || without+=(long)
    case $1 in
    # The mutants are compiled by the test itself, with flags of its own; the model is no code of ours.
    asan | coverage | fuzz) without+=(mutants model) ;;
    tsan) without+=(mutants model one_thread) ;;
    esac
    [ ${#without[@]} -eq 0 ] || options+=(-LE "$(IFS='|' && printf '%s' "${without[*]}")")
    if [ -n "$3" ]; then options+=(-R "$3"); else options+=(--no-tests=error); fi
    rm -f "$log"
    run ctest "${options[@]}" || return 1
    [ "$2" != long ] || [ -n "$3" ] || test_c_of_store "$1" || return 1
    skipped=$(grep -hE '^\[  SKIPPED \]|^Test not available|\*\*\*(Skipped|Not Run)' "$log" 2>/dev/null ||
        true)
    [ -z "$skipped" ] || could_not_run "$skipped"
}

# test_c_of_store PRESET: those that ask PostgreSQL, with each of the others.
test_c_of_store() {
    local other
    for other in ${DEV_POSTGRES_OTHER-}; do
        say "the C tests of store with PostgreSQL ${other%%=*}"
        PG_BIN=${other#*=} run ctest --test-dir "build/$1" --output-on-failure -R '^store_' -LE long \
            -j "$(test_third)" --timeout 300 || return 1
    done
}

# could_not_run LIST: says so; fails in CI.
could_not_run() {
    say "COULD NOT RUN:"
    say "$1"
    [ "${CI:-}" != true ]
}

# What those need besides servers: a binary that dies where it is told, foreign libraries.
test_processes_prepare() {
    build_preset faults -DJOBTRAIL_TESTS=OFF
    build_alone "$1" run cmake --build "build/$1" --target local_issuer >&2 || die "the issuer does not build"
    python_environment || die "the Python environment could not be made"
    DEV_INTEROP_LIBS=$(interop_libs) || die "the Java producer's jars cannot be had"
    DEV_SERIALIZER_LIBS=$(serializer_libs) || die "other registries' serializers cannot be had"
    export DEV_SERIALIZER_LIBS DEV_INTEROP_LIBS DEV_JOBTRAIL_FAULTS=$ROOT/build/faults/jobtrail
    DEV_KAFKA_CLASSPATH=$(kafka_classpath)
    DEV_PROMTOOL=$(promtool_program) || die "promtool cannot be had here"
    export DEV_KAFKA_CLASSPATH DEV_PROMTOOL DEV_BUILD=$ROOT/build/$1 DEV_JOBTRAIL=$ROOT/build/$1/jobtrail
}

# test_librdkafka VERSION: what is started from now on finds that one.
test_librdkafka() {
    local folder
    python_environment || die "the Python environment could not be made"
    folder=$(librdkafka_other "$1") || die "librdkafka $1 cannot be had here"
    export LD_LIBRARY_PATH=$folder
}

# test_postgres_others EXTENT: the newest PostgreSQL, or each, unless it is the machine's. What is
# marked any_postgres is run with it besides; with --long what is marked every_postgres, too, and the
# C tests of store.
test_postgres_others() {
    local version machine folder others=()
    machine=$("$(postgres_bin)/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    for version in $(printf '%s\n' "${!POSTGRES_VERSIONS[@]}" | sort -rn); do
        if [ "$version" != "$machine" ]; then
            folder=$(postgres_other "$version") || die "PostgreSQL $version cannot be had here"
            others+=("$version=$folder")
        fi
        [ "$1" = long ] || break
    done
    export DEV_POSTGRES_OTHER="${others[*]}" DEV_POSTGRES_EXTENT=$1
}

# Clients of the API that others wrote, and what generates some; and an issuer of tokens.
test_clients_prepare() {
    python_environment_of tests/interop/clients/requirements.txt ||
        die "the API's foreign clients in Python cannot be had here"
    node_packages tests/interop/clients || die "those for Node.js cannot be had here"
    export DEV_CLIENTS_PYTHON=$ENVIRONMENT/bin/python DEV_CLIENTS_NODE_MODULES=$NODE_MODULES
    node_packages schemas/examples/node || die "what the worked program for Node.js needs cannot be had here"
    export DEV_EXAMPLE_NODE_MODULES=$NODE_MODULES
    node_packages tests/support/oidc_provider || die "the issuer that others wrote cannot be had here"
    export DEV_OIDC_NODE_MODULES=$NODE_MODULES
}

# The tests of whole processes (tests/e2e) and of foreign producers (tests/interop).
test_processes() {
    local options=(-v --durations=8 --tb=short -p no:cacheprovider -rsx) status=0
    local places=(tests/e2e tests/interop tests/chaos tests/package)
    # What takes long has figures to tell.
    if [ "$2" = long ]; then options+=(-rsxP); else options+=(-m "not long"); fi
    [ "$2" != brief ] || places=(tests/e2e/test_{serve,http,http_cancel,stream}.py)
    [ -z "$3" ] || options+=(--matching "$3")
    [ "$JOBS" = 1 ] || options+=(-n "$JOBS" --dist loadgroup)
    run "$PYTHON_ENVIRONMENT/bin/python" -m pytest "${options[@]}" -c tests/pytest.ini \
        "${places[@]}" || status=$?
    # 5: no test was selected, which is no fault when the user asked for C tests.
    [ "$status" = 0 ] || { [ "$status" = 5 ] && [ -n "$3" ]; }
}

# What the tests in a browser need besides: packages, Chromium, and the issuer that members sign in at.
test_page_prepare() {
    page_packages || die "what the page is tested with cannot be had here"
    have chromium || install_groups browser
    python_environment || die "the Python environment could not be made"
    configure_preset "$1"
    build_alone "$1" run cmake --build "build/$1" --target jobtrail local_issuer >&2 || die "the page does not build"
}

# The tests of the Jobs page (tests/page).
test_page() { page_test "$1" "$3" "$(test_third)"; }
