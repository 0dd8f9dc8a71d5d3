# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev build.

help_build() {
    cat <<'TEXT'
Usage: ./dev build [PRESET]

Builds build/PRESET/ (default release; dev, clang, asan, tsan, coverage, fuzz).
TEXT
}

cmd_build() {
    [ $# -le 1 ] || die "build takes one preset"
    install_groups build
    build_preset "${1:-release}"
}

# configure_preset PRESET [CMAKE OPTION ...]: silent unless it fails.
configure_preset() {
    local preset=$1 output
    shift
    case $preset in
    fuzz | clang) have clang || install_groups lint ;;
    esac
    output=$(cmake --preset "$preset" "$@" 2>&1) || {
        say "$output"
        die "preset '$preset' could not be configured"
    }
}

build_preset() {
    configure_preset "$@"
    run cmake --build "build/$1" >&2 || die "preset '$1' does not build"
}
