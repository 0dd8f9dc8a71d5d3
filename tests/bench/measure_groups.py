# SPDX-License-Identifier: Apache-2.0
"""How one group's processes share topics: the same events by one process and by several."""
import contextlib
import os
import re
import signal
import statistics
import time
import urllib.request

from parts import (POLL_SECONDS, START_SECONDS, Database, Jobtrail, Wrong, cpu_seconds,
                   family_cpu_seconds, fill_topic, kafka_pid, make_topic, peak_mib, superuser)
from projected import check, events_of, watch

PARTITIONS = 6  # of all topics together
SHAPES = (1, 1), (1, 2), (1, 3), (3, 1), (3, 3)  # topics, processes


def measure_groups(arguments, binary, row, header):
    print(f"groups: {arguments.events:,} events in {PARTITIONS} partitions of one topic or of three,"
          f" by the processes of one group, all on {len(os.sched_getaffinity(0))} cores together with"
          " PostgreSQL and Kafka. CPU in seconds, of all processes of a kind; medians of"
          f" {arguments.rounds}; peak MiB of the largest process.")
    print(header, flush=True)
    for topics, processes in SHAPES:
        rounds = [share(arguments, binary, topics, processes)
                  for _ in range(arguments.rounds)]
        median = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        print(row(f"{topics} / {processes}", median), flush=True)


def share(arguments, binary, topic_count, process_count):
    """One round: a dictionary of what it measured. The processes share out the partitions first, and
    stand still while the topics are filled."""
    topics = [make_topic(arguments, partitions=PARTITIONS // topic_count) for _ in range(topic_count)]
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database, contextlib.ExitStack() as stack:
        group = [Jobtrail(arguments, binary, ",".join(topics), database,
                          JOBTRAIL_KAFKA_GROUP_ID=topics[0]) for _ in range(process_count)]
        for process in group:
            stack.enter_context(process)
        await_shared(group)
        signal_all(group, signal.SIGSTOP)
        try:
            sent = [fill_topic(arguments, topic, arguments.events // topic_count, arguments.seed + place,
                               PARTITIONS // topic_count) for place, topic in enumerate(topics)]
            if "DEV_POSTGRES_ADMIN" in os.environ:
                superuser("checkpoint")
            before = spent(group, database)
        finally:
            signal_all(group, signal.SIGCONT)
        began = time.monotonic()
        events = sum(each["events"] for each in sent)
        first, last, skipped = watch(lambda: events_of(database), group, events)
        after = spent(group, database)
        result = {
            "rate": (events - skipped) / (last - first) if last > first else 0,
            "whole": last - began,
            **{kind: after[kind] - before[kind] for kind in after},
            "peak": max(peak_mib(process.pid) for process in group),
            "load": os.getloadavg()[0],
        }
        check(database, {"statuses": sum_of(each["statuses"] for each in sent)})
        return result


def signal_all(group, number):
    for process in group:
        os.kill(process.pid, number)


def spent(group, database):
    kafka = kafka_pid()
    return {"ours": sum(cpu_seconds(process.pid) for process in group),
            "postgres": family_cpu_seconds(database.postmaster),
            "kafka": cpu_seconds(kafka) if kafka else float("nan")}


def sum_of(counts):
    total = {}
    for each in counts:
        for status, count in each.items():
            total[status] = total.get(status, 0) + count
    return total


def await_shared(group):
    """Until each has its share of the partitions, and has started all of it."""
    wanted = sorted(len(range(place, PARTITIONS, len(group))) for place in range(len(group)))
    deadline = time.monotonic() + START_SECONDS * 2
    while sorted(owned(process) for process in group) != wanted:
        if time.monotonic() > deadline:
            raise Wrong("the processes did not share out the partitions in time")
        time.sleep(POLL_SECONDS)
    time.sleep(1)  # what was given has started by then


def owned(process):
    """How many partitions it says that it has; -1: it does not say yet."""
    process.check_alive()
    port = re.search(r"admin_port=(\d+)", process.logged())
    with contextlib.suppress(OSError, TypeError):
        text = urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/metrics", timeout=1).read().decode()
        told = re.search(r'^jobtrail_partitions\{role="projection"\} (\S+)$', text, re.MULTILINE)
        return int(float(told[1]))
    return -1
