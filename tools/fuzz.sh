# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev fuzz and ./dev coverage.

help_fuzz() {
    cat <<'TEXT'
Usage: ./dev fuzz [SECONDS]

Runs every fuzz target of tests/fuzz for its share of that time (default: 60), on from the
seeds in tests/fuzz/corpus. What it finds beyond them is kept in .dev/fuzz, and a later run
goes on from there. An input that breaks something is kept there too, and named.
TEXT
}

cmd_fuzz() {
    local seconds=${1:-60} target targets name
    build_preset fuzz
    mapfile -t targets < <(find build/fuzz -type f -name 'fuzz_*' -perm -u+x)
    [ ${#targets[@]} -gt 0 ] || die "there is no fuzz target"
    seconds=$((seconds / ${#targets[@]} + 1))
    for target in "${targets[@]}"; do
        name=${target##*/}
        mkdir -p ".dev/fuzz/$name"
        say "fuzzing: $name for $seconds s"
        # A decoder keeps plans: a search for leaks after each input would take all the time.
        run "$target" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 \
            -detect_leaks=0 -artifact_prefix=".dev/fuzz/" ".dev/fuzz/$name" \
            "tests/fuzz/corpus/${name#fuzz_}" || die "$name found a fault: see .dev/fuzz"
    done
}

help_coverage() {
    cat <<'TEXT'
Usage: ./dev coverage

Runs the tests that need no servers, and prints how many lines and branches of service/core
and service/wire they reach.
TEXT
}

cmd_coverage() {
    have gcovr || install_groups lint
    build_preset coverage
    find build/coverage -name '*.gcda' -delete
    run ctest --test-dir build/coverage --output-on-failure -j "$(nproc)" --timeout 300 \
        -LE 'mutants|model|long|kafka|registry|postgres' >&2 || die "a test failed"
    local folder
    for folder in core wire; do
        say "service/$folder"
        gcovr --root . --filter "service/$folder/" --print-summary build/coverage | tail -n 3
    done
}
