# SPDX-License-Identifier: Apache-2.0
"""Jobtrail beside what others wrote for the same work: the same topic, server and indexes, by turns."""
import os
import statistics
import time

from contestants import GoTurn, JobtrailTurn
from parts import (PARTITIONS, Database, Wrong, cpu_seconds, family_cpu_seconds, fill_topic, kafka_pid,
                   make_topic, peak_mib, superuser)
from projected import watch

HEADER = (f"{'':18}{'events/s':>10}{'whole s':>9}{'CPU own':>9}{'PostgreSQL':>12}{'Kafka':>8}"
          f"{'peak MiB':>10}{'WAL MiB':>9}{'load':>7}  rows")


def measure_peers(arguments, binaries):
    contestants = contestants_of(arguments, binaries)
    print(f"peers: {arguments.events:,} events, {arguments.open:,} jobs open, {PARTITIONS} partitions"
          f"{', each event to any of them' if arguments.spread else ''}; whoever measures, PostgreSQL and"
          f" Kafka on {len(os.sched_getaffinity(0))} cores. CPU in seconds.")
    print(HEADER, flush=True)
    results = {name: [] for name in contestants}
    for number in range(arguments.rounds):
        for name, result in turns(arguments, contestants, number).items():
            results[name].append(result)
    for name, rounds in results.items():
        print(row(f"median {name}", {key: statistics.median(each[key] for each in rounds)
                                     for key in rounds[0]}))
    if any(each["wrong"] for rounds in results.values() for each in rounds):
        raise Wrong("not all rows are right")


def contestants_of(arguments, binaries):
    """What makes a turn of each, by its name."""
    def jobtrail(binary):
        return lambda topic, database: JobtrailTurn(arguments, binary, topic, database)

    names = ["Jobtrail"] if len(binaries) == 1 else [f"Jobtrail {letter}" for letter in "ABCDEFGH"]
    made = {name: jobtrail(binary) for name, binary in zip(names, binaries)}
    return {**made, "Go": lambda topic, database: GoTurn(arguments, topic, database)}


def turns(arguments, contestants, number):
    """One round: a topic that everybody reads, a database for each. Who begins changes."""
    topic = make_topic(arguments)
    sent = fill_topic(arguments, topic)
    names = list(contestants)
    first = number % len(names)
    results, rows = {}, {}
    for name in names[first:] + names[:first]:
        results[name], rows[name] = turn(contestants[name], topic, sent)
    for name in names:
        # Jobtrail's rows were held against what was sent; the others' are held against those.
        results[name]["wrong"] = len(rows[names[0]] ^ rows[name])
        print(row(f"round {number + 1} {name}", results[name]), flush=True)
    return {name: results[name] for name in names}


def turn(make, topic, sent):
    """What was measured, and the rows."""
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        if "DEV_POSTGRES_ADMIN" in os.environ:
            superuser("checkpoint")  # so that no turn pays for the one before
        with make(topic, database) as process:
            before, began = spent(database), time.monotonic()
            first, last, skipped = watch(process.written, [process], sent["events"])
            after = spent(database)
            result = {
                "rate": (sent["events"] - skipped) / (last - first) if last > first else 0,
                "whole": last - began,
                "own": cpu_seconds(process.pid),
                **{kind: after[kind] - before[kind] for kind in after},
                "peak": peak_mib(process.pid),
                "load": os.getloadavg()[0],
            }
        return result, process.rows(sent)


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
