# SPDX-License-Identifier: Apache-2.0
"""clients/python/jobtrail.py, as a program would use it: its jobs are in the read model, its creators can stop them,
and what it cannot send it refuses."""
import datetime
import json
import logging
import pathlib
import sys

import fastavro
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from asking import asked
from jobtrail_process import run_jobtrail
from needs import need
from stories import statuses
from waiting import wait_for_equal, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "clients" / "python"))
import jobtrail  # pylint: disable=wrong-import-position

ORGANIZATION = "org-a"


def client(world, **more):
    return jobtrail.Jobs({"bootstrap.servers": world.bootstrap}, ORGANIZATION, topic=world.topics["events"],
                         commands_topic=world.topics["commands"], **more)


@pytest.fixture(name="served")
def fixture_served(migrated, serve):
    running = serve({**migrated.settings(), "cancel.requests.authentication": "topic-acl"})
    yield migrated
    running.stop()


def row(world, job_id):
    return next(iter(world.rows("select * from jobtrail.job where job_id = %s", (job_id,))), None)


@pytest.mark.parametrize("name", jobtrail.SCHEMAS)
def test_its_schemas_are_ours(name):
    ours = fastavro.parse_schema(json.loads((ROOT / f"schemas/avro/{name}.avsc").read_text(encoding="utf-8")))
    canonical = fastavro.schema.to_parsing_canonical_form
    assert canonical(jobtrail.SCHEMAS[name]) == canonical(ours)


def test_jobs_are_told_of(served):
    with client(served) as jobs:
        well = jobs.create("well", type="Load", creator="ada")
        well.start(message="begins")
        well.progress(40, "half of it")
        well.succeed("https://files.example.org/well.zip")
        badly = jobs.create("badly", type="Seed", creator="ben", cancellable=False)
        badly.start()
        badly.fail("E_INPUT", "line 1: Zürich", message="it did not work")
        again = jobs.resume("badly", attempt=2)
        again.start(headers=[("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")])
        jobs.create("nobodys", type="Load", creator=None).cancelled(message="x" * 5000)
    wait_for_equal(lambda: statuses(served), {"successful": 1, "running": 1, "dismissed": 1}, "all are there")
    assert row(served, "well")["result_uri"] == "https://files.example.org/well.zip"
    assert (row(served, "badly")["attempt"], row(served, "badly")["cancellable"]) == (2, False)
    assert len(row(served, "nobodys")["message"]) <= 4096
    assert not served.rows("select from jobtrail.dead_letter")


def test_its_creator_and_nobody_else_can_stop_a_job(served):
    heard = []
    with client(served, on_stop=lambda job: heard.append(job.job_id)) as jobs:
        mine, other = (jobs.create(name, type="Load", creator="ada") for name in ("mine", "other"))
        second = jobs.resume("mine", attempt=2)  # another attempt: the command is not for it
        jobs.flush()
        wait_until(served.is_caught_up, "they are known")
        served.produce("cancel-requests", [asked("mine"), asked("other", "ben")])
        assert mine.wait_to_stop(60)
        assert mine.command["requester_id"] == "ada" and heard == ["mine"]
        assert not other.is_to_stop and not second.is_to_stop
        mine.cancelled()
        other.succeed()
    wait_for_equal(lambda: statuses(served), {"dismissed": 1, "successful": 1}, "both have ended")
    command, = served.rows("select command_id::text as id from jobtrail.cancel_command")
    assert str(mine.command["command_id"]) == command["id"]


def test_a_program_that_begins_anew_hears_what_came_meanwhile(served):
    with client(served, commands=False) as jobs:
        jobs.create("left", type="Load", creator="ada").start()
    wait_until(served.is_caught_up, "it is known")
    served.produce("cancel-requests", [asked("left")])
    wait_until(lambda: served.log_ends("commands") and sum(served.log_ends("commands").values()), "it is commanded")
    with client(served) as jobs:
        job = jobs.resume("left")
        assert job.wait_to_stop(60)
        job.cancelled()
    wait_for_equal(lambda: statuses(served), {"dismissed": 1}, "it has stopped")


