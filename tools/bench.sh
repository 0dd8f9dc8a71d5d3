# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev bench: how fast, at what cost and how fresh, on two cores with the servers beside it.

help_bench() {
    cat <<'TEXT'
Usage: ./dev bench [OPTIONS]
       ./dev bench peers [OPTIONS]
       ./dev bench storm [OPTIONS]
       ./dev bench operate [OPTIONS]
       ./dev bench instructions [--open N] [--events N] [--keep FOLDER]

peers measures jobtrail beside what others have for the same work, by turns, on the same topic and
server, with the same indexes and a database for each (tests/bench/peers): a consumer written by hand
in Go (franz-go, hamba/avro, COPY and an upsert guarded against what is older), and two sinks that fold
nothing and so get a topic with all of a row after each event: Debezium's JDBC sink in Kafka Connect and
Flink's in a Flink of one process. It prints for each turn and as the median events/s, CPU (with a
program's start), the most memory, MiB of WAL, and whether all rows are as they must be. It needs Go 1.26
on the PATH, and javac; --rounds, --events, --open, --spread, --shuffle, --full, --seed, --set and --jobtrail
are as below. --no-sinks leaves both sinks out. So do --spread and --shuffle, for a sink writes older states
over newer ones where a job's events are not in order, and --full, for how far a sink is is seen by a walk
of its table. Last it tells what CPU our consumer takes for the same topic if it only reads.

storm has 100 members of one organisation do their worst within their limits, each way alone and then
all of them, and prints what another organisation's lists and news take meanwhile, what memory jobtrail
needs, and which of these stay within their bounds; then a thousand readers of the live stream come back
at once.

operate projects --events, verifies them, changes a thousand jobs and fifty totals at random, wants each of
them found, and rebuilds. Then it makes a table of --jobs, rebuilds it and lets a tenth of it leave by
retention, each while events come at --write-rate, --stream-clients follow the live stream and lists are
asked for, and prints what these took before and meanwhile.

instructions counts, under valgrind and without any server, how many instructions of ours an event takes
from its Avro bytes to PostgreSQL's parameters: what a busy machine does not change.

The first line builds the release, starts a PostgreSQL and Kafka of its own (or uses those that the
environment names, see ./dev up), projects a made stream of 1,000,000 events, and prints for
each round and as the median

  events/s      from the first batch to the last
  whole s       from the start of jobtrail until all is projected
  CPU           seconds of jobtrail, of all processes of PostgreSQL, and of Kafka
  peak MiB      most memory that jobtrail held
  load          of the machine, for other work makes every figure worse

then, with a slow stream, the time from the producer's acknowledgement of an event to its row
being visible on another connection; while a million events are caught up with, the time from a
cancel request's acknowledgement to its command being read; with a thousand readers of the live
stream, the time from an event's acknowledgement to its job's creator being told, and what the
readers cost in memory; and how long lists of jobs take while 20,000 events a second are projected.
--only groups projects one topic, and three, by 1, 2 and 3 processes of one group. --only emitter measures what
a call of libjobtrail's emitter costs who makes it, and how many events a second it brings into Kafka, by turns
with librdkafka alone.
On a machine with more than two cores it all runs on two of them.

  --rounds N         default 3            --events N      default 1000000
  --workers N        of jobtrail          --open N        jobs open at a time
  --spread           any partition for any event, instead of by job
  --shuffle N        each event is any of the stream's next N, in no order; with --spread as well
                     it is any event in any partition
  --full N           N other jobs, all ended, are in the table before; of throughput and peers
  --set NAME=VALUE   an option of jobtrail serve
  --statements       what each statement cost PostgreSQL
  --jobtrail FILE    this binary; several are measured in turns, to compare them
  --stream-clients N default 1000         --stream-rate N  events a second, default 5000
  --jobs N           of lists             --organizations N
  --write-rate N     events a second projected beside lists, default 20000; 0: none
  --replica          lists and freshness are read from a streaming replica made for it
  --storm-seconds N  of each storm, default 20; --storm-kind TEXT: only those with TEXT in their name
  --storm-readers N  who come back at once, default 1000
  --only throughput|freshness|cancel|live|lists|groups|operate|peers|storm|emitter
TEXT
}

cmd_bench() {
    if [ "${1:-}" = instructions ]; then
        shift
        install_groups build unit
        build_preset release
        run tests/bench/instructions build/release/bench/bench_projection "$@"
        return
    fi
    if [ "${1:-}" = storm ] || [ "${1:-}" = operate ]; then
        set -- --only "$@"
    fi
    install_groups build run kafka
    build_preset release
    local registry=no
    if [ "${1:-}" = peers ]; then
        shift
        bench_with_peers "$@"
        set -- --only peers "${BENCH_PEERS[@]}"
        [[ " $* " != *" --peer-debezium "* ]] || registry=yes
    fi
    bench_on_two_cores
    if [ -z "${JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        kafka_possible || die "the benchmark needs Apache Kafka, which cannot be had here"
        servers_start "$ROOT/.dev/bench" "$registry" no
        # shellcheck disable=SC2034 # ended with the script, tools/process.sh
        TEMPORARY=$ROOT/.dev/bench
        bench_postgres_statistics
        # shellcheck source=/dev/null
        . "$INSTANCE/env"
    fi
    run tests/bench/run "$@"
}

# bench_with_peers OPTION ...: fills BENCH_PEERS with these, and with where the programs are that they
# ask for.
bench_with_peers() {
    local go plugins flink sinks=yes
    BENCH_PEERS=()
    while [ $# -gt 0 ]; do
        case $1 in
        --no-sinks) sinks=no ;;
        --spread | --shuffle* | --full*) sinks=no BENCH_PEERS+=("$1") ;;
        *) BENCH_PEERS+=("$1") ;;
        esac
        shift
    done
    go=$(peer_go)
    BENCH_PEERS+=(--peer-go "$go")
    [ "$sinks" = yes ] || return 0
    plugins=$(peer_debezium) || die "Debezium cannot be had here; --no-sinks leaves it out"
    BENCH_PEERS+=(--peer-debezium "$CACHE/kafka-$KAFKA_VERSION/libs" "$plugins")
    flink=$(peer_flink) || die "Flink cannot be had here; --no-sinks leaves it out"
    mapfile -t flink <<<"$flink"
    BENCH_PEERS+=(--peer-flink "${flink[@]}")
}

# This shell and all that it starts.
bench_on_two_cores() {
    local cores
    cores=$(taskset -pc $$)
    mapfile -t cores < <(bench_list_cores "${cores##*: }")
    [ ${#cores[@]} -le 2 ] || taskset -pc "${cores[0]},${cores[1]}" $$ >/dev/null
}

# bench_list_cores LIST: "0,2-4" as one number a line.
bench_list_cores() {
    local part
    for part in ${1//,/ }; do seq "${part%-*}" "${part#*-}"; done
}

# What --statements reads must be loaded when the server starts.
bench_postgres_statistics() {
    postgres_sql "alter system set shared_preload_libraries = 'pg_stat_statements'"
    postgres_stop
    process_await_end postgres 15
    postgres_start
    postgres_await || die "PostgreSQL did not start again, see $INSTANCE/postgres.log"
}
