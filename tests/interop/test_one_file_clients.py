# SPDX-License-Identifier: Apache-2.0
"""clients/python/jobtrail.py and clients/java/Jobtrail.java, as a program would use them: its jobs are in the read
model, their creators can stop them, what cannot be sent is refused, and both write the same bytes."""
import collections
import datetime
import io
import json
import pathlib
import re
import subprocess

import fastavro
import pytest

from asking import asked
from jobtrail_process import run_jobtrail
from needs import need
from one_file_clients import NOWHERE, ORGANIZATION, JavaClient, PythonClient, jobtrail
from stories import single_object, statuses
from waiting import wait_for_equal, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAVA = pytest.mark.xdist_group("java")
TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WHEN = datetime.datetime(2026, 5, 1, 12, 0, 0, 123457, tzinfo=datetime.timezone.utc)


def jobs_of(client, world, organization=ORGANIZATION, **more):
    return client.open({"bootstrap.servers": world.bootstrap}, organization, topic=world.topics["events"],
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


@JAVA
def test_what_is_shown_of_java_compiles(java_classpath, tmp_path):
    shown = re.findall(r"```java\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    text = (ROOT / "clients/java/Jobtrail.java").read_text(encoding="utf-8")
    shown += [re.search(r"\{@code\n(.*?) \* \}</pre>", text, re.DOTALL)[1].replace("\n * ", "\n").removeprefix(" * ")]
    assert len(shown) == 2
    methods = "".join(f"void example{number}() throws Exception {{ {each} }}\n" for number, each in enumerate(shown))
    (tmp_path / "Shown.java").write_text(
        f"import java.time.*;\nimport java.util.*;\nclass Shown {{ void workForAWhile() {{}}\n{methods} }}\n", encoding="utf-8")
    subprocess.run(["javac", "-J-XX:TieredStopAtLevel=1", "--release", "11", "-Xlint:all", "-Werror", "-proc:none",
                    "-cp", java_classpath, "-d", tmp_path, tmp_path / "Shown.java"], check=True, timeout=120)


def test_jobs_are_told_of(client, served):
    with jobs_of(client, served) as jobs:
        well = jobs.create("well", type="Load", creator="ada")
        well.start(message="begins")
        well.progress(40, "half of it")
        well.succeed("https://files.example.org/well.zip")
        badly = jobs.create("badly", type="Seed", creator="ben", cancellable=False)
        badly.start()
        badly.fail("E_INPUT", "line 1: Zürich", message="it did not work")
        again = jobs.resume("badly", attempt=2)
        again.start(headers=[("traceparent", TRACE)])
        jobs.create("nobodys", type="Load", creator=None).cancelled(message="x" * 5000)
    wait_for_equal(lambda: statuses(served), {"successful": 1, "running": 1, "dismissed": 1}, "all are there")
    assert row(served, "well")["result_uri"] == "https://files.example.org/well.zip"
    assert (row(served, "badly")["attempt"], row(served, "badly")["cancellable"]) == (2, False)
    assert len(row(served, "nobodys")["message"]) <= 4096
    assert not served.rows("select from jobtrail.dead_letter")


def test_its_creator_and_nobody_else_can_stop_a_job(client, served):
    with jobs_of(client, served) as jobs:
        mine, other = (jobs.create(name, type="Load", creator="ada") for name in ("mine", "other"))
        second = jobs.resume("mine", attempt=2)  # another attempt: the command is not for it
        jobs.flush()
        wait_until(served.is_caught_up, "they are known")
        served.produce("cancel-requests", [asked("mine"), asked("other", "ben")])
        assert mine.wait_to_stop(60)
        assert mine.command["requester_id"] == "ada"
        wait_for_equal(lambda: list(client.stopped), ["mine"], "it was called back")
        assert not other.is_to_stop and not second.is_to_stop
        mine.cancelled()
        other.succeed()
    wait_for_equal(lambda: statuses(served), {"dismissed": 1, "successful": 1}, "both have ended")
    command, = served.rows("select command_id::text as id from jobtrail.cancel_command")
    assert str(mine.command["command_id"]) == command["id"]
    mark, schema = jobtrail.MARKS["JobCancelled"], jobtrail.SCHEMAS["JobCancelled"]
    answer, = (message.value()[10:] for message in served.everything("events") if message.value().startswith(mark))
    assert str(fastavro.schemaless_reader(io.BytesIO(answer), schema, None)["command_id"]) == command["id"]


def test_a_program_that_begins_anew_hears_what_came_meanwhile(client, served):
    with jobs_of(client, served, commands=False) as jobs:
        jobs.create("left", type="Load", creator="ada").start()
    wait_until(served.is_caught_up, "it is known")
    served.produce("cancel-requests", [asked("left")])
    wait_until(lambda: served.log_ends("commands") and sum(served.log_ends("commands").values()), "it is commanded")
    with jobs_of(client, served) as jobs:
        job = jobs.resume("left")
        assert job.wait_to_stop(60)
        job.cancelled()
    wait_for_equal(lambda: statuses(served), {"dismissed": 1}, "it has stopped")


def test_commands_by_a_registry(client, migrated, serve):
    need("JOBTRAIL_SCHEMA_REGISTRY_URL")
    settings = {**migrated.settings(), "schema.registry.url": migrated.registry}
    run_jobtrail(settings, "schemas", "register")
    running = serve({**settings, "cancel.requests.authentication": "topic-acl"})
    with jobs_of(client, migrated, registry=migrated.registry) as jobs:
        both = [jobs.create(name, type="Load", creator="ada") for name in ("one", "other")]
        jobs.flush()
        wait_until(migrated.is_caught_up, "they are known")
        migrated.produce("cancel-requests", [asked(job.job_id) for job in both])
        assert all(job.wait_to_stop(60) for job in both)
        assert len(client.schemas_asked) == 1
    running.stop()


def commanded(job_id, **fields):
    """A command, as (key, value, headers)."""
    some_id = "00000008-5a1e-4c0b-9f3d-2b7c6d8e9f10"
    return single_object("CancelJob", **{"command_id": some_id, "request_id": some_id, "job_id": job_id, "attempt": 1,
                                         "type": "Load", "requester_id": "ada", "issued_at": 0, "reason": "why", **fields})


def test_what_is_no_command_of_its_own_is_passed_over(client, world):
    """Broken values, commands for others and for what has ended, the same one again; onStop that fails."""
    with jobs_of(client, world, on_stop_fails=True) as jobs:
        mine, ended, last = jobs.resume("mine"), jobs.resume("ended"), jobs.resume("last", attempt=3)
        ended.succeed()
        whole = commanded("mine")[1]
        # All of one key: they are read in this order.
        world.produce("commands", [("mine", value, []) for value in (
            b"no Avro", None, b"", whole[:10], whole[:-1], b"\0\0\0\0\7" + whole[10:],
            commanded("mine", organization_id="org-b")[1], commanded("mine", attempt=2)[1], commanded("ended")[1], whole,
            commanded("mine", requester_id="ben")[1], whole, commanded("last", attempt=3)[1])])
        assert last.wait_to_stop(60) and not ended.is_to_stop
        assert mine.is_to_stop and mine.command["requester_id"] == "ada" and mine.command["reason"] == "why"
        wait_for_equal(lambda: list(client.stopped), ["mine", "last"], "both were called back")
        assert str(mine.command["issued_at"]).startswith("1970-01-01")
    assert "cannot be read" in client.warnings() and "the program's own fault" in client.warnings()


def test_a_command_may_come_before_its_job_is_known(client, world):
    with jobs_of(client, world) as jobs:
        heard = jobs.resume("heard")
        world.produce("commands", [("heard", commanded(job_id)[1], []) for job_id in ("later", "heard")])
        assert heard.wait_to_stop(60)
        assert jobs.resume("later").is_to_stop and not jobs.resume("later", attempt=2).is_to_stop


def test_a_backfill_that_runs_twice_is_one(client, served):
    for _ in range(2):
        with jobs_of(client, served, source="backfill", commands=False) as jobs:
            job = jobs.create("old", type="Load", creator="ada", at=WHEN)
            job.start(at=WHEN + datetime.timedelta(seconds=1))
            job.progress(50, at=WHEN + datetime.timedelta(seconds=2))
            job.succeed(at=WHEN + datetime.timedelta(seconds=3))
    wait_until(served.is_caught_up, "all is read")
    values = [message.value() for message in served.everything("events")]
    assert len(values) == 8 and len(set(values)) == 4
    assert statuses(served) == {"successful": 1}
    assert not row(served, "old")["creator_disputed"]


def tell_of_everything(client, world, source, organization, job_id, attempt):
    """Each event with each of its fields, and without; what is refused uses up a number."""
    with jobs_of(client, world, organization, source=source, commands=False) as jobs:
        job = jobs.create(job_id, type="Läd", creator="ada", cancellable=False, attempt=attempt, at=WHEN, message="m")
        jobs.create(job_id, type="Load", creator=None, attempt=attempt, at=WHEN)
        job.start(at=WHEN, message="€" * 1366, headers=[("traceparent", TRACE), ("tag", b"1"), ("tag", b"2")])
        with pytest.raises(ValueError):
            job.start(at=WHEN - datetime.timedelta(days=20000))
        with pytest.raises(ValueError):
            job.progress(101)
        for percent in (0, 100):
            job.progress(percent, at=WHEN)
        job.succeed(at=WHEN)
        job.succeed("HTTPS://files.example.org/ä", at=WHEN, event_id="00000004-5a1e-4c0b-9f3d-2b7c6d8e9f10")
        job.fail(at=WHEN)
        job.fail("E_INPUT", "𝄞" * 16385 + "x", at=WHEN, message="")
        job.cancelled(at=WHEN)


@JAVA
@pytest.mark.parametrize("source, organization, job_id, attempt", (
    ("backfill", "acme", "load-7", 1), ("", "a", "b", 10000), ("3:a:b", "1:x", "x1:y", 2),
    ("Zürich 𝄞", "ö" * 127, "€", 7)))
def test_both_write_the_same(world, java_driver, caplog, source, organization, job_id, attempt):
    """Key, value with its derived id, headers and partition of each event."""
    for client in (PythonClient(caplog), JavaClient(java_driver)):
        tell_of_everything(client, world, source, organization, job_id, attempt)
    sent = collections.Counter((message.partition(), message.key(), message.value(), tuple(message.headers() or ()))
                               for message in world.everything("events"))
    assert len(sent) == 10 and set(sent.values()) == {2}


@pytest.mark.parametrize("mistake", (
    lambda jobs: jobs.create("", type="Load", creator="ada"),
    lambda jobs: jobs.create("x" * 256, type="Load", creator="ada"),
    lambda jobs: jobs.create("ü" * 128, type="Load", creator="ada"),
    lambda jobs: jobs.create("a\0b", type="Load", creator="ada"),
    lambda jobs: jobs.create("\ud834", type="Load", creator="ada"),
    lambda jobs: jobs.create(None, type="Load", creator="ada"),
    lambda jobs: jobs.create("j", type=None, creator="ada"),
    lambda jobs: jobs.create("j", type="x" * 129, creator="ada"),
    lambda jobs: jobs.create("j", type="Load", creator=""),
    lambda jobs: jobs.create("j", type="Load", creator="x" * 256),
    lambda jobs: jobs.resume("j", attempt=0),
    lambda jobs: jobs.resume("j", attempt=10001),
    lambda jobs: jobs.resume("j").progress(101),
    lambda jobs: jobs.resume("j").progress(-1),
    lambda jobs: jobs.resume("j").start(message="a\0b"),
    lambda jobs: jobs.resume("j").start(message="\udd1e"),
    lambda jobs: jobs.resume("j").start(at=datetime.datetime(1999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)),
    lambda jobs: jobs.resume("j").start(at=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)),
    lambda jobs: jobs.resume("j").start(event_id="no UUID"),
    lambda jobs: jobs.resume("j").succeed("javascript:alert(1)"),
    lambda jobs: jobs.resume("j").succeed(""),
    lambda jobs: jobs.resume("j").succeed("https://" + "x" * 2041),
    lambda jobs: jobs.resume("j").fail("x" * 129),
    lambda jobs: jobs.resume("j").fail("E", "a\0b")))
def test_what_would_be_a_dead_letter_is_refused(client, mistake):
    with client.open(client.nowhere, commands=False) as jobs:
        with pytest.raises(ValueError):
            mistake(jobs)


@pytest.mark.parametrize("organization", ("", "x" * 256, "a\0b", None))
def test_an_organisation_that_cannot_be_is_refused(client, organization):
    with pytest.raises(ValueError):
        client.open(client.nowhere, organization, commands=False)


@pytest.mark.parametrize("mistake", (
    lambda jobs: jobs.create("j", type="Load", creator=7),
    lambda jobs: jobs.resume("j").progress(0.5),
    lambda jobs: jobs.resume("j").start(at=datetime.datetime(2026, 5, 1))))
def test_what_python_alone_can_be_given_is_refused(mistake):
    with jobtrail.Jobs({**NOWHERE, "log_level": 0}, ORGANIZATION, commands=False) as jobs:
        with pytest.raises(ValueError):
            mistake(jobs)


def test_what_kafka_did_not_take_is_told(client):
    jobs = client.open(client.gives_up_soon, commands=False)
    jobs.create("lost", type="Load", creator="ada")
    with pytest.raises(jobtrail.NotDelivered) as told:
        jobs.close()
    assert told.value.events[0][:2] == ("JobCreated", "lost")


def test_without_room_a_tick_is_left_out_and_a_transition_is_not(client):
    jobs = client.without_room()
    job = jobs.create("one", type="Load", creator="ada")
    job.progress(1)
    assert jobs.ticks_left_out == 1
    with pytest.raises(BufferError):
        job.start()
    with pytest.raises(jobtrail.NotDelivered):
        jobs.close()