def test_commands_by_a_registry(migrated, serve):
    need("JOBTRAIL_SCHEMA_REGISTRY_URL")
    asked_for = []

    def schema_of(number):
        asked_for.append(number)
        return SchemaRegistryClient({"url": migrated.registry}).get_schema(number).schema_str

    settings = {**migrated.settings(), "schema.registry.url": migrated.registry}
    run_jobtrail(settings, "schemas", "register")
    running = serve({**settings, "cancel.requests.authentication": "topic-acl"})
    with client(migrated, schema_of=schema_of) as jobs:
        job = jobs.create("mine", type="Load", creator="ada")
        jobs.flush()
        wait_until(migrated.is_caught_up, "it is known")
        migrated.produce("cancel-requests", [asked("mine")])
        assert job.wait_to_stop(60)
        job.cancelled()
    assert len(asked_for) == 1
    running.stop()


def test_what_is_no_command_is_passed_over(served, caplog):
    with client(served) as jobs, caplog.at_level(logging.WARNING):
        job = jobs.create("mine", type="Load", creator="ada")
        jobs.flush()
        wait_until(served.is_caught_up, "it is known")
        served.produce("commands", [("mine", b"no Avro", []), ("mine", None, [])])
        served.produce("cancel-requests", [asked("mine")])
        assert job.wait_to_stop(60)
        job.cancelled()
    assert "cannot be read" in caplog.text


def test_a_backfill_that_runs_twice_is_one(served):
    when = datetime.datetime(2026, 5, 1, tzinfo=datetime.timezone.utc)
    for _ in range(2):
        with client(served, source="backfill", commands=False) as jobs:
            job = jobs.create("old", type="Load", creator="ada", at=when)
            job.start(at=when + datetime.timedelta(seconds=1))
            job.progress(50, at=when + datetime.timedelta(seconds=2))
            job.succeed(at=when + datetime.timedelta(seconds=3))
    wait_until(served.is_caught_up, "all is read")
    values = [message.value() for message in served.everything("events")]
    assert len(values) == 8 and len(set(values)) == 4
    assert statuses(served) == {"successful": 1}
    assert not row(served, "old")["creator_disputed"]


@pytest.mark.parametrize("mistake", (
    lambda jobs: jobs.create("", type="Load", creator="ada"),
    lambda jobs: jobs.create("x" * 256, type="Load", creator="ada"),
    lambda jobs: jobs.create("ü" * 128, type="Load", creator="ada"),
    lambda jobs: jobs.create("j", type=None, creator="ada"),
    lambda jobs: jobs.create("j", type="Load", creator=7),
    lambda jobs: jobs.resume("j", attempt=0),
    lambda jobs: jobs.resume("j").progress(101),
    lambda jobs: jobs.resume("j").progress(0.5),
    lambda jobs: jobs.resume("j").start(message="a\0b"),
    lambda jobs: jobs.resume("j").start(at=datetime.datetime(2026, 5, 1)),
    lambda jobs: jobs.resume("j").start(at=datetime.datetime(1999, 5, 1, tzinfo=datetime.timezone.utc)),
    lambda jobs: jobs.resume("j").start(event_id="no UUID"),
    lambda jobs: jobs.resume("j").succeed("javascript:alert(1)"),
    lambda jobs: jobs.resume("j").fail("x" * 129)))
def test_what_would_be_a_dead_letter_is_refused(mistake):
    with jobtrail.Jobs({"bootstrap.servers": "127.0.0.1:1", "log_level": 0}, ORGANIZATION, commands=False) as jobs:
        with pytest.raises(ValueError):
            mistake(jobs)


def test_what_kafka_did_not_take_is_told():
    jobs = jobtrail.Jobs({"bootstrap.servers": "127.0.0.1:1", "message.timeout.ms": 500, "log_level": 0}, ORGANIZATION,
                         commands=False)
    jobs.create("lost", type="Load", creator="ada")
    with pytest.raises(jobtrail.NotDelivered) as told:
        jobs.close()
    assert told.value.events[0][:2] == ("JobCreated", "lost")


def test_without_room_a_tick_is_left_out_and_a_transition_is_not():
    jobs = jobtrail.Jobs({"bootstrap.servers": "127.0.0.1:1", "queue.buffering.max.messages": 1, "log_level": 0,
                          "message.timeout.ms": 2000}, ORGANIZATION, commands=False, room_timeout=0)
    job = jobs.create("one", type="Load", creator="ada")
    job.progress(1)
    assert jobs.ticks_left_out == 1
    with pytest.raises(BufferError):
        job.start()
    with pytest.raises(jobtrail.NotDelivered):
        jobs.close()
