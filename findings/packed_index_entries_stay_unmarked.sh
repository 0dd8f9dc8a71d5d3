#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL 15.18 (Debian 12): on a primary too, an index scan does not mark the entries of dead rows
# that stand packed together with a living one's.
#
# Since version 13 a B-tree packs entries of equal keys into one (deduplicate_items, on by default). A
# pack is marked dead when all rows in it are. So where one of ten rows stays in a state ("running") and
# the others have left it, nearly each pack has one that lives: every scan looks at the table for all
# that left, however often it is read, until VACUUM. With a key that differs from row to row, or
# deduplicate_items = off, the first scan marks them and the next ones pass them by.
#
# Seen (blocks that a count by the index looked at; an owner's 2,000 of 200,000 rows, 200 of which stay):
#   packed       2,008 each time
#   not packed   2,020, then 211
#
# Exits with 0 while that is so. Takes Debian's package server, and half a minute.
set -euo pipefail

VERSION=15.18-0+deb12u1
FOLDER=$(mktemp -d)
# shellcheck disable=SC2317 # it is the trap's
cleanup() {
    [ ! -f "$FOLDER/data/postmaster.pid" ] || kill -INT "$(head -1 "$FOLDER/data/postmaster.pid")" || true
    sleep 1
    rm -rf "$FOLDER"
}
trap cleanup EXIT

cd "$FOLDER"
apt-get download -qq "postgresql-15=$VERSION" "postgresql-client-15=$VERSION" "libpq5=$VERSION"
for package in ./*.deb; do dpkg -x "$package" "$FOLDER/root"; done
BIN=$FOLDER/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$(dirname "$(find "$FOLDER/root" -name 'libpq.so.5' | head -1)")
export LD_LIBRARY_PATH

AS=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown -R nobody "$FOLDER"
    AS=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env "LD_LIBRARY_PATH=$LD_LIBRARY_PATH")
fi
as() { "${AS[@]}" "$@"; }

PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as "$BIN/initdb" -D "$FOLDER/data" -U postgres -A trust --no-sync -L "$FOLDER/root/usr/share/postgresql/15" >/dev/null
as "$BIN/pg_ctl" -D "$FOLDER/data" -l "$FOLDER/log" -w -s start -o "-p $PORT -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c autovacuum=off -c fsync=off -c shared_buffers=128MB"
sql() { as "$BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PORT" -U postgres -c "$1"; }

make_jobs() { # TABLE OPTION: of deduplicate_items
    sql "create table $1 (id integer primary key, owner integer not null, state text not null, text text not null);
        insert into $1 select n, n % 100, 'running', repeat('x', 300) from generate_series(1, 200000) n;
        create index on $1 (owner, state) with (deduplicate_items = $2);
        analyze $1;"
    sql "update $1 set state = 'done' where id / 100 % 10 <> 0"
}

blocks() { # TABLE: that one scan looks at
    as env PGOPTIONS="-c enable_seqscan=off -c enable_bitmapscan=off" \
        "$BIN/psql" -X -q -A -t -h 127.0.0.1 -p "$PORT" -U postgres \
        -c "explain (analyze, buffers, timing off, format json)
            select count(id) from $1 where owner = 7 and state = 'running'" |
        python3 -c 'import json, sys
plan = json.load(sys.stdin)[0]["Plan"]
print(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])'
}

status=0
expect() { # WHAT BLOCKS -lt|-gt LIMIT
    printf '%-26s %8d blocks\n' "$1" "$2"
    test "$2" "$3" "$4" || {
        echo "expected $3 $4"
        status=1
    }
}
echo "PostgreSQL $(sql "show server_version")"
make_jobs packed on
make_jobs loose off
for time in first second third; do expect "packed, $time scan" "$(blocks packed)" -gt 1000; done
expect "not packed, first scan" "$(blocks loose)" -gt 1000
expect "not packed, second scan" "$(blocks loose)" -lt 500
exit "$status"
