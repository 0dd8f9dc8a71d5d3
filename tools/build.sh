# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev build.

help_build() {
    cat <<'TEXT'
Usage: ./dev build [PRESET]

Builds build/release/jobtrail; or, if a preset is named, that one with its tests (release, dev,
clang, asan, tsan, coverage, fuzz) in build/PRESET/.
TEXT
}

cmd_build() {
    [ $# -le 1 ] || die "build takes one preset"
    if [ $# -eq 0 ]; then build_binary; else build_preset "$1"; fi
}

# build_binary: build/release/jobtrail, without the tests and what they need.
build_binary() {
    install_groups build
    configure_preset release -DJOBTRAIL_TESTS=OFF
    build_alone release run cmake --build build/release >&2 || die "jobtrail does not build"
}

# build_alone PRESET COMMAND ...: while no other ./dev builds in the folder of that preset.
build_alone() {
    local lock status=0
    mkdir -p "$ROOT/build"
    exec {lock}>"$ROOT/build/.$1.lock"
    flock "$lock"
    shift
    "$@" || status=$?
    flock -u "$lock"
    exec {lock}>&-
    return "$status"
}

# configure_preset PRESET [CMAKE OPTION ...]: with the tests; silent unless it fails.
configure_preset() { build_alone "$1" preset_configure "$@"; }

preset_configure() {
    local preset=$1 output
    shift
    case $preset in
    fuzz | clang) have clang || install_groups lint ;;
    esac
    output=$(cmake --preset "$preset" -DJOBTRAIL_TESTS=ON "$@" 2>&1) || {
        say "$output"
        die "preset '$preset' could not be configured"
    }
}

build_preset() {
    install_groups build unit
    configure_preset "$@"
    build_alone "$1" run cmake --build "build/$1" >&2 || die "preset '$1' does not build"
}
