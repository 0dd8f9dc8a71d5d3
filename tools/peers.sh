# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The programs that ./dev bench peers measures jobtrail with, kept in the cache folder, one for each
# content of their sources.

# peer_go: prints the path of the consumer in Go, built when need be.
peer_go() {
    local folder
    have go || die "the peer needs Go 1.26 or newer on the PATH"
    folder=$CACHE/peer-go-$({ go version && cat tests/bench/peers/go/*; } | sha256sum | cut -c1-16)
    fetch_once "$folder" peer_go_build && printf '%s/peer\n' "$folder"
}

peer_go_build() {
    say "building the peer in Go"
    run go -C "$ROOT/tests/bench/peers/go" build -trimpath -o "$1/peer" . >&2 9>&-
}
