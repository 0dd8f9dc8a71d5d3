# SPDX-License-Identifier: Apache-2.0
"""Random sets of events on any partition, while processes and servers die: the rows are those of the
naive fold, the totals equal a recount, and nothing is a dead letter."""
import os
import signal

import pytest

from jobtrail_process import Serve, run_jobtrail
from own_postgres import OwnPostgres
from stories import send_random_events
from waiting import wait_until
from world import micros

# What a batch goes through (see FAULT_POINT in service/), and at which passes the process dies there.
FAULTS = {"consumed": (1, 1), "decoded": (7, 300), "folded": (7, 300), "begin": (1, 2),
          "positions_move": (1, 2), "rows_insert": (1, 2), "rows_update": (1, 2),
          "counts_add": (1, 2), "transaction_deadline": (1, 2), "commit": (1, 2), "committed": (1, 2)}
HISTORY = ("set", "rank", "kind", "event_id", "attempt", "occurred_at", "message", "type",
           "creator_id", "error_code", "command_id")


def projected(world, prefix=""):
    """The rows as they stand of jobs whose ids begin like that, in the form of the expected ones."""
    rows = {}
    like = prefix + "%"
    for row in world.rows("select * from jobtrail.job where job_id like %s", (like,)):
        row = {name: micros(value) if name.endswith("_at") else value
               for name, value in row.items()}
        del row["organization_id"]
        rows[row["job_id"]] = {**row, "history": []}
    for entry in world.rows("select * from jobtrail.job_history where job_id like %s order by job_id, case set"
                            " when 'creation' then 1 when 'start' then 2 else 3 end, rank", (like,)):
        entry["occurred_at"] = micros(entry["occurred_at"])
        for name in ("event_id", "command_id"):
            entry[name] = entry[name] and str(entry[name])
        rows[entry["job_id"]]["history"].append({name: entry[name] for name in HISTORY})
    return rows


def check(world, expected):
    wait_until(world.is_caught_up, "everything is projected", 60)
    assert world.rows("select * from jobtrail.dead_letter") == []
    actual = projected(world)
    assert actual.keys() == expected.keys()
    for job_id, row in expected.items():
        assert actual[job_id] == row, job_id
    check_totals(world)


def check_totals(world):
    assert world.rows(
        "select organization_id, coalesce(type, '') as type, status::int, count(*) as n"
        " from jobtrail_p1.job group by 1, 2, 3 order by 1, 2, 3") == world.rows(
        "select organization_id, type, status::int, sum(n)::int as n from jobtrail_p1.job_count"
        " group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3")


def settings_for(world):
    """Small batches, so that a few thousand events are many of them."""
    return {**world.settings(), "batch.max-events": 200}


def serve_until_killed(world, tmp_path, fault, pass_number):
    """A build with fault points serves until it reaches one, and dies there of SIGKILL."""
    running = Serve(settings_for(world), tmp_path, "--only", "project",
                    binary=os.environ["DEV_JOBTRAIL_FAULTS"],
                    environment={"FAULT_POINT": f"{fault}:{pass_number}"})
    try:
        assert running.process.wait(60) == -signal.SIGKILL, running.log_text()
    finally:
        running.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_killed_at(migrated, serve, tmp_path, fault):
    expected = send_random_events(migrated, 60, seed=len(fault))
    for pass_number in FAULTS[fault]:
        serve_until_killed(migrated, tmp_path, fault, pass_number)
    running = serve(settings_for(migrated))
    check(migrated, expected)
    running.stop()


def test_two_processes_of_which_one_is_killed(migrated, serve):
    settings = settings_for(migrated)
    first, second = serve(settings), serve(settings)
    expected = send_random_events(migrated, 400, seed=21)
    wait_until(lambda: migrated.rows("select 1 from jobtrail.job limit 1"), "a job is seen")
    first.kill()
    check(migrated, expected)
    second.stop()


@pytest.fixture
def fragile(world):
    """The world with a PostgreSQL of its own, which loses what it acknowledged but did not flush."""
    server = OwnPostgres().start()
    world.conninfo = server.conninfo
    run_jobtrail(world.settings(), "migrate")
    world.server = server
    yield world
    server.remove()


def test_postgres_is_killed_under_load(fragile, serve):
    """The rows in the workers' caches are ahead of what the server remembers."""
    running = serve(settings_for(fragile))
    expected = {}
    for seed in range(3):
        expected.update(send_random_events(fragile, 300, seed, prefix=f"{seed}-"))
        wait_until(lambda seed=seed: fragile.rows(
            "select 1 from jobtrail.job where job_id like %s limit 1", (f"{seed}-%",)), "load")
        fragile.server.stop()
        assert running.get("/livez")[0] == 200
        fragile.server.start()
    check(fragile, expected)
    running.stop()
