# SPDX-License-Identifier: Apache-2.0
"""Ended jobs leave PostgreSQL with all that belongs to them, and no late event brings one back; what runs
stays, totals stay exact, and what must still be decided or published is waited for."""
import json
import pathlib
import shutil
import time

import pytest

from asking import asked
from jobtrail_process import run_jobtrail
from page_commands import PageCommands
from stories import BASE_US, single_object, statuses, stories
from verification import Verification
from waiting import wait_for_equal, wait_until

pytestmark = pytest.mark.every_postgres

KEEPING = {"retention.ended-jobs": "30d"}


def now_us():
    return time.time_ns() // 1000


def whole(job_id, at_us, creator="ada", kind="Load", organization="org-a"):
    """A job from its creation to its success."""
    job = {"job_id": job_id, "organization_id": organization}
    return [single_object("JobCreated", **job, occurred_at=at_us, type=kind, creator_id=creator),
            single_object("JobStarted", **job, occurred_at=at_us + 1),
            single_object("JobSucceeded", **job, occurred_at=at_us + 2)]


def ids(world):
    return {row["job_id"] for row in world.rows("select job_id from jobtrail.job")}


def totals_are_exact(world):
    counted = world.rows("select organization_id, coalesce(type, '') as type, status, count(*) as n"
                         " from jobtrail.job group by 1, 2, 3 order by 1, 2, 3")
    return counted == world.rows("select * from jobtrail.job_count order by 1, 2, 3")


def metric(running, name):
    return sum(float(line.rsplit(" ", 1)[1]) for line in running.get("/metrics")[1].splitlines()
               if line.startswith(name))


@pytest.fixture(name="before")
def fixture_before(migrated, serve):
    """Old jobs and young ones, as they are without retention."""
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(300)))
    migrated.produce("events", whole("young", now_us()) + whole("runs", BASE_US)[:2])
    wait_until(migrated.is_caught_up, "all is projected")
    running.stop()
    assert statuses(migrated) == {"successful": 301, "running": 1}
    return migrated


@pytest.mark.any_postgres
def test_ended_jobs_leave_and_no_late_event_brings_one_back(before, serve):
    running = serve({**before.settings(), **KEEPING})
    wait_for_equal(lambda: ids(before), {"young", "runs"}, "what ended long ago has left")
    assert totals_are_exact(before)
    wait_until(lambda: metric(running, 'jobtrail_retention_removed_total{what="job"') == 300, "they are counted")

    before.produce("events", [
        single_object("JobProgressed", job_id="job-00001", occurred_at=BASE_US + 1, progress=50),
        single_object("JobCreated", job_id="job-00002", occurred_at=BASE_US, type="Load", creator_id="ada"),
        single_object("JobProgressed", job_id="runs", occurred_at=BASE_US + 9, progress=9)])
    wait_until(before.is_caught_up, "the late events are read")
    assert ids(before) == {"young", "runs"}
    assert before.rows("select progress from jobtrail.job where job_id = 'runs'") == [{"progress": 9}]
    wait_until(lambda: metric(running, "jobtrail_events_too_old_total") == 2, "they are counted")
    running.stop()
    assert "older than the horizon" in running.log_text()

    # The log once more, from its beginning: nothing comes back, and what runs has lost nothing.
    rows = before.rows("select * from jobtrail.job order by job_id")
    run_jobtrail(before.settings(), "positions", "forget", before.topics["events"])
    running = serve(before.settings())
    wait_until(before.is_caught_up, "all is read again")
    assert before.rows("select * from jobtrail.job order by job_id") == rows
    assert totals_are_exact(before)
    running.stop()


def test_what_is_younger_than_the_horizon_begins_anew(before, serve):
    running = serve({**before.settings(), **KEEPING})
    wait_for_equal(lambda: ids(before), {"young", "runs"}, "what ended long ago has left")
    before.produce("events", [single_object("JobStarted", job_id="job-00003", attempt=2, occurred_at=now_us())])
    wait_for_equal(lambda: ids(before), {"young", "runs", "job-00003"}, "a retry is news")
    assert totals_are_exact(before)
    running.stop()


@pytest.mark.any_postgres
def test_each_organisation_and_type_has_its_own_time(migrated, serve):
    old = now_us() - 10 * 24 * 3600 * 1_000_000
    running = serve(migrated.settings())
    migrated.produce("events", whole("a-load", old) + whole("a-seed", old, kind="Seed")
                     + whole("b-load", old, organization="org-b")
                     + whole("b-seed", old, kind="Seed", organization="org-b")
                     + [single_object("JobSucceeded", job_id="no-type", occurred_at=old)])
    wait_until(migrated.is_caught_up, "all is projected")
    running.stop()
    running = serve({**migrated.settings(), "retention.ended-jobs": "365d,Seed=7d",
                     "retention.organizations": "org-b=never,org-b/Load=2d"})
    # Of which no type is known, it stays as long as the type that is kept longest.
    wait_for_equal(lambda: ids(migrated), {"a-load", "b-seed", "no-type"}, "the others have left")
    assert totals_are_exact(migrated)
    running.stop()


