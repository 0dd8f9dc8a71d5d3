# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev package.

help_package() {
    cat <<'TEXT'
Usage: ./dev package

Builds jobtrail and makes the Debian packages of it (jobtrail, libjobtrail1, libjobtrail-dev) for
this machine's release of Debian, in build/release/packages/. Two builds of one commit give the
same bytes. The packages' maintainer is who DEBFULLNAME and DEBEMAIL say.
TEXT
}

cmd_package() {
    [ $# -eq 0 ] || die "package takes no arguments"
    install_groups build package
    build_binary
    rm -rf "$ROOT/build/release/packages"
    umask 022 # it would be in the package
    build_alone release run cpack --config build/release/CPackConfig.cmake >&2 ||
        die "the package could not be made"
    find "$ROOT/build/release/packages" -maxdepth 1 -name '*.deb'
}
