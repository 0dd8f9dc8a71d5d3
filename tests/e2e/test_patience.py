# SPDX-License-Identifier: Apache-2.0
"""Records of schemas that nobody knows: what is waited for holds its partition alone, is waited for
once, is named in the log, and is understood as soon as it is known."""
import io
import json
import struct
import threading

import fastavro
import pytest
from confluent_kafka import Producer

import interop_events
from asking import asked, created, decisions
from small_registry import SmallRegistry
from stories import BASE_US, single_object, statuses, stories
from waiting import wait_for_equal, wait_until
from world import PARTITIONS

HELD = "a record is held"


def settings_for(world, folder=None, **more):
    """One worker; a folder is where schemas are waited for."""
    return {**world.settings(), "workers": 1, "batch.max-events": 500, "dead-letters.patience": "1h",
            **({"schema.directory": folder} if folder else {}), **more}


def send(world, topic, partition, records):
    """Sends (key, value, headers) to that partition, in this order."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "enable.idempotence": True})
    errors = []
    for key, value, headers in records:
        producer.produce(world.topics[topic], value, key=key, headers=headers, partition=partition,
                         on_delivery=lambda error, _: error and errors.append(error))
        producer.poll(0)
    assert producer.flush(30) == 0 and not errors, errors[:1]


def positions(world, table="source_position"):
    return {row["partition"]: row["next_offset"] for row in world.rows(f"select * from jobtrail.{table}")}


def letters(world):
    """Dead letters as (partition, offset, reason), in order."""
    return [(row["partition"], row["record_offset"], row["reason"])
            for row in world.rows("select * from jobtrail.dead_letter order by partition, record_offset")]


def made_up(number):
    """A record of a schema that nobody has."""
    return b"k", b"\xc3\x01" + struct.pack("<Q", 0x1111111111110000 + number) + b"x", []


def log_lines(running, text):
    return [line for line in running.log.read_text(encoding="utf-8").splitlines() if text in line]


class LaterSchema:
    """JobStarted as a later version writes it, whose schema the service has not seen."""

    def __init__(self):
        self.schema = json.loads(interop_events.schema_text("JobStarted"))
        self.schema["fields"].append({"name": "later", "type": "int", "default": 0})
        canonical = fastavro.schema.to_parsing_canonical_form(self.schema)
        self.fingerprint = fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")

    def event(self, job_id):
        _, plain, _ = single_object("JobStarted", job_id=job_id, occurred_at=BASE_US)
        later = io.BytesIO()
        fastavro.schemaless_writer(later, "int", 7)
        return job_id, b"\xc3\x01" + bytes.fromhex(self.fingerprint) + plain[10:] + later.getvalue(), []

    def number(self):
        """The fingerprint as the service writes it."""
        return bytes.fromhex(self.fingerprint)[::-1].hex()

    def publish(self, folder):
        """All at once, as whoever rolls schemas out does."""
        part = folder / "part"
        part.write_text(json.dumps(self.schema), encoding="utf-8")
        part.rename(folder / "JobStarted.avsc")


def test_a_record_holds_its_partition_alone(migrated, serve, tmp_path):
    """The other partitions of its worker go on for as long as it is held, and so does its own once
    the schema is known; nothing is a dead letter."""
    folder, later = tmp_path / "schemas", LaterSchema()
    folder.mkdir()
    running = serve(settings_for(migrated, folder))
    before, behind = list(stories(range(100))), list(stories(range(100, 200)))
    send(migrated, "events", 0, [*before, later.event("waits"), *behind])
    for partition in range(1, PARTITIONS):
        send(migrated, "events", partition, stories(range(1000 * partition, 1000 * partition + 20)))
    ends = migrated.log_ends("events")
    wait_for_equal(lambda: positions(migrated), {**ends, 0: len(before)}, "all but one are at their end")
    send(migrated, "events", 1, stories(range(9000, 9020)))
    ends = migrated.log_ends("events")
    wait_for_equal(lambda: positions(migrated), {**ends, 0: len(before)}, "and go on")
    [line] = log_lines(running, HELD)
    assert f"partition=0 offset={len(before)}" in line and migrated.topics["events"] in line
    assert f"fingerprint {later.number()}" in line
    later.publish(folder)
    wait_until(migrated.is_caught_up, "it is understood, and what came behind it")
    wait_for_equal(lambda: statuses(migrated), {"successful": 280, "running": 1}, "all are projected")
    assert letters(migrated) == [] and len(log_lines(running, HELD)) == 1
    running.stop()


def test_a_schema_is_waited_for_once(migrated, serve, tmp_path):
    """However seldom it comes, and in whichever partition."""
    (tmp_path / "schemas").mkdir()
    running = serve(settings_for(migrated, tmp_path / "schemas", **{"dead-letters.patience": "2s"}))
    some = list(stories(range(100)))
    assert len(some) > 1000
    for _ in range(5):
        send(migrated, "events", 0, [*some, made_up(0)])
    wait_until(migrated.is_caught_up, "all is read")
    send(migrated, "events", 1, [*some, made_up(0), *stories(range(100, 110))])
    wait_until(migrated.is_caught_up, "all is read")
    assert len(letters(migrated)) == 6 and {reason for _, _, reason in letters(migrated)} == {"SCHEMA_UNKNOWN"}
    assert len(log_lines(running, HELD)) == 1
    send(migrated, "events", 2, [made_up(1)])  # another one is another matter
    wait_until(migrated.is_caught_up, "all is read")
    assert len(log_lines(running, HELD)) == 2
    running.stop()


def test_schemas_that_are_made_up_do_not_hold_for_long(migrated, serve, tmp_path):
    """A new one in each record: a few are waited for, then none for an hour."""
    (tmp_path / "schemas").mkdir()
    running = serve(settings_for(migrated, tmp_path / "schemas", **{"dead-letters.patience": "500ms"}))
    send(migrated, "events", 0, [made_up(number) for number in range(300)])
    wait_until(lambda: len(letters(migrated)) == 300, "all of them are kept")
    assert len(log_lines(running, HELD)) == 8
    running.stop()


def test_without_registry_or_folder_nothing_is_waited_for(migrated, serve):
    running = serve(settings_for(migrated))
    send(migrated, "events", 0, [made_up(0), (b"k", b"\0\0\0\0\7x", []), *stories(range(2))])
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "the jobs behind them are there")
    assert letters(migrated) == [(0, 0, "SCHEMA_UNKNOWN"), (0, 1, "SCHEMA_UNKNOWN")]
    assert not log_lines(running, HELD)
    first, second = log_lines(running, '"dead letter"')
    assert "fingerprint 1111111111110000" in first and "id 7" in second
    running.stop()


def test_a_registrys_schema_is_named_in_the_log(migrated, serve):
    registry = SmallRegistry().start()
    running = serve(settings_for(migrated, **{"schema.registry.url": registry.url}))
    send(migrated, "events", 0, [(b"k", b"\0" + struct.pack(">I", 4711) + b"x", [])])
    wait_until(lambda: log_lines(running, HELD), "it is held")
    [line] = log_lines(running, HELD)
    assert "partition=0 offset=0" in line and '"id 4711"' in line
    send(migrated, "events", 1, [made_up(0)])  # a registry knows no fingerprints, now or later
    wait_for_equal(lambda: letters(migrated), [(1, 0, "SCHEMA_UNKNOWN")], "it is a dead letter at once")
    registry.stop()  # it cannot be asked: who is held stays held, and nobody else
    send(migrated, "events", 2, stories(range(3)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 3}, "the others go on")
    assert len(letters(migrated)) == 1 and len(log_lines(running, HELD)) == 1
    running.stop()


class HangingRegistry(SmallRegistry):
    """Takes questions for schemas and answers them when it is let go."""

    def __init__(self):
        super().__init__()
        self.may_answer, self.questions = threading.Event(), []

    def answer(self, method, path, body):
        if method == "GET":
            self.questions.append(path)
            self.may_answer.wait(300)
        return super().answer(method, path, body)


def test_a_registry_that_hangs_holds_nobody_else(migrated, serve):
    """The worker waits a moment for it, and not for each question."""
    registry, later = HangingRegistry().start(), LaterSchema()
    running = serve(settings_for(migrated, **{"schema.registry.url": registry.url, "schema.registry.timeout": "5m"}))
    number = registry.register("later", json.dumps(later.schema))["id"]
    value = b"\0" + struct.pack(">I", number) + later.event("waits")[1][10:]
    send(migrated, "events", 0, [(b"waits", value, []), *stories(range(3))])
    wait_until(lambda: registry.questions, "it is asked")
    for partition in range(1, PARTITIONS):
        send(migrated, "events", partition, stories(range(1000 * partition, 1000 * partition + 20)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 60}, "the others go on")
    assert len(log_lines(running, HELD)) == 1 and len(registry.questions) == 1
    registry.may_answer.set()
    wait_for_equal(lambda: statuses(migrated), {"successful": 63, "running": 1}, "and then this one")
    registry.may_answer.clear()
    send(migrated, "events", 0, [(b"k", b"\0" + struct.pack(">I", 4711) + b"x", [])])
    wait_until(lambda: len(log_lines(running, HELD)) == 2, "one that is held again")
    running.stop()  # waits for no answer either
    registry.may_answer.set()
    registry.stop()


def test_more_than_may_wait_is_read_again(migrated, serve, tmp_path):
    """What comes behind a record that is held does not fill the memory, and is not lost."""
    folder, later = tmp_path / "schemas", LaterSchema()
    folder.mkdir()
    before = list(stories(range(1)))
    send(migrated, "events", 0, [*before, later.event("waits"), *stories(range(1, 1000))])
    running = serve(settings_for(migrated, folder, **{"queue.bytes": "256KiB"}))
    wait_until(lambda: log_lines(running, HELD), "it is held")
    send(migrated, "events", 1, stories(range(9000, 9100)))
    wait_for_equal(lambda: positions(migrated), {**migrated.log_ends("events"), 0: len(before)}, "the others go on")
    later.publish(folder)
    wait_until(migrated.is_caught_up, "all is read")
    wait_for_equal(lambda: statuses(migrated), {"successful": 1100, "running": 1}, "nothing is missing")
    started = [line for line in log_lines(running, "partition started") if "who=consumer" in line]
    assert len([line for line in started if " partition=0 " in line]) == 2
    running.stop()


def test_partitions_that_hold_go_to_another(migrated, serve, tmp_path):
    """Who holds a record in each of its partitions gives half of them away, and leaves well."""
    folder, later = tmp_path / "schemas", LaterSchema()
    folder.mkdir()
    first = serve(settings_for(migrated, folder))
    for partition in range(PARTITIONS):
        send(migrated, "events", partition, [*stories(range(10 * partition, 10 * partition + 10)),
                                             later.event(f"waits-{partition}"), *stories(range(900, 903))])
    wait_until(lambda: len(log_lines(first, HELD)) == PARTITIONS, "each holds one")
    second = serve(settings_for(migrated, folder), "--only", "project")
    wait_until(lambda: len(log_lines(second, HELD)) == PARTITIONS // 2, "the other holds half of them")
    wait_for_equal(lambda: set(positions(migrated).values()), {120}, "what came before was committed")
    first.stop()
    later.publish(folder)
    wait_until(migrated.is_caught_up, "all of them go on")
    wait_for_equal(lambda: statuses(migrated), {"successful": 43, "running": PARTITIONS}, "nothing is missing")
    assert letters(migrated) == []
    second.stop()


@pytest.mark.parametrize("has_folder", (True, False))
def test_a_partition_of_requests_does_not_wait_for_ever(migrated, serve, tmp_path, has_folder):
    """Whatever traffic the others have."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    running = serve(settings_for(migrated, folder if has_folder else None, **{"dead-letters.patience": "4s"}))
    migrated.produce("events", [created(job) for job in ("mine", *(f"job-{number}" for number in range(200)))])
    wait_until(migrated.is_caught_up, "the jobs are there")
    send(migrated, "cancel-requests", 0, [made_up(0), asked("mine")])
    others = iter(range(200))

    def is_decided():
        send(migrated, "cancel-requests", 1, [asked(f"job-{next(others)}")])
        return ("mine", "ada", "CREATOR") in decisions(migrated)

    wait_until(is_decided, "it is decided")
    assert letters(migrated) == [(0, 0, "SCHEMA_UNKNOWN")]
    held = log_lines(running, "a cancel request is held")
    assert len(held) == has_folder
    for line in held:
        assert "partition=0 offset=0" in line and "fingerprint 1111111111110000" in line
        assert migrated.topics["cancel-requests"] in line
    send(migrated, "cancel-requests", 2, [made_up(0)])  # in vain once
    wait_until(lambda: len(letters(migrated)) == 2, "it is a dead letter")
    assert len(log_lines(running, "a cancel request is held")) == has_folder
    running.stop()
