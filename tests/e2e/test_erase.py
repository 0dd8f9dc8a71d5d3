# SPDX-License-Identifier: Apache-2.0
"""A member who is erased is named nowhere in the database, and neither a running service nor the log, read
again, brings the id back; nobody can cancel their jobs."""
import json
import os
import subprocess
import time

import psycopg
import pytest

from asking import asked
from command import run
from jobtrail_process import environment_of, run_jobtrail
from stories import single_object
from verification import Verification
from waiting import wait_for_equal, wait_until

pytestmark = pytest.mark.every_postgres

MEMBER = "somebody-real"


def now_us():
    return time.time_ns() // 1000


def of_somebody(job_id, creator=MEMBER, **more):
    return single_object("JobCreated", job_id=job_id, occurred_at=now_us(), type="Load", creator_id=creator, **more)


def named(world, member=MEMBER):
    """The tables that name the member anywhere, packed columns included."""
    tables = [row["name"] for row in world.rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname ~ '^jobtrail'")]
    digits = member.encode().hex()
    return {table for table in tables if world.rows(
        f"select from {table} as t where strpos(t::text, %s) > 0 or strpos(t::text, %s) > 0",
        (member, digits))}


def outcomes(world):
    return {row["job_id"]: row["reason_code"] for row in world.rows("select * from jobtrail.cancellation")}


@pytest.fixture(name="known")
def fixture_known(migrated, serve):
    """A service that knows jobs of somebody and of others, and goes on."""
    running = serve(migrated.settings())
    migrated.produce("events", [of_somebody(f"theirs-{n}", message="created by hand") for n in range(450)])
    migrated.produce("events", [of_somebody("others", "ben"), of_somebody("disputed", "ben"),
                                of_somebody("disputed"), of_somebody("elsewhere", organization_id="org-b")])
    wait_until(migrated.is_caught_up, "all is projected")
    migrated.produce("cancel-requests", [asked("theirs-1", MEMBER), asked("theirs-2", "ben"), asked("others", MEMBER),
                                         asked("others", "ben")])
    wait_for_equal(lambda: sorted(row["reason_code"] or "" for row in migrated.rows(
        "select reason_code from jobtrail.cancellation")), ["CREATOR"] * 2 + ["NOT_CREATOR"] * 2, "all are decided")
    migrated.produce("events", [of_somebody("x" * 300), of_somebody("y" * 300, "ben")])  # dead letters
    wait_until(lambda: len(migrated.rows("select from jobtrail.dead_letter where published_at is not null")) == 2,
               "two are dead letters")
    wait_until(lambda: not migrated.rows("select from jobtrail.outbox"), "all is published")
    yield migrated, running
    running.stop()


def erase(world, *more, **expected):
    return run_jobtrail(world.settings(), "erase", "--organization", "org-a", "--member", MEMBER, *more, **expected)


@pytest.mark.any_postgres
def test_nothing_names_who_was_erased_and_nothing_brings_the_id_back(known, serve):
    world, running = known
    told = json.loads(run(world.settings(), "erase", "--organization", "org-a", "--member", MEMBER, "--yes",
                          "--output", "json")[1])
    assert told == [{"jobs": 451, "cancel_requests": 3, "dead_letters": 1}]
    world.execute("delete from jobtrail_p1.job where organization_id = 'org-b'")  # another's member of that name
    world.execute("delete from jobtrail.change")
    assert named(world) == set()
    assert len(world.rows("select from jobtrail.dead_letter where value is not null")) == 1

    # A process that still had the rows; a late event; a request.
    world.produce("events", [single_object("JobProgressed", job_id=f"theirs-{n}", occurred_at=now_us(), progress=9)
                             for n in range(450)])
    wait_until(lambda: len(world.rows("select from jobtrail.job where progress = 9")) == 450, "they go on")
    world.execute("delete from jobtrail.change")
    assert named(world) == set()
    creators = {row["creator_id"] for row in world.rows(
        "select creator_id from jobtrail.job where job_id like 'theirs%' and creator_disputed")}
    assert creators == {"(erased)"}
    found = Verification(world.settings(), "--organization", "org-a")
    assert found.summary["same"] == found.summary["jobs"] == 452, found.text()

    # The whole log once more.
    running.stop()
    rows = world.rows("select * from jobtrail.job where organization_id = 'org-a' order by job_id")
    run_jobtrail(world.settings(), "positions", "forget", world.topics["events"])
    again = serve(world.settings())
    wait_until(world.is_caught_up, "all is read again")
    assert world.rows("select * from jobtrail.job where organization_id = 'org-a' order by job_id") == rows
    again.stop()


def test_nobody_cancels_what_an_erased_member_created(known):
    world, _ = known
    erase(world, "--yes")
    before = len(list(world.everything("commands")))
    world.produce("cancel-requests", [asked("theirs-3", MEMBER), asked("theirs-4", "(erased)")])
    wait_until(lambda: {"theirs-3", "theirs-4"} <= outcomes(world).keys(), "both are decided")
    assert outcomes(world)["theirs-3"] == outcomes(world)["theirs-4"] == "NOT_CREATOR"
    assert len(list(world.everything("commands"))) == before


def test_erase_asks_for_a_word_and_may_be_repeated(known):
    world, _ = known
    assert "--yes" in run(world.settings(), "erase", "--organization", "org-a", "--member", MEMBER)[2]
    assert named(world)
    erase(world, "--yes")
    told = json.loads(run(world.settings(), "erase", "--organization", "org-a", "--member", MEMBER, "--yes",
                          "--output", "json")[1])
    assert told[0]["jobs"] == told[0]["cancel_requests"] == 0
    assert run(world.settings(), "erase", "--organization", "org-a", "--member", "(erased)", "--yes")[0] == 2


@pytest.mark.long
def test_a_digest_is_forgotten_when_its_time_is_over_also_without_retention(known, serve):
    world, _ = known
    erase(world, "--yes", "--known-for", "1d")
    world.rows("update jobtrail.erased_member set known_till = now() - interval '1 s' returning 1")
    serve(world.settings())
    wait_until(lambda: not world.rows("select from jobtrail.erased_member"), "it is forgotten", 120)


def test_a_letter_in_json_is_emptied_however_it_spells_the_id(migrated, serve):
    running = serve(migrated.settings())
    spelled = [b'{"org":"org-a","by":"CORP\\\\no\xc3\xabl"}', b'{"org":"org\\u002da","by":"CORP\\\\no\\u00ebl"}',
               b'"{\\"org\\":\\"org-a\\",\\"by\\":\\"CORP\\\\\\\\ada\\"}"', b'{"org":"org-a","by":"ben"}']
    migrated.produce("events", [("k", value, []) for value in spelled])
    wait_until(lambda: len(migrated.rows("select from jobtrail.dead_letter where published_at is not null")) == 4,
               "all are dead letters")
    told = json.loads(run_jobtrail(migrated.settings(), "erase", "--organization", "org-a", "--member", "CORP\\no\u00ebl",
                                   "--yes", "--output", "json"))
    assert told == [{"jobs": 0, "cancel_requests": 0, "dead_letters": 2}]
    left = migrated.rows("select convert_from(value, 'UTF8') as value from jobtrail.dead_letter where value is not null")
    assert {row["value"] for row in left} == {value.decode() for value in spelled[2:]}
    running.stop()


def test_it_says_what_it_waits_for(migrated):
    command = [os.environ["DEV_JOBTRAIL"], "erase", "--organization", "org-a", "--member", MEMBER, "--yes"]
    with psycopg.connect(migrated.conninfo) as somebody:
        somebody.execute("select pg_current_xact_id()")
        with subprocess.Popen(command, env=environment_of(migrated.settings()), stderr=subprocess.PIPE, text=True,
                              stdout=subprocess.DEVNULL) as erasing:
            assert "a transaction that writes is open" in erasing.stderr.readline()
            assert erasing.poll() is None
            somebody.rollback()
            assert erasing.wait(60) == 0
