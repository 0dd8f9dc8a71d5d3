# SPDX-License-Identifier: Apache-2.0
"""A pooler between: one that gives each transaction another session is refused before anything stays
behind in its sessions; one that gives each connection a session of its own is as good as none."""
import contextlib
import threading

import psycopg
import pytest

from jobtrail_process import run_jobtrail
from needs import need
from own_pooler import OwnPooler
from own_postgres import OwnPostgres
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World

# What of ours a session that is not ours alone must not have.
LEFT_BEHIND = """
select current_setting('search_path') || ' ' || current_setting('synchronous_commit') || ' '
       || current_setting('statement_timeout') || ' ' || current_setting('enable_seqscan') || ' '
       || (select count(*) from pg_prepared_statements) || ' '
       || (select count(*) from pg_locks where locktype = 'advisory') || ' '
       || (select count(*) from pg_listening_channels())"""
UNTOUCHED = '"$user", public on 0 on 0 0 0'


@pytest.fixture(name="pooled")
def fixture_pooled():
    """pooled(pool_mode) is a migrated world with a pooler before it, and the pooler."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    server = OwnPostgres().start()
    world = World(server.conninfo)
    run_jobtrail(world.settings(), "migrate")
    poolers = []

    def pooled(mode, **more):
        poolers.append(OwnPooler(server, mode, **more).start())
        return world, {**world.settings(), "postgres.conninfo": psycopg.conninfo.make_conninfo(
            poolers[-1].conninfo, dbname=world.name)}

    yield pooled
    for pooler in poolers:
        pooler.stop()
    world.close()
    server.remove()


def assert_nothing_stays(through, mode, sessions):
    """In none of the sessions that the pooler has; an open transaction keeps one, where it can be."""
    with contextlib.ExitStack() as stack:
        for _ in range(sessions):
            other = stack.enter_context(psycopg.connect(
                through, autocommit=mode == "statement", prepare_threshold=None))
            assert other.execute(LEFT_BEHIND).fetchone()[0] == UNTOUCHED


@contextlib.contextmanager
def others_at_work(conninfo, count=4):
    """Others use the pooler all the time, so that sessions change hands."""
    ended = threading.Event()

    def work():
        with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as other:
            while not ended.is_set():
                other.execute("select pg_sleep(0.001)")

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("mode, size", (("transaction", 20), ("transaction", 1), ("statement", 20)))
def test_one_that_changes_sessions_is_refused(pooled, launch, mode, size):
    world, settings = pooled(mode, pool_size=size)
    through = settings["postgres.conninfo"]
    # Some sessions lie ready, so that not each question finds the same one.
    several = [psycopg.connect(through) for _ in range(min(size, 3))]
    if mode == "transaction":
        for each in several:
            each.execute("select 1")
    for each in several:
        each.close()
    running = launch(settings)
    assert running.process.wait(60) == 1, running.log_text()
    assert "use its session mode" in running.log_text() and "migrate" not in running.log_text()
    assert_nothing_stays(through, mode, min(size, 12))
    # One that is set up rightly is not in its way.
    running = launch(world.settings()).wait_ready()
    wait_until(lambda: "this process publishes now" in running.log_text(), "its relay has the lock")
    running.stop()


def test_one_that_changes_sessions_is_refused_while_others_use_it(pooled, launch):
    _, settings = pooled("transaction")
    with others_at_work(settings["postgres.conninfo"]):
        for _ in range(5):
            running = launch(settings)
            assert running.process.wait(60) == 1, running.log_text()
            assert "use its session mode" in running.log_text()
            assert "publishes now" not in running.log_text(), running.log_text()
    assert_nothing_stays(settings["postgres.conninfo"], "transaction", 12)


@pytest.mark.parametrize("size", (20, 9))
def test_one_that_keeps_sessions_apart_is_as_good_as_none(pooled, serve, size):
    """Also when it has no session to spare, beside those that the service holds."""
    world, settings = pooled("session", pool_size=size)
    running = serve(settings)
    world.produce("events", stories(range(20)))
    wait_for_equal(lambda: statuses(world), {"successful": 20}, "20 jobs are there")
    wait_until(lambda: "this process publishes now" in running.log_text(), "its relay has the lock")
    assert run_jobtrail(settings, "positions", "list")
    running.stop()
