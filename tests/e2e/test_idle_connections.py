# SPDX-License-Identifier: Apache-2.0
"""Connections that the server ends, while they are idle or while they are asked something, cost no
member an answer; limits of the role that it connects as are none of the service's."""
import threading

import psycopg
import pytest

from asking import created, now_us
from http_api import Api
from stories import statuses, stories
from waiting import wait_for_equal, wait_until

READERS = "application_name like 'http%'"


@pytest.fixture(name="api")
def fixture_api(migrated, serve, tmp_path):
    mine = Api(tmp_path)
    mine.world = migrated
    mine.serve = serve(mine.settings(migrated.settings()))
    migrated.produce("events", [created(f"a{n}", occurred_at=now_us() - 10_000_000 + n) for n in range(3)])
    wait_until(migrated.is_caught_up, "all is projected")
    mine.ada = mine.member("ada", "Manager")
    wait_until(lambda: "Jobtrail-As-Of" in mine.ada.get("/jobs").headers, "it has caught up once")
    return mine


def end_sessions(world, which="true", wait_ms=0):
    """How many. Without a wait some may still be ending."""
    return world.rows(f"select count(pg_terminate_backend(pid, {wait_ms})) as n from pg_stat_activity"
                      f" where datname = current_database() and pid <> pg_backend_pid() and {which}")[0]["n"]


def test_sessions_that_were_ended_while_idle_cost_no_answer(api):
    for number in range(3):
        assert end_sessions(api.world, READERS) > 0
        # Each of the threads that answer has a connection of its own.
        assert [api.ada.get("/jobs").status_code for _ in range(8)] == [200] * 8
        end_sessions(api.world, wait_ms=10_000)
        assert api.ada.ask("DELETE", f"/jobs/a{number}").status_code in (200, 202)


def test_a_session_that_is_ended_while_it_is_asked_is_asked_once_more(api):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(api.ada.get("/jobs").status_code))
    with psycopg.connect(api.world.conninfo) as other:
        other.execute("lock table jobtrail_p1.job in access exclusive mode")
        asking.start()
        wait_until(lambda: end_sessions(api.world, f"{READERS} and wait_event_type = 'Lock'"), "it is ended")
    asking.join(30)
    assert answers == [200]


def test_limits_of_the_role_are_none_of_the_services(migrated, serve):
    for setting in ("idle_session_timeout = '1s'", "row_security = off"):
        migrated.execute(f"alter role current_user in database {migrated.name} set {setting}")
    running = serve(migrated.settings())
    for jobs in (5, 10):
        migrated.produce("events", stories(range(jobs - 5, jobs)))
        wait_for_equal(lambda jobs=jobs: statuses(migrated), {"successful": jobs}, f"{jobs} jobs are there")
        with psycopg.connect(migrated.conninfo, autocommit=True) as other:
            other.execute("set idle_session_timeout = 0")
            other.execute("select pg_sleep(2)")  # longer than the role's limit
    assert "jobtrail_postgres_reconnects_total 0" in running.get("/metrics")[1]
    running.stop()
