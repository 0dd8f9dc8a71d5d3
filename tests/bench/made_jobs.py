# SPDX-License-Identifier: Apache-2.0
"""Fills a table with jobs that came before anything is measured (lists.sql)."""
import concurrent.futures
import os
import pathlib
import subprocess
import time

MADE_AT_ONCE = 250_000
LARGE_JOBS = 1_000_000  # of the large organisation, or half of all where that is fewer
OPEN_SHARE = 500        # of so many jobs one waits or runs
HERE = pathlib.Path(__file__).parent


def make_jobs(arguments, database):
    """What lists are asked about: --jobs in jobtrail's table, the newest of them still open."""
    make(database, "jobtrail_p1", arguments.jobs, arguments.organizations, arguments.jobs // OPEN_SHARE)
    count_jobs(database)
    large = database.psql.one("select sum(n) from jobtrail_p1.job_count where organization_id = 'large'")
    print(f"{int(large):,} jobs of the large organisation", flush=True)


def make_full(arguments, database):
    """--full jobs in jobtrail's table, which have all ended."""
    if arguments.full:
        make(database, "jobtrail_p1", arguments.full, arguments.organizations, 0)
        count_jobs(database)


def make_peer_full(arguments, database):
    """The same in a peer's table."""
    if arguments.full:
        run_sql(database.conninfo, "peers/full.sql")
        make(database, "public", arguments.full, arguments.organizations, 0)


def make(database, schema, jobs, organizations, still_open):
    """Without indexes, which are built afterwards as they were."""
    ask, table = database.psql.ask, f"{schema}.job"
    began = time.monotonic()
    indexes = [line.split("|") for line in ask(
        f"select indexname, indexdef from pg_indexes where schemaname = '{schema}' and tablename = 'job'"
        " and indexname <> 'job_pkey'")]
    key = database.psql.one("select pg_get_constraintdef(oid) from pg_constraint"
                            f" where conname = 'job_pkey' and conrelid = '{table}'::regclass")
    for name, _ in indexes:
        ask(f"drop index {schema}.{name}")
    ask(f"alter table {table} drop constraint job_pkey")
    make_rows(database.conninfo, {"jobs": jobs, "open": still_open, "others": max(organizations - 1, 1),
                                  "now": int(time.time()), "share": max(jobs // LARGE_JOBS, 2)})
    print(f"  {jobs:,} jobs after {time.monotonic() - began:.0f} s; indexes", flush=True)
    ask("set maintenance_work_mem = '512MB'")
    ask(f"alter table {table} add constraint job_pkey {key}")
    for _, definition in indexes:
        ask(definition)
    ask(f"vacuum analyze {table}")
    size = int(database.psql.one(f"select pg_total_relation_size('{table}') / 1048576"))
    print(f"{jobs:,} jobs of {organizations:,} organisations, {size:,} MiB, made in"
          f" {time.monotonic() - began:.0f} s", flush=True)


def make_rows(conninfo, variables):
    """A part at a time, as many at once as there are cores."""
    jobs = variables["jobs"]

    def make_part(first):
        last = min(first + MADE_AT_ONCE - 1, jobs)
        run_sql(conninfo, "lists.sql", first=first, last=last, **variables)
        return last

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, last in enumerate(pool.map(make_part, range(1, jobs + 1, MADE_AT_ONCE)), 1):
            if number % 4 == 0:
                print(f"  {last:,} of {jobs:,} jobs", flush=True)


def run_sql(conninfo, file, **variables):
    command = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f", HERE / file]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    subprocess.run(command, check=True)


def count_jobs(database):
    """Jobtrail's totals of jobs that it did not project."""
    database.psql.ask("insert into jobtrail_p1.job_count (n, shard, status, organization_id, type)"
                      " select count(*), 0, status, organization_id, type from jobtrail_p1.job group by 3, 4, 5")
    database.psql.ask("analyze jobtrail_p1.job_count")
