# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private PostgreSQL cluster in $INSTANCE/postgres. The server refuses to run as root, so
# root lends it the account `postgres` (or `nobody`). The role `jobtrail` is an ordinary one.

postgres_bin() {
    local version
    if [ -n "${PG_BIN:-}" ]; then
        printf '%s\n' "$PG_BIN"
        return
    fi
    for version in 18 17 16 15; do
        if [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
            printf '/usr/lib/postgresql/%s/bin\n' "$version"
            return
        fi
    done
    die "no PostgreSQL found; ./dev install run"
}

postgres_account() { if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }

# postgres_as COMMAND ...: fills the array AS with COMMAND, run by the server's account.
postgres_as() {
    AS=("$@")
    as_root || return 0
    local account drop
    account=$(postgres_account)
    drop=(setpriv "--reuid=$account" "--regid=$(id -gn "$account")" --init-groups)
    if ! "${drop[@]}" test -x "$INSTANCE" 2>/dev/null; then
        # The checkout lies below a folder closed to that account, such as /root.
        drop+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
    fi
    AS=("${drop[@]}" "$@")
}

postgres_create() {
    local bin password
    bin=$(postgres_bin)
    mkdir -p "$INSTANCE/postgres"
    chmod 700 "$INSTANCE/postgres"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$INSTANCE/postgres/password"
    if as_root; then
        chown -R "$(postgres_account):" "$INSTANCE/postgres"
    fi
    postgres_as "$bin/initdb" -D "$INSTANCE/postgres/data" -U postgres -E UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 --pwfile="$INSTANCE/postgres/password" \
        --no-instructions
    "${AS[@]}" >"$INSTANCE/initdb.log" 2>&1 || {
        cat "$INSTANCE/initdb.log" >&2
        die "initdb failed"
    }
    free_port >"$INSTANCE/postgres.port"
}

# Where clients find it. A unix socket's path may have 107 bytes: in a deep checkout it is TCP.
postgres_conninfo() {
    local role=$1 database=$2 port
    port=$(<"$INSTANCE/postgres.port")
    if postgres_has_socket; then
        printf 'host=%s port=%s user=%s dbname=%s\n' "$INSTANCE/postgres" "$port" "$role" "$database"
    else
        postgres_conninfo_tcp "$role" "$database"
    fi
}

postgres_conninfo_tcp() {
    printf 'host=127.0.0.1 port=%s user=%s password=%s dbname=%s\n' \
        "$(<"$INSTANCE/postgres.port")" "$1" "$(<"$INSTANCE/postgres/password")" "$2"
}

postgres_has_socket() {
    local path="$INSTANCE/postgres/.s.PGSQL.00000"
    [ "${#path}" -lt 100 ] && [[ $path != *[[:space:]\'\\]* ]]
}

# Settings of this run's server besides those below.
POSTGRES_SETTINGS=()

postgres_start() {
    local sockets=
    postgres_has_socket && sockets=$INSTANCE/postgres
    postgres_as "$(postgres_bin)/postgres" -D "$INSTANCE/postgres/data" \
        -c "port=$(<"$INSTANCE/postgres.port")" -c listen_addresses=127.0.0.1 \
        -c "unix_socket_directories=$sockets" -c max_connections=200 -c shared_buffers=256MB \
        -c max_wal_size=2GB -c log_min_messages=warning "${POSTGRES_SETTINGS[@]}"
    process_start postgres "${AS[@]}"
}

postgres_await() {
    local tries=600
    while ! postgres_sql "select 1" >/dev/null 2>&1; do
        process_alive postgres || {
            process_log_tail postgres
            return 1
        }
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# postgres_sql SQL ...: as the superuser.
postgres_sql() {
    local sql commands=()
    for sql in "$@"; do commands+=(-c "$sql"); done
    psql -X -q -A -t -v ON_ERROR_STOP=1 \
        -d "$(postgres_conninfo postgres postgres)" "${commands[@]}"
}

postgres_fill() {
    postgres_sql \
        "create role jobtrail login createdb createrole password '$(<"$INSTANCE/postgres/password")'" \
        "create database jobtrail owner jobtrail"
}

postgres_stop() { process_signal postgres INT; }
