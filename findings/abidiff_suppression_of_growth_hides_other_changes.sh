#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# abidiff of libabigail 2.2 (Debian 12): a suppression for structs that grow at their end also silences
# a member whose type changes while nothing was inserted.
#
# "has_data_member_inserted_at = end" is documented to suppress changes of a type that has a data member
# inserted there. Where a member's type becomes wider into what was padding, no member is inserted and
# the size stays: without the suppression abidiff reports it (exit code 4), with it nothing (0). A library
# that lets structs grow and checks its ABI that way ships the broken one. Where a member before the last
# changes in another way (its place moves), it is reported with and without. Version 2.6.0 (Debian 13)
# reports all of it with and without.
#
# Seen (exit code of abidiff without and with the suppression):
#   a member more at the end      4    0
#   an int becomes a long         4    0
#
# Exits with 0 while that is so. Takes Debian's package server, gcc, and some seconds.
set -euo pipefail

VERSION=2.2-2
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"
apt-get download -qq "abigail-tools=$VERSION" "libabigail0=$VERSION"
for package in ./*.deb; do dpkg -x "$package" root; done
LIBRARY=$(dirname "$(find "$FOLDER/root" -name 'libabigail.so.0' | head -1)")
abidiff() { LD_LIBRARY_PATH=$LIBRARY "$FOLDER/root/usr/bin/abidiff" "$@"; }

printf '[suppress_type]\n  name = counts\n  has_data_member_inserted_at = end\n' >growth.abignore
library() { # NAME MEMBERS
    printf 'struct counts { %s };\nvoid count(struct counts *counts) { (void)counts; }\n' "$2" >"$1.c"
    gcc -g -shared -fPIC -Wl,-soname,libcounts.so.1 "$1.c" -o "$1.so"
}
library before 'int taken; void *tag;'
library more 'int taken; void *tag; int more;'
library wider 'long taken; void *tag;'

status=0
expect() { # WHAT NAME
    local without=0 with=0
    abidiff before.so "$2.so" >without || without=$?
    abidiff --suppressions growth.abignore before.so "$2.so" >with || with=$?
    printf '%-28s %3d %4d\n' "$1" "$without" "$with"
    [ "$without $with" = "4 0" ] || status=1
}
abidiff --version
expect "a member more at the end" more
expect "an int becomes a long" wider
exit "$status"
