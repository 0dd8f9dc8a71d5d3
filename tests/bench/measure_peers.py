# SPDX-License-Identifier: Apache-2.0
"""Jobtrail beside what others wrote for the same work: the same topic, server and indexes, by turns."""
import os
import statistics
import subprocess
import time
from functools import partial
from types import SimpleNamespace

from contestants import GoTurn, JobtrailTurn
from parts import (PARTITIONS, Database, Wrong, cpu_seconds, family_cpu_seconds, fill_topic, kafka_pid,
                   made_how, make_topic, peak_mib, superuser, tool)
from projected import watch
from sinks import DebeziumTurn, FlinkTurn, make_states

HEADER = (f"{'':18}{'events/s':>10}{'whole s':>9}{'CPU own':>9}{'PostgreSQL':>12}{'Kafka':>8}"
          f"{'peak MiB':>10}{'WAL MiB':>9}{'load':>7}  rows")


def measure_peers(arguments, binaries):
    contestants = contestants_of(arguments, binaries)
    print(f"peers: {arguments.events:,} events, {arguments.open:,} jobs open, {PARTITIONS} partitions"
          f"{made_how(arguments)}; whoever measures, PostgreSQL and Kafka on"
          f" {len(os.sched_getaffinity(0))} cores. CPU in seconds.")
    print(HEADER, flush=True)
    results = {name: [] for name in contestants}
    alone = []
    for number in range(arguments.rounds):
        feed = fill(arguments)
        for name, result in turns(feed, contestants, number).items():
            results[name].append(result)
        alone.append(read_alone(arguments, feed))
        print(alone_row(f"round {number + 1} only read", alone[-1]), flush=True)
    for name, rounds in results.items():
        print(row(f"median {name}", {key: statistics.median(each[key] for each in rounds)
                                     for key in rounds[0]}))
    print(alone_row("median only read", statistics.median(alone)))
    if any(each["wrong"] for rounds in results.values() for each in rounds):
        raise Wrong("not all rows are right")


def contestants_of(arguments, binaries):
    """What makes a turn of each, by its name."""
    names = ["Jobtrail"] if len(binaries) == 1 else [f"Jobtrail {letter}" for letter in "ABCDEFGH"]
    made = {name: partial(JobtrailTurn, arguments, binary) for name, binary in zip(names, binaries)}
    made["Go"] = partial(GoTurn, arguments)
    if arguments.peer_debezium:
        made["Debezium"] = partial(DebeziumTurn, arguments)
    if arguments.peer_flink:
        made["Flink"] = partial(FlinkTurn, arguments)
    return made


def turns(feed, contestants, number):
    """One round: topics that everybody reads, a database for each. Who begins changes."""
    names = list(contestants)
    first = number % len(names)
    results, rows = {}, {}
    for name in names[first:] + names[:first]:
        results[name], rows[name] = turn(contestants[name], feed)
    for name in names:
        # Jobtrail's rows were held against what was sent; the others' are held against those.
        results[name]["wrong"] = len(rows[names[0]] ^ rows[name])
        print(row(f"round {number + 1} {name}", results[name]), flush=True)
    return {name: results[name] for name in names}


def fill(arguments):
    """A topic of events, where sinks are measured one of states as well, and what was sent."""
    feed = SimpleNamespace(topic=make_topic(arguments))
    feed.sent = fill_topic(arguments, feed.topic)
    if arguments.peer_debezium or arguments.peer_flink:
        feed.states = make_states(arguments, feed.topic, feed.sent)
    return feed


def turn(make, feed):
    """What was measured, and the rows."""
    events = feed.sent["events"]
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        process = make(feed, database)
        process.prepare()
        if "DEV_POSTGRES_ADMIN" in os.environ:
            superuser("checkpoint")  # so that no turn pays for what was before
        with process:
            before, began = spent(database), time.monotonic()
            first, last, skipped = watch(process.written, [process], events)
            after = spent(database)
            result = {
                "rate": (events - skipped) / (last - first) if last > first else 0,
                "whole": last - began,
                "own": cpu_seconds(process.pid),
                **{kind: after[kind] - before[kind] for kind in after},
                "peak": peak_mib(process.pid),
                "load": os.getloadavg()[0],
            }
            process.settle()
        return result, process.rows()


def read_alone(arguments, feed):
    """CPU seconds of our consumer, if it only reads: nothing of ours is below that."""
    read = subprocess.run([tool(arguments, "bench/bench_reading"), feed.topic, str(feed.sent["events"])],
                          check=True, stdout=subprocess.PIPE, text=True)
    return float(read.stdout)


def alone_row(name, own):
    return f"{name:37}{own:>9.2f}"


def spent(database):
    kafka = kafka_pid()
    return {"postgres": family_cpu_seconds(database.postmaster),
            "kafka": cpu_seconds(kafka) if kafka else float("nan"),
            "wal": int(database.psql.one(
                "select pg_current_wal_insert_lsn() - '0/0'").split(".")[0]) / (1 << 20)}


def row(name, result):
    return (f"{name:18}{result['rate']:>10,.0f}{result['whole']:>9.1f}{result['own']:>9.2f}"
            f"{result['postgres']:>12.2f}{result['kafka']:>8.2f}{result['peak']:>10.1f}"
            f"{result['wal']:>9.1f}{result['load']:>7.1f}  "
            + (f"{result['wrong']:,.0f} differ" if result["wrong"] else "right"))
