# SPDX-License-Identifier: Apache-2.0
"""How long lists of jobs take while the projector writes into the same database."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time

from parts import POLL_SECONDS, STALL_SECONDS, Database, Jobtrail, Wrong, make_topic, tool
from projected import events_of
from replica import reading

MADE_AT_ONCE = 250_000
LARGE_JOBS = 1_000_000  # of the large organisation, or half of all where that is fewer
WARM_UP_SECONDS = 3


def measure_lists(arguments, binary):
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        topic = make_topic(arguments)
        jobtrail = Jobtrail(arguments, binary, topic, database)
        jobtrail.migrate()
        make_jobs(arguments, database)
        print(f"lists: pages of 50, while {arguments.write_rate:,} events a second are written", flush=True)
        with (jobtrail, reading(arguments, database) as where,
              writes(arguments, topic, database, jobtrail)):
            subprocess.run([tool(arguments, "bench/bench_lists"),
                            "--rounds", str(arguments.list_rounds),
                            "--seconds", str(arguments.list_seconds)],
                           env={**jobtrail.environment, "JOBTRAIL_POSTGRES_CONNINFO": where.conninfo},
                           check=True)
            jobtrail.check_alive()
            print(where.report(), end="\n" if arguments.replica else "", flush=True)


def make_jobs(arguments, database):
    """Without indexes, which are built afterwards as they were."""
    ask, jobs = database.psql.ask, arguments.jobs
    began = time.monotonic()
    indexes = ask("select indexdef from pg_indexes where schemaname = 'jobtrail_p1'"
                  " and tablename = 'job' and indexname <> 'job_pkey'")
    key = database.psql.one("select pg_get_constraintdef(oid) from pg_constraint"
                            " where conname = 'job_pkey'")
    ask("drop index jobtrail_p1.job_created, jobtrail_p1.job_created_by, jobtrail_p1.job_finished")
    ask("alter table jobtrail_p1.job drop constraint job_pkey")
    make_rows(arguments, database.conninfo)
    print(f"  {jobs:,} jobs after {time.monotonic() - began:.0f} s; indexes", flush=True)
    ask("set maintenance_work_mem = '512MB'")
    ask(f"alter table jobtrail_p1.job add constraint job_pkey {key}")
    for index in indexes:
        ask(index)
    ask("insert into jobtrail_p1.job_count (n, shard, status, organization_id, type)"
        " select count(*), 0, status, organization_id, type from jobtrail_p1.job group by 3, 4, 5")
    ask("vacuum analyze jobtrail_p1.job")
    ask("analyze jobtrail_p1.job_count")
    size = database.psql.one("select pg_total_relation_size('jobtrail_p1.job') / 1048576")
    large = database.psql.one("select sum(n) from jobtrail_p1.job_count"
                              " where organization_id = 'large'")
    print(f"{jobs:,} jobs of {arguments.organizations:,} organisations, {int(large):,} of the large one,"
          f" {int(size):,} MiB, made in {time.monotonic() - began:.0f} s", flush=True)


def make_rows(arguments, conninfo):
    """A part at a time, as many at once as there are cores."""
    jobs = arguments.jobs
    variables = {"jobs": jobs, "others": max(arguments.organizations - 1, 1), "now": int(time.time()),
                 "share": max(jobs // LARGE_JOBS, 2)}

    def make(first):
        named = {**variables, "first": first, "last": min(first + MADE_AT_ONCE - 1, jobs)}
        command = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", conninfo,
                   "-f", str(pathlib.Path(__file__).with_name("lists.sql"))]
        for name, value in named.items():
            command += ["-v", f"{name}={value}"]
        subprocess.run(command, check=True)
        return named["last"]

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, last in enumerate(pool.map(make, range(1, jobs + 1, MADE_AT_ONCE)), 1):
            if number % 4 == 0:
                print(f"  {last:,} of {jobs:,} jobs", flush=True)


@contextlib.contextmanager
def writes(arguments, topic, database, jobtrail):
    """Events come and are projected meanwhile; how many is printed at the end."""
    if not arguments.write_rate:
        yield
        return
    jobtrail.await_ready()
    process = subprocess.Popen([tool(arguments, "bench/bench_writes"), "--topic", topic,
                                "--rate", str(arguments.write_rate), "--organizations",
                                str(max(arguments.organizations - 1, 1))],
                               env=jobtrail.environment, stdout=subprocess.PIPE)
    try:
        time.sleep(WARM_UP_SECONDS)
        yield
        if process.poll() is not None:
            raise Wrong("what writes events ended too early")
        process.send_signal(signal.SIGTERM)
        sent = json.loads(process.communicate()[0])
        behind = sent["events"] - events_of(database)
        await_projected(database, jobtrail, sent["events"])
        print(f"meanwhile {sent['events'] / sent['seconds']:,.0f} events a second were sent for"
              f" {sent['seconds']:.0f} s, of which {max(behind, 0):,} were not projected at the end"
              f" (load {os.getloadavg()[0]:.1f})", flush=True)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def await_projected(database, jobtrail, events):
    """So that a round whose writes went wrong does not pass."""
    deadline = time.monotonic() + STALL_SECONDS
    while events_of(database) < events:
        jobtrail.check_alive()
        if time.monotonic() > deadline:
            raise Wrong("the events written meanwhile were not projected")
        time.sleep(POLL_SECONDS)
    if (letters := database.psql.one("select count(*) from jobtrail.dead_letter")) != "0":
        raise Wrong(f"{letters} of the events written meanwhile became dead letters")
