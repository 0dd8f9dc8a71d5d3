# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev up and ./dev down, and the servers of demo and test, which are instances of their own.

help_up() {
    cat <<'TEXT'
Usage: ./dev up [--registry] [--embedded]

Starts a private PostgreSQL and Apache Kafka on free ports of the loopback, with the topics
of jobtrail, in the background, and prints the settings:

  eval "$(./dev up)"          now jobtrail finds them

Run again it prints the same settings. Each fresh start begins empty.

  --registry   also a schema registry
  --embedded   instead of Kafka a small program that only plays Kafka and forgets
TEXT
}

help_down() {
    cat <<'TEXT'
Usage: ./dev down

Ends the servers that ./dev up started, and removes their data.
TEXT
}

cmd_up() {
    local registry=no embedded=no
    while [ $# -gt 0 ]; do
        case $1 in
        --registry) registry=yes ;;
        --embedded) embedded=yes ;;
        *) die "up does not know '$1'; see ./dev up --help" ;;
        esac
        shift
    done
    INSTANCE=$ROOT/.dev/up
    if servers_run; then
        if [ "$registry" = yes ] && ! process_alive registry; then
            die "servers without a registry are up; ./dev down first"
        fi
    else
        install_groups build run
        servers_start "$ROOT/.dev/up" "$registry" "$embedded"
    fi
    cat "$INSTANCE/env"
}

cmd_down() {
    [ $# -eq 0 ] || die "down takes no arguments"
    if [ ! -d "$ROOT/.dev/up" ]; then
        say "nothing is up"
        return 0
    fi
    servers_stop "$ROOT/.dev/up"
}

# servers_run: whether the servers of $INSTANCE all run.
servers_run() { [ -f "$INSTANCE/env" ] && process_alive postgres && process_alive kafka; }

# servers_start FOLDER REGISTRY EMBEDDED: all of them at once, then waits until each answers.
# If that fails or is interrupted nothing stays. The caller sources FOLDER/env.
servers_start() {
    local registry=$2 embedded=$3 began=$SECONDS
    local outlive=$TEMPORARY
    servers_stop "$1"
    INSTANCE=$1
    TEMPORARY=$1
    mkdir -p "$INSTANCE"
    if [ "$embedded" = no ] && ! kafka_possible; then
        say "Apache Kafka cannot be had here: using the embedded broker, which forgets"
        embedded=yes
    fi
    if [ "$registry" = yes ]; then
        registry_possible || die "the schema registry cannot be had here"
        registry_start
    fi
    # The Java machine warms up while initdb works.
    if [ "$embedded" = yes ]; then embedded_start; else kafka_begin; fi
    postgres_create
    postgres_start
    [ "$embedded" = yes ] || kafka_finish
    postgres_await || die "PostgreSQL did not start, see $INSTANCE/postgres.log"
    postgres_fill
    [ "$registry" = no ] || registry_await 60 || die "the schema registry did not start"
    servers_env >"$INSTANCE/env"
    TEMPORARY=$outlive
    say "PostgreSQL and Kafka answer after $((SECONDS - began)) s"
}

kafka_begin() {
    rm -rf "$INSTANCE/kafka" "$INSTANCE/kafka.log"
    kafka_create || die "Kafka's storage could not be made"
    kafka_start
}

# Another process may have taken a port between its choice and its use: then try again.
kafka_finish() {
    local tries
    for tries in 1 2 3; do
        if kafka_await_alive; then return 0; fi
        process_await_end kafka 5
        [ "$tries" = 3 ] || kafka_begin
    done
    process_log_tail kafka
    die "Kafka did not start after $tries tries, see $INSTANCE/kafka.log"
}

kafka_await_alive() {
    local attempts
    for attempts in {1..30}; do
        if kafka_await 2 2>"$INSTANCE/kafka.wait"; then return 0; fi
        process_alive kafka || return 1
        [ "$((attempts % 5))" -gt 0 ] || say "Kafka is not up yet, waiting: $(<"$INSTANCE/kafka.wait")"
    done
    return 1
}

# The settings of jobtrail, then (DEV_...) what tests and people may want besides.
servers_env() {
    setting JOBTRAIL_POSTGRES_CONNINFO "$(postgres_conninfo jobtrail jobtrail)"
    setting JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS "$(<"$INSTANCE/kafka.bootstrap")"
    [ ! -f "$INSTANCE/registry.port" ] || setting JOBTRAIL_SCHEMA_REGISTRY_URL "$(registry_url)"
    setting DEV_POSTGRES_ADMIN "$(postgres_conninfo postgres postgres)"
    setting DEV_POSTGRES_TCP "$(postgres_conninfo_tcp jobtrail jobtrail)"
    [ ! -f "$INSTANCE/kafka.link" ] || setting DEV_KAFKA_LINK "$(<"$INSTANCE/kafka.link")"
    setting DEV_SERVERS "$INSTANCE"
}

setting() { printf 'export %s=%s\n' "$1" "${2@Q}"; }

# servers_stop FOLDER: ends what runs there and removes it.
servers_stop() {
    local name
    INSTANCE=$1
    [ -d "$INSTANCE" ] || return 0
    postgres_stop
    kafka_stop
    registry_stop
    process_signal jobtrail TERM
    process_signal emit TERM
    process_signal issuer TERM
    for name in emit jobtrail issuer kafka registry postgres; do process_await_end "$name" 15; done
    rm -rf "$INSTANCE"
}
