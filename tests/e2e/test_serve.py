# SPDX-License-Identifier: Apache-2.0
"""jobtrail serve as its operators know it: started, stopped, killed, started again."""
import re

import pytest

from jobtrail_process import run_jobtrail
from outbox_rows import metric
from stories import statuses, stories, story
from waiting import wait_for_equal, wait_until

pytestmark = pytest.mark.every_postgres

RECONNECTS = "jobtrail_postgres_reconnects_total"


@pytest.mark.any_postgres
def test_migrating_twice_changes_nothing(world):
    run_jobtrail(world.settings(), "migrate")
    before = world.rows("select table_name, column_name, data_type from information_schema.columns"
                        " where table_schema like 'jobtrail%' order by 1, 2")
    run_jobtrail(world.settings(), "migrate")
    after = world.rows("select table_name, column_name, data_type from information_schema.columns"
                       " where table_schema like 'jobtrail%' order by 1, 2")
    assert before and after == before


def test_serve_refuses_an_empty_database(world, tmp_path):
    """It names the command that is missing, and ends, rather than making tables by itself."""
    from jobtrail_process import Serve
    running = Serve(world.settings(), tmp_path)
    try:
        assert running.process.wait(30) != 0
        assert "migrate" in running.log_text()
    finally:
        running.close()


@pytest.mark.any_postgres
def test_events_become_rows(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(50)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 50}, "50 jobs are successful")
    running.stop()


def test_a_kill_loses_and_repeats_nothing(migrated, serve):
    """Killed in the midst of its work again and again, it ends where it would have without."""
    jobs = 2000
    migrated.produce("events", stories(range(jobs)))
    for least in (1, jobs // 4, jobs // 2):
        running = serve(migrated.settings())
        wait_until(lambda least=least: sum(statuses(migrated).values()) >= least,
                   f"{least} jobs are seen")
        running.kill()
    running = serve(migrated.settings())
    wait_for_equal(lambda: statuses(migrated), {"successful": jobs}, f"{jobs} jobs are successful",
                   60)
    running.stop()
    assert migrated.rows("select count(*) as letters from jobtrail.dead_letter")[0]["letters"] == 0


def test_what_cannot_be_understood_is_kept(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [("a", b"nonsense", [("h", b"1")]), *story(1)])
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after it is there")
    letters = wait_until(lambda: migrated.rows("select * from jobtrail.dead_letter"),
                         "the nonsense is a dead letter")
    assert len(letters) == 1
    running.stop()


@pytest.mark.parametrize("who", ("worker-0", "gate", "relay"))
def test_a_connection_made_anew_is_counted(migrated, serve, who):
    running = serve({**migrated.settings(), "workers": 1})
    # The first it says is that it is connected, or what it does since it is.
    wait_until(lambda: f"who={who} msg=" in running.log_text(), f"{who} is connected")
    assert metric(running, RECONNECTS) == 0
    migrated.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                     f" current_database() and application_name = '{who}'")
    migrated.produce("events", story(1))  # the worker learns of its loss when it has something to write
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it goes on")
    wait_for_equal(lambda: metric(running, RECONNECTS), 1, f"{who} has connected anew")
    running.stop()


def test_how_far_it_is_behind_is_told_while_it_cannot_go_on(migrated, serve, tmp_path):
    running = serve({**migrated.settings(), "dead-letters.patience": "1h", "schema.directory": tmp_path})
    migrated.produce("events", story(1))
    for unit in ("events", "seconds"):
        wait_until(lambda unit=unit: lags(running, unit) == dict.fromkeys(range(4), 0), "all is projected")
    unknown_schema = (b"job-00001", b"\xc3\x01" + 8 * b"\x11", [])
    migrated.produce("events", [unknown_schema, *list(story(1))[:5]])
    wait_until(lambda: sorted(lags(running, "events").values()) == [0, 0, 0, 6], "six records wait")
    wait_until(lambda: [second > 0 for second in sorted(lags(running, "seconds").values())]
               == [False, False, False, True], "for a while")
    running.kill()


def lags(running, unit):
    """{partition: jobtrail_lag_UNIT}"""
    return {int(partition): float(value) for partition, value in re.findall(
        r'^jobtrail_lag_%s\{topic="[^"]+",partition="(\d+)"\} (\S+)$' % unit, running.get("/metrics")[1],
        re.MULTILINE)}