def test_the_ledger_goes_with_its_job_once_all_is_published(before, serve):
    settings = {**before.settings(), "cancel.requests.max-age": "1d"}
    running = serve(settings)
    before.produce("cancel-requests", [asked(job, "ada") for job in ("job-00001", "job-00002", "job-00003", "young")])
    wait_until(lambda: len(before.rows("select from jobtrail.cancellation where decision_published_at is not null"))
               == 4, "all are decided and published")
    running.stop()
    # What was published a moment ago stays: the relay reads it again if it had no time to note that.
    before.execute("update jobtrail.cancel_request set decision_published_at = now() - interval '2 hours'"
                   " where job_id <> 'job-00003'")
    # As if a decision had not gone out yet.
    before.execute("insert into jobtrail.outbox (request, refusal) select id, null from jobtrail.cancel_request"
                   " where job_id = 'job-00002'")
    running = serve({**settings, **KEEPING}, "--only", "cancel")
    wait_until(lambda: ids(before) <= {"young", "runs", "job-00002", "job-00003"}, "the others have left")
    wait_for_equal(lambda: {row["job_id"] for row in before.rows("select job_id from jobtrail.cancellation")},
                   {"young", "job-00003"} | ({"job-00002"} & ids(before)), "the ledger is as the jobs are")
    wait_until(lambda: not before.rows("select from jobtrail.outbox"), "all is published")
    running.stop()
    before.execute("update jobtrail.cancel_request set decision_published_at = now() - interval '2 hours'")
    running = serve({**settings, **KEEPING})
    wait_for_equal(lambda: ids(before), {"young", "runs"}, "once it is published, that one leaves too")
    assert {row["job_id"] for row in before.rows("select job_id from jobtrail.cancellation")} == {"young"}
    running.stop()


def test_nothing_leaves_unless_it_is_told_to(before, serve):
    running = serve(before.settings())
    time.sleep(1)
    assert len(ids(before)) == 302
    assert before.rows("select from jobtrail_p1.horizon") == []
    assert before.rows("select from pg_stat_activity where datname = current_database()"
                       " and application_name like '%retention%'") == []
    running.stop()


def test_the_page_is_true(before, serve, tmp_path):
    """The commands of docs/operate/retention.md, beside the service."""
    page = PageCommands("retention.md", tmp_path, pathlib.Path(shutil.which("psql")).parent,
                        names={"acme": "org-a"})
    shown = page.run("See what would leave", before.settings()).stdout
    assert "org-a" in shown and "300" in shown and "365d" not in shown, shown
    assert len(ids(before)) == 302
    running = serve({**before.settings(), **KEEPING})
    wait_for_equal(lambda: ids(before), {"young", "runs"}, "what ended long ago has left")
    told = json.loads(run_jobtrail({**before.settings(), **KEEPING}, "retention", "horizons", "--output", "json"))
    assert [(line["organization"], line["leaves_after"]) for line in told] == [(None, "30d")]
    assert told[0]["horizon"] <= told[0]["due"]
    assert json.loads(run_jobtrail({**before.settings(), **KEEPING}, "retention", "due", "--output", "json")) == []
    found = run_jobtrail({**before.settings(), **KEEPING}, "doctor", "--only", "project", "--output", "json", status=None)
    found = [line["finding"] for line in json.loads(found) if line["check"] == "retention"]
    assert len(found) == 2 and "has left" in found[0] and "org-a" in found[1], found
    page.run("Erase a member", before.settings())
    assert {row["creator_id"] for row in before.rows("select creator_id from jobtrail.job")} == {"(erased)"}
    found = Verification(before.settings())
    assert found.summary["left"] == 300 and found.summary["same"] == 2, found.text()
    before.execute("delete from jobtrail.erased_member")
    found = Verification(before.settings())
    assert found.summary["erased"] == 2, found.text()
    running.stop()


def test_killed_between_steps_beside_events_that_come(before, launch):
    """What is there is whole at any moment, and the next process goes on."""
    settings = {**before.settings(), **KEEPING}
    started = now_us()
    for number in range(4):
        running = launch(settings)
        before.produce("events", [event for n in range(50) for event in whole(f"new-{number}-{n}", started)])
        time.sleep(0.4 * number)
        running.kill()
        assert totals_are_exact(before)
    running = launch(settings).wait_ready()
    kept = {"young", "runs"} | {f"new-{number}-{n}" for number in range(4) for n in range(50)}
    wait_for_equal(lambda: ids(before), kept, "what ended long ago has left, and nothing else")
    assert totals_are_exact(before)
    running.stop()
