# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev lint and ./dev format. Every check runs, then one verdict.

help_format() {
    cat <<'TEXT'
Usage: ./dev format [--check]

Lays out the C sources with clang-format 14; --check only names the files that differ.
TEXT
}

help_lint() {
    cat <<'TEXT'
Usage: ./dev lint

Layout, house rules (includes, sizes, licence lines) and what is declared and never happens (both in
tests/lint), alerting rules and dashboard against the metrics, clang-tidy over service/, shellcheck over
the scripts, tsc and eslint over the Jobs page.
Ends with one line that names what failed.
TEXT
}

# Sources known to git, and new ones that it does not ignore.
sources() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

clang_format() { if have clang-format-14; then clang-format-14 "$@"; else clang-format "$@"; fi; }

cmd_format() {
    have clang-format || install_groups lint
    case ${1:-} in
    "") sources 'service/*.[ch]' 'tests/*.[ch]' 'include/*.[ch]' | xargs -0r clang-format -i ;;
    --check) lint_format ;;
    *) die "format does not know '$1'" ;;
    esac
}

lint_format() {
    sources 'service/*.[ch]' 'tests/*.[ch]' 'include/*.[ch]' |
        xargs -0r clang-format --dry-run --Werror
}

lint_house_rules() { python3 tests/lint/house_rules.py . && python3 tests/lint/house_rules_test.py; }

# What is declared and never happens.
lint_unused() {
    python3 tests/lint/unused.py . && python3 tests/lint/unused_files.py . &&
        python3 tests/lint/unused_test.py
}

# The alerting rules and the dashboard against the metrics that there are.
lint_alerts() { python3 tests/lint/alert_rules.py . && python3 tests/lint/alert_rules_test.py; }

lint_shell() {
    shellcheck -x dev .ci/run tools/*.sh tests/support/*.sh packaging/debian/p* docker/compose/*.sh
}

# The scripts of the Jobs page.
lint_page() { page_check; }

lint_tidy() {
    # That preset, for the flags in it are clang's. One file a process: the analyser of clang 14
    # takes the va_list of one file for that of the next.
    configure_preset clang
    sources 'service/*.c' | xargs -0r -n 1 -P "$(nproc)" \
        clang-tidy -p build/clang --quiet 2>&1 | lint_tidy_filter
}

# clang-tidy tells of the warnings it hides; nobody wants to know.
lint_tidy_filter() {
    grep -Ev '^[0-9]+ warnings? (generated|treated as)|^Suppressed |^Use -header-filter' || true
}

cmd_lint() {
    [ $# -eq 0 ] || die "lint takes no arguments"
    install_groups build unit lint
    local check failed=()
    for check in format house_rules unused alerts shell page tidy; do
        say "lint: $check"
        (set -e; "lint_$check") >&2 || failed+=("$check")
    done
    [ ${#failed[@]} -eq 0 ] || die "lint found faults: ${failed[*]}"
    say "lint: clean"
}
