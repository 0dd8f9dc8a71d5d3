# SPDX-License-Identifier: Apache-2.0
"""jobtrail dead-letters retry and discard."""
import json
import subprocess

import pytest

from asking import asked, created
from command import run
from jobtrail_process import environment_of, run_jobtrail
from needs import need
from stories import LATER, of_a_later_schema, statuses
from waiting import wait_for_equal, wait_until

pytestmark = pytest.mark.every_postgres


def letters(world):
    return {row["id"]: row["reason"] for row in world.rows(
        "select id, reason from jobtrail.dead_letter order by id")}


def retry(settings, *arguments):
    """(exit code, what is kept, the sum)."""
    done = subprocess.run([need("DEV_JOBTRAIL")[0], "dead-letters", "retry", "--output", "json", *arguments],
                          env=environment_of(settings), capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_letters_are_sent_again_once_they_can_be_understood(migrated, serve, tmp_path):
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    settings = {**migrated.settings(), "schema.directory": schemas, "dead-letters.patience": "0s"}
    running = serve(settings)
    migrated.produce("events", [of_a_later_schema(f"late-{n}") for n in range(250)] + [("k", b"no Avro", [])])
    migrated.produce("cancel-requests", [("k", b"no request", [])])
    wait_until(lambda: len(letters(migrated)) == 252, "all are dead letters")
    before = letters(migrated)

    status, kept, told = retry(settings, "--all")
    assert status == 1 and len(kept) == 252 and "0 sent again and removed, 252 kept" in told
    assert {each["reason"] for each in kept} == {"SCHEMA_UNKNOWN", "FRAMING", "CANCEL_REQUEST"}
    assert letters(migrated) == before

    unknown = next(number for number, reason in before.items() if reason == "SCHEMA_UNKNOWN")
    shown = json.loads(run_jobtrail(settings, "dead-letters", "show", "--output", "json", str(unknown)))[0]
    assert shown["decoded"] is None and shown["schema"].startswith("fingerprint ")
    assert shown["schema"].split()[1] in shown["not_decoded"]
    (schemas / "later.avsc").write_text(json.dumps(LATER), encoding="utf-8")
    shown = json.loads(run_jobtrail(settings, "dead-letters", "show", "--output", "json", str(unknown)))[0]
    said = json.loads(shown["decoded"])
    assert said["record"] == "JobCreated" and said["job_id"].startswith("late-") and shown["not_decoded"] is None
    assert said["event_id"] == "6ba7b812-9dad-11d1-80b4-00c04fd430c8" and said["creator_id"] == "ada"
    ids = [number for number, reason in before.items() if reason == "SCHEMA_UNKNOWN"]
    status, kept, told = retry(settings, str(ids[0]), str(ids[1]))
    assert (status, kept) == (0, []) and "2 sent again and removed, 0 kept" in told
    wait_for_equal(lambda: statuses(migrated), {"accepted": 2}, "two jobs are there")
    status, kept, told = retry(settings, "--reason", "SCHEMA_UNKNOWN")
    assert (status, kept) == (0, []) and "248 sent again and removed, 0 kept" in told
    wait_for_equal(lambda: statuses(migrated), {"accepted": 250}, "all jobs are there")
    status, kept, told = retry(settings, "--all")
    assert status == 1 and {each["reason"] for each in kept} == {"FRAMING", "CANCEL_REQUEST"}
    wait_until(migrated.is_caught_up, "all is projected")
    assert sorted(letters(migrated).values()) == ["FRAMING", "FRAMING"]
    headers = [message.headers() for message in migrated.everything("events") if message.headers()]
    assert headers.count([("trace", b"t")]) == 500  # as they came
    running.stop()


@pytest.mark.long
def test_what_was_sent_twice_changes_nothing(migrated, serve, tmp_path):
    """As by a retry that was killed between sending and removing."""
    (tmp_path / "later.avsc").write_text(json.dumps(LATER), encoding="utf-8")
    settings = {**migrated.settings(), "dead-letters.patience": "0s"}
    running = serve(settings)
    migrated.produce("events", [of_a_later_schema("twice")])
    wait_until(lambda: letters(migrated), "it is a dead letter")
    running.stop()
    running = serve({**settings, "schema.directory": tmp_path})
    kept = migrated.rows("select * from jobtrail.dead_letter")
    assert retry({**settings, "schema.directory": tmp_path}, "--all")[0] == 0
    wait_for_equal(lambda: statuses(migrated), {"accepted": 1}, "it is there")
    before = migrated.rows("select * from jobtrail.job_history"), migrated.rows("select * from jobtrail.job")
    migrated.produce("events", [(kept[0]["key"], kept[0]["value"], [])])
    wait_until(migrated.is_caught_up, "it came once more")
    assert (migrated.rows("select * from jobtrail.job_history"), migrated.rows("select * from jobtrail.job")) == before
    running.stop()


@pytest.mark.long
def test_without_kafka_nothing_is_removed(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [("k", b"no Avro", [])])
    wait_until(lambda: letters(migrated), "it is a dead letter")
    running.stop()
    # So that it would be sent: a good event in a letter's place.
    key, value, _ = created("a")
    with_value = "\\x" + value.hex()
    migrated.execute(f"update jobtrail.dead_letter set key = '{key}', value = '{with_value}'")
    status, kept, _ = retry({**migrated.settings(), "kafka.bootstrap.servers": "127.0.0.1:1",
                             "kafka.message.timeout.ms": 1000}, "--all")
    assert status != 0 and len(letters(migrated)) == 1 and (not kept or len(kept) == 1)
    assert retry(migrated.settings(), "--all")[0] == 0
    assert not letters(migrated)


def test_discarding_loses_nothing_that_is_nowhere_else(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [(f"k{n}", b"no Avro", []) for n in range(5)])
    wait_until(lambda: migrated.rows("select from jobtrail.dead_letter having count(published_at) = 5"),
               "five were published")
    running.stop()
    first, second, *others = letters(migrated)
    migrated.execute(f"update jobtrail.dead_letter set published_at = null where id = {second}")
    assert "1 discarded" in run_jobtrail(migrated.settings(), "dead-letters", "discard", str(first))
    assert list(letters(migrated)) == [second, *others]
    assert "3 discarded" in run_jobtrail(migrated.settings(), "dead-letters", "discard", "--reason", "FRAMING", status=1)
    assert list(letters(migrated)) == [second]
    run_jobtrail(migrated.settings(), "dead-letters", "discard", status=2)
    run_jobtrail(migrated.settings(), "dead-letters", "discard", "--all", "--topic", "t", status=2)
    run_jobtrail(migrated.settings(), "dead-letters", "retry", "x", status=2)
    told = run_jobtrail(migrated.settings(), "dead-letters", "discard", "--all", "--unpublished", "--output", "json")
    assert json.loads(told) == [{"discarded": 1}]
    assert not letters(migrated)


def test_a_request_to_cancel_is_not_sent_again(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("cancel-requests", [(None, asked("a")[1] + b"trailing", [])])
    wait_until(lambda: letters(migrated), "it is a dead letter")
    status, kept, _ = retry(migrated.settings(), "--all")
    assert status == 1 and kept[0]["reason"] == "CANCEL_REQUEST" and "asks anew" in kept[0]["message"]
    running.stop()


def test_what_was_exported_can_be_put_back(migrated, serve, tmp_path):
    running = serve(migrated.settings())
    migrated.produce("events", [("k", b"no Avro", [("a", b"\x00\xff"), ("b", None), ("a", b"")]), (None, b"", []),
                                ("\u00e9", None, [])])
    wait_until(lambda: migrated.rows("select from jobtrail.dead_letter having count(published_at) = 3"),
               "three were published")
    running.stop()
    columns = ("topic, partition, record_offset, timestamp_ms, stage, reason, message, key, value, header_names,"
               " header_values, created_at, published_at")
    before = migrated.rows(f"select {columns} from jobtrail.dead_letter order by partition, record_offset")
    lines = run_jobtrail(migrated.settings(), "dead-letters", "export", "--all")
    assert len([json.loads(line) for line in lines.splitlines()]) == 3
    path = tmp_path / "letters.jsonl"
    path.write_text(lines, encoding="ascii")
    assert "0 imported, 3 were there" in run_jobtrail(migrated.settings(), "dead-letters", "import", str(path))
    run_jobtrail(migrated.settings(), "dead-letters", "discard", "--all")
    assert not letters(migrated)
    told = run_jobtrail(migrated.settings(), "dead-letters", "import", str(path), "--output", "json")
    assert json.loads(told) == [{"imported": 3, "were_there": 0}]
    assert migrated.rows(f"select {columns} from jobtrail.dead_letter order by partition, record_offset") == before
    one = json.loads(lines.splitlines()[0])
    for wrong in ({**one, "key_hex": "0"}, {**one, "value_hex": "zz"}, {**one, "offset": "1"}, {**one, "created_at": None},
                  {**one, "headers_hex": [[None, None]]}, {**one, "partition": -1}, {"topic": "t"}, []):
        path.write_text(json.dumps(wrong) + "\n", encoding="ascii")
        run_jobtrail(migrated.settings(), "dead-letters", "import", str(path), status=1)
    run_jobtrail(migrated.settings(), "dead-letters", "import", str(tmp_path / "none"), status=1)
    assert len(letters(migrated)) == 3


@pytest.mark.parametrize("verb", ["retry", "discard", "export"])
def test_a_letter_that_is_not_there_is_told(migrated, verb):
    status, _, words = run(migrated.settings(), "dead-letters", verb, "99")
    assert status == 1 and "there is no dead letter 99" in words
    status, _, words = run(migrated.settings(), "dead-letters", verb, "99", "98", "99")
    assert status == 1 and "2 of the 2 dead letters named are not there" in words
