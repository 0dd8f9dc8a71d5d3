#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL 15.18 (Debian 12): an index that is cheap to read on the primary stays dear on a hot
# standby, however often it is read there.
#
# Rows that leave a state ("running") leave a dead entry each in the index by state. On the primary
# the first scan finds them dead and marks them, so that the next ones pass them by without a look at
# the table. On a standby a scan neither marks them nor believes the primary's marks: each scan looks
# at the table for each of them again, until VACUUM has removed them on the primary and that was
# replayed. So a table that works as a queue, or as a list of what is under way, is read far slower
# from its replica, with the same plan, the same rows and everything in memory.
#
# Seen (blocks that one count by the index looked at; of 100,000 rows 10 have not left):
#   primary    about 100,240, then 388
#   standby    about 100,240 each time
#
# Exits with 0 while that is so. Takes Debian's package server, and half a minute.
set -euo pipefail

VERSION=15.18-0+deb12u1
FOLDER=$(mktemp -d)
# shellcheck disable=SC2317 # it is the trap's
cleanup() {
    for name in standby primary; do
        [ ! -f "$FOLDER/$name/postmaster.pid" ] || kill -INT "$(head -1 "$FOLDER/$name/postmaster.pid")" || true
    done
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

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start() { # NAME PORT
    as "$BIN/pg_ctl" -D "$FOLDER/$1" -l "$FOLDER/$1.log" -w -s start -o "-p $2 -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c autovacuum=off -c fsync=off -c shared_buffers=128MB"
}
sql() { # PORT SQL
    as "$BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U postgres -c "$2"
}

PRIMARY=$(free_port)
as "$BIN/initdb" -D "$FOLDER/primary" -U postgres -A trust --no-sync -L "$FOLDER/root/usr/share/postgresql/15" >/dev/null
start primary "$PRIMARY"
as "$BIN/pg_basebackup" -D "$FOLDER/standby" -h 127.0.0.1 -p "$PRIMARY" -U postgres -R -X stream --no-sync
STANDBY=$(free_port)
start standby "$STANDBY"

sql "$PRIMARY" "
    create table job (id integer primary key, state text not null, updated double precision not null);
    insert into job select n, 'running', random() from generate_series(1, 100000) n;
    create index job_by_state on job (state, updated);
    analyze job;"
sql "$PRIMARY" "update job set state = 'done' where id > 10"
AT=$(sql "$PRIMARY" "select pg_current_wal_insert_lsn()")
until [ "$(sql "$STANDBY" "select pg_last_wal_replay_lsn() >= '$AT'")" = t ]; do sleep 0.1; done

blocks() { # PORT: that one scan looks at
    as env PGOPTIONS="-c enable_seqscan=off -c enable_bitmapscan=off" \
        "$BIN/psql" -X -q -A -t -h 127.0.0.1 -p "$1" -U postgres \
        -c "explain (analyze, buffers, timing off, format json) select count(*) from job where state = 'running'" |
        python3 -c 'import json, sys
plan = json.load(sys.stdin)[0]["Plan"]
print(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])'
}

status=0
expect() { # WHAT BLOCKS -lt|-gt LIMIT
    printf '%-22s %8d blocks\n' "$1" "$2"
    test "$2" "$3" "$4" || {
        echo "expected $3 $4"
        status=1
    }
}
echo "PostgreSQL $(sql "$PRIMARY" "show server_version")"
expect "primary, first scan" "$(blocks "$PRIMARY")" -gt 50000
expect "primary, second scan" "$(blocks "$PRIMARY")" -lt 1000
for time in first second third; do
    expect "standby, $time scan" "$(blocks "$STANDBY")" -gt 50000
done
exit "$status"
