#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The embedded broker tells its address, leads the topics asked for and no others, and ends
# when its stdin closes as well as on SIGTERM.
set -euo pipefail
broker=$1 topics=$2

fail() {
    echo "embedded_broker_test: $*" >&2
    exit 1
}

folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" || true; rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT

mkfifo "$folder/stdin" "$folder/stdout"
"$broker" --topic job.events:4 --announce "$folder/address" --until-stdin-closes \
    <"$folder/stdin" >"$folder/stdout" &
pid=$!
exec 4>"$folder/stdin"
read -r address <"$folder/stdout"
[[ $address == *:* ]] || fail "it told '$address' as its address"
[ "$(<"$folder/address")" = "$address" ] || fail "the announced address differs"
"$topics" --bootstrap "$address" --wait 20 job.events:4 || fail "it does not lead job.events"
! "$topics" --bootstrap "$address" --wait 1 job.other:4 2>/dev/null ||
    fail "it leads a topic that was not asked for"
exec 4>&-
wait "$pid" || fail "it ended with status $?"
pid=

"$broker" --topic job.events:1 >"$folder/second" &
pid=$!
until [ -s "$folder/second" ]; do sleep 0.05; done
kill "$pid"
wait "$pid" || fail "it ended with status $? on SIGTERM"
pid=

status=0
"$broker" --topic nonsense </dev/null >/dev/null 2>&1 || status=$?
[ "$status" = 2 ] || fail "a wrong topic gave status $status"
