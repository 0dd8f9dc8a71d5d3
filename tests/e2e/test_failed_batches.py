# SPDX-License-Identifier: Apache-2.0
"""A batch that fails while the connection lives on: it is tried again after a rest, nothing is lost,
and once it works the process is as it was before."""
import os
import re
import time

import psycopg

from stories import statuses, stories
from waiting import wait_for_equal, wait_until

REFUSE = """
create function refuse_for_now() returns trigger language plpgsql as $$
begin
    raise exception 'there is no room' using errcode = '53100';
end $$;
create trigger refuse_for_now before insert or update on jobtrail_p1.job
    execute function refuse_for_now()"""


def failed_batches(running):
    return sum(int(count) for count in re.findall(
        r'^jobtrail_batches_total\{outcome="retried"\} (\d+)$', running.get("/metrics")[1],
        re.MULTILINE))


def cpu_seconds(running):
    with open(f"/proc/{running.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def started(migrated, serve):
    """A process that has its partitions and has projected 10 jobs."""
    running = serve(migrated.settings(), "--only", "project", "--set", "workers=2")
    migrated.produce("events", stories(range(10)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 10}, "10 jobs are successful")
    return running


def assert_is_at_ease(running):
    """Ready, and not busy with nothing: a thread that spins takes a second of CPU in each."""
    wait_until(lambda: running.get("/readyz")[0] == 200, "it is ready again")
    before = cpu_seconds(running)
    time.sleep(3)
    assert cpu_seconds(running) - before < 2


def test_a_lock_that_somebody_held_for_too_long(migrated, serve):
    running = started(migrated, serve)
    with psycopg.connect(migrated.conninfo) as other:
        other.execute("lock table jobtrail_p1.job in share mode")
        migrated.produce("events", stories(range(10, 20)))
        wait_until(lambda: failed_batches(running), "the lock was waited for in vain")
        assert "LOCK_TIMEOUT" in running.log_text()
    wait_for_equal(lambda: statuses(migrated), {"successful": 20}, "20 jobs are successful")
    assert_is_at_ease(running)
    migrated.produce("events", stories(range(20, 30)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 30}, "30 jobs are successful")
    running.stop()


def test_a_statement_that_an_operator_cancelled(migrated, serve):
    running = started(migrated, serve)
    with psycopg.connect(migrated.conninfo) as other:
        other.execute("lock table jobtrail_p1.job in share mode")
        migrated.produce("events", stories(range(10, 20)))
        wait_until(lambda: other.execute(
            "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database()"
            " and wait_event_type = 'Lock'").fetchall(), "a worker waits for the lock")
        wait_until(lambda: failed_batches(running), "a batch has failed")
    wait_for_equal(lambda: statuses(migrated), {"successful": 20}, "20 jobs are successful")
    assert_is_at_ease(running)
    running.stop()


def test_a_server_without_room_is_not_asked_over_and_over(migrated, serve):
    running = started(migrated, serve)
    migrated.execute(REFUSE)
    migrated.produce("events", stories(range(10, 20)))
    wait_until(lambda: failed_batches(running), "a batch has failed")
    time.sleep(3)
    # Doubling from 100 ms there are half a dozen of each worker; without a rest there were a hundred.
    assert failed_batches(running) < 40
    migrated.execute("drop trigger refuse_for_now on jobtrail_p1.job")
    wait_for_equal(lambda: statuses(migrated), {"successful": 20}, "20 jobs are successful")
    assert_is_at_ease(running)
    assert migrated.rows("select count(*) as letters from jobtrail.dead_letter")[0]["letters"] == 0
    running.stop()


def test_a_record_that_is_refused_even_as_a_dead_letter(migrated, serve):
    """By somebody's constraint: no event is given up for it, and the service says what to take away."""
    running = started(migrated, serve)
    migrated.execute("alter table jobtrail.dead_letter add constraint no_more check (false) not valid")
    migrated.produce("events", [("key", b"nonsense", []), *stories(range(10, 20))])
    assert running.process.wait(60) == 1, running.log_text()
    assert "ALTER TABLE jobtrail.dead_letter DROP CONSTRAINT" in running.log_text()
    assert "no_more" in running.log_text()
    migrated.execute("alter table jobtrail.dead_letter drop constraint no_more")
    running = serve(migrated.settings(), "--only", "project", "--set", "workers=2")
    wait_for_equal(lambda: statuses(migrated), {"successful": 20}, "20 jobs are successful")
    wait_for_equal(lambda: migrated.rows("select count(*) as letters from jobtrail.dead_letter")[0]["letters"], 1,
                   "the other worker keeps it as a dead letter")
    assert_is_at_ease(running)
    running.stop()
