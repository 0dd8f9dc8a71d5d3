# SPDX-License-Identifier: Apache-2.0
"""Waiting until all is projected, and holding what stands in PostgreSQL against what was sent."""
import time

from parts import POLL_SECONDS, STALL_SECONDS, Wrong

# The jobs of the made stream: its organisations are UUIDs, those of jobs that were there before
# (lists.sql) have names that sort behind them.
STREAMED = "organization_id < 'large'"


def events_of(database):
    """How many events jobtrail has projected."""
    return int(database.psql.one(
        "select coalesce(sum(next_offset), 0) from jobtrail.source_position"))


def watch(written, processes, events):
    """Until all is projected. written() says how many events are. The times of the first and last
    look that saw progress, and what was already projected at the first."""
    first = skipped = seen = 0
    changed = time.monotonic()
    while seen < events:
        time.sleep(POLL_SECONDS)
        for process in processes:
            process.check_alive()
        now = written()
        if now > seen:
            changed = time.monotonic()
            if not seen:
                first, skipped = changed, now
            seen = now
        elif time.monotonic() - changed > STALL_SECONDS:
            raise Wrong(f"no progress for {STALL_SECONDS} s at {seen} of {events} events")
    return first, changed, skipped


def check(database, sent):
    """What stands in PostgreSQL against what was sent."""
    ask = database.psql.ask
    statuses = {status: count for status, count in sent["statuses"].items() if count}
    stored = dict(row.split("|") for row in
                  ask(f"select status, count(*) from jobtrail.job where {STREAMED} group by 1"))
    if {status: int(count) for status, count in stored.items()} != statuses:
        raise Wrong(f"jobs by status are {stored}, but should be {statuses}")
    differing = ask(f"""
        select organization_id, type, status, c.n, j.n
        from (select organization_id, coalesce(type, '') as type, status, count(*) as n
              from jobtrail.job where {STREAMED} group by 1, 2, 3) j
        full join (select * from jobtrail.job_count where {STREAMED}) c
            using (organization_id, type, status)
        where j.n is distinct from c.n limit 3""".replace("\n", " "))
    if differing:
        raise Wrong(f"the totals are not those of a recount, for example {differing}")
    incomplete = ask(f"""
        select job_id from jobtrail.job
        where {STREAMED} and (creator_id is null or started_at is null or created_at >= started_at
           or finished_at <= started_at or (status = 'successful') <> (progress = 100)
           or (status = 'failed') <> (error_code is not null))
        limit 3""".replace("\n", " "))
    if incomplete:
        raise Wrong(f"jobs are not what their events say, for example {incomplete}")
    if database.psql.one("select count(*) from jobtrail.dead_letter") != "0":
        raise Wrong("there are dead letters: " +
                    database.psql.one("select reason || ': ' || message from jobtrail.dead_letter"))
