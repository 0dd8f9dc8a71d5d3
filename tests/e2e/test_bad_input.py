# SPDX-License-Identifier: Apache-2.0
"""Whatever comes from a topic, the stream goes on: a record that cannot be understood is kept as a
dead letter, byte for byte, and the events around it are projected."""
import json
import os
import pathlib
import random
import re
import struct
import time

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

import interop_events
from small_registry import SmallRegistry, guid_of
from stories import BASE_US, single_object, statuses, stories, story, written_with
from waiting import wait_for_equal, wait_until
from world import PARTITIONS

MIB = 1024 * 1024
YEAR_2000_US = 946_684_800_000_000
SECRETS = [("authorization", b"Bearer a"), ("Authorization", b"Bearer b"),
           ("AUTHORIZATION", b"Bearer c")]


class HostileRegistry(SmallRegistry):
    """Also answers with whatever a test wants."""

    def __init__(self):
        super().__init__()
        self.answers = {}

    def answer(self, method, path, body):
        return self.answers.get(path.split("?")[0]) or super().answer(method, path, body)


@pytest.fixture
def registry():
    mine = HostileRegistry().start()
    yield mine
    mine.stop()


def settings_for(world, **more):
    return {**world.settings(), "workers": 1, "dead-letters.patience": "1s",
            **{name.replace("__", ".").replace("_", "-"): value for name, value in more.items()}}


def send(world, records):
    """Sends (key, value, headers) in this order, each to the next partition. Where each went."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "enable.idempotence": True,
                         "message.max.bytes": 8 * MIB})
    places = {}
    for number, (key, value, headers) in enumerate(records):
        def note(error, message, number=number):
            assert not error, error
            places[number] = (message.partition(), message.offset())
        producer.produce(world.topics["events"], value, key=key, headers=headers,
                         partition=number % PARTITIONS, on_delivery=note)
        producer.poll(0)
    assert producer.flush(30) == 0 and len(places) == len(records)
    return [places[number] for number in range(len(records))]


def letters(world):
    """Dead letters by partition and offset, but for what the relay makes of them."""
    rows = world.rows("select * from jobtrail.dead_letter")
    return {(row["partition"], row["record_offset"]):
            {name: value for name, value in row.items() if name not in ("published_at", "refusal")}
            for row in rows}


def event(record="JobStarted", **fields):
    """The value of an event of a job that must never be seen."""
    fields = {"job_id": "never", "occurred_at": BASE_US, **fields}
    return single_object(record, **fields)[1]


def bare(value):
    """Without its framing."""
    return value[10:]


def confluent(number, payload):
    return b"\0" + struct.pack(">I", number) + payload


def schema_with(record, **field):
    """The schema of a record with one field more at its end."""
    schema = json.loads(interop_events.schema_text(record))
    schema["fields"].append(field)
    return json.dumps(schema)


def bad_values():
    """(value, reason): the schema is known, the value is not as it says."""
    whole = event("JobCreated", type="Load", creator_id="ada", message="MARKER")
    yield None, "TOMBSTONE"
    yield b"", "FRAMING"
    yield b"\0", "FRAMING"
    yield b"\xc3\x01\x00", "FRAMING"
    yield b'{"job_id": "never"}', "FRAMING"
    yield whole[:-1], "TRUNCATED"
    yield whole[:10], "TRUNCATED"
    yield whole + b"\0", "TRAILING_BYTES"
    yield whole.replace(b"MARKER", b"NUL\0UL"), "NUL_IN_TEXT"
    yield whole.replace(b"MARKER", b"\xff\xfe\xff\xfe\xff\xfe"), "UTF8"
    yield whole.replace(b"MARKER", b"ab\xed\xa0\x80c"), "UTF8"
    yield whole[:10] + b"\xff" * 40, None
    yield whole[:10] + b"\x01" + whole[11:], "LENGTH"
    yield whole + b"\0" * (MIB + 1 - len(whole)), "PAYLOAD_TOO_LARGE"
    yield b"\0" * (2 * MIB), "PAYLOAD_TOO_LARGE"
    yield event(occurred_at=YEAR_2000_US - 1), "TIME_TOO_EARLY"
    yield event(occurred_at=-2**63), "TIME_TOO_EARLY"
    yield event(occurred_at=253_402_300_800_000_000), "TIME_TOO_LATE"
    yield event(occurred_at=2**63 - 1), "TIME_TOO_LATE"
    for attempt in (0, -1, 10_001, 2**31 - 1, -2**31):
        yield event(attempt=attempt), "ATTEMPT_RANGE"
    for text in ("", "a" * 256, "é" * 128):
        yield event(job_id=text), "ID_LENGTH"
        yield event(organization_id=text), "ID_LENGTH"
        yield event("JobCreated", type="Load", creator_id=text), "ID_LENGTH"
    yield event("JobCreated", type="", creator_id=None), "TYPE_LENGTH"
    yield event("JobCreated", type="t" * 129, creator_id=None), "TYPE_LENGTH"
    yield event(event_id="no uuid"), "UUID"
    yield event("JobProgressed", progress=101), "PROGRESS_RANGE"
    yield event("JobProgressed", progress=-1), "PROGRESS_RANGE"
    yield event("JobSucceeded", result_uri="javascript:alert(1)"), "RESULT_URI"
    yield event("JobFailed", error_code="e" * 129), "ERROR_CODE_LENGTH"


def random_values(count):
    """Noise, bare and behind a known beginning."""
    dice = random.Random(20240501)
    for _ in range(count):
        noise = dice.randbytes(dice.randrange(1, 400))
        yield b"\x42" + noise, "FRAMING"
        # What is left of an event after its first bytes can hardly be one.
        yield written_with("JobFailed")[1] + noise, None


def unknown_schemas():
    """(value, headers): nobody knows the schema."""
    payload = bare(event())
    yield confluent(999_999, payload), []
    yield confluent(0xffffffff, payload), []
    yield b"\xc3\x01" + b"\xab" * 8 + payload, []
    yield payload, [("__value_schema_id", b"\x01" + b"\xcd" * 16)]
    yield payload, [("__value_schema_id", confluent(424_242, b""))]


def hostile_schemas():
    """(schema, payload, reason): what a registry answers, and a value said to be written so."""
    payload = bare(event())
    nested = '"int"'
    for _ in range(1000):
        nested = '{"type": "array", "items": %s}' % nested
    yield nested, payload, "SCHEMA_INVALID"
    yield "[" * 5000, payload, "SCHEMA_INVALID"
    yield schema_with("JobStarted", name="pad", type="int", default=0,
                      doc="x" * 300_000), payload, "SCHEMA_INVALID"
    yield "no JSON", payload, "SCHEMA_INVALID"
    yield '{"type": "record", "name": "JobStarted", "fields": 7}', payload, "SCHEMA_INVALID"
    yield '{"type": "record", "name": "J\\u0000b", "fields": []}', payload, "SCHEMA_INVALID"
    yield '{"type": "record", "name": "%s", "fields": []}' % ("é" * 400), payload, None
    yield '"string"', payload, "UNKNOWN_RECORD"
    yield json.dumps({"type": "record", "name": "Thing", "namespace": "n" * 400, "fields": []}), \
        payload, "UNKNOWN_RECORD"
    yield json.dumps({"type": "record", "name": "JobStarted", "namespace": "jobtrail.v1",
                      "fields": []}), b"", "SCHEMA_INCOMPATIBLE"
    # A record without end: no byte of it is ever read.
    loop = {"type": "record", "name": "Loop", "fields": [{"name": "again", "type": "Loop"}]}
    yield schema_with("JobStarted", name="loop", type=loop), payload, None
    # Deeper than any value has a right to be.
    tree = {"type": "record", "name": "Tree",
            "fields": [{"name": "next", "type": ["null", "Tree"]}]}
    yield schema_with("JobStarted", name="tree", type=tree), payload + b"\x02" * 100_000, "TOO_DEEP"
    # Twenty million items in five bytes.
    yield schema_with("JobStarted", name="many", type={"type": "array", "items": "null"}), \
        payload + b"\x80\xda\xc4\x13\x00", "TOO_MANY_ITEMS"


def bad_records(registry):
    """(key, value, headers, reason) of everything."""
    for value, reason in [*bad_values(), *random_values(40)]:
        yield b"k", value, [], reason
    yield None, b"no key", [], "FRAMING"
    yield b"", b"an empty key", [], "FRAMING"
    yield b"\xff\0\xfe", b"a key that is no text", [], "FRAMING"
    yield b"k", b"headers", [("a", b"1"), ("a", b"2"), ("none", None), ("empty", b""),
                             ("bytes", b"\xff\0\xfe"), *SECRETS, ("z", b"last")], "FRAMING"
    yield b"k", b"many headers", [(f"h{n}", b"v") for n in range(100)], "FRAMING"
    yield b"k", bare(event()), [("__value_schema_id", b"\x01short")], "FRAMING"
    yield b"k", bare(event()), [("__value_schema_id", None)], "FRAMING"
    yield b"k", confluent(0, bare(event())), [], "FRAMING"
    for value, headers in unknown_schemas():
        yield b"k", value, headers, "SCHEMA_UNKNOWN"
    for schema, payload, reason in hostile_schemas():
        number = registry.register("hostile", schema)["id"]
        yield b"k", confluent(number, payload), [], reason
        guid = b"\x01" + guid_of(schema).bytes
        yield b"k", payload, [("__value_schema_id", guid)], reason


def without_secrets(headers):
    return [(name, value) for name, value in headers if name.lower() != "authorization"]


def kept_headers(letter):
    return [(name.decode(), value)
            for name, value in zip(letter["header_names"], letter["header_values"])]


def counted(running, outcome):
    """Events of that outcome, of all kinds together, as the process counts them."""
    return sum(int(number) for number in re.findall(
        r'^jobtrail_events_total\{kind="\w+",outcome="%s"\} (\d+)$' % outcome,
        running.get("/metrics")[1], re.MULTILINE))


def test_each_becomes_a_dead_letter(migrated, serve, registry):
    migrated.set_topic("events", "max.message.bytes", 8 * MIB)
    bad = list(bad_records(registry))
    records = list(story(0))
    for number, (key, value, headers, _) in enumerate(bad):
        records += [(key, value, headers), single_object(
            "JobCreated", job_id=f"good-{number}", occurred_at=BASE_US, type="Load",
            creator_id="ada")]
    records += story(1)
    places = send(migrated, records)
    bad_places = places[len(list(story(0))):-len(list(story(1))):2]
    settings = settings_for(migrated, schema__registry__url=registry.url)
    running = serve(settings)
    wait_for_equal(lambda: statuses(migrated), {"successful": 2, "accepted": len(bad)},
                   "the good ones are all there", 60)
    wait_until(lambda: len(letters(migrated)) >= len(bad), "the bad ones are all kept")
    kept = letters(migrated)
    assert sorted(kept) == sorted(bad_places)
    for place, (key, value, headers, reason) in zip(bad_places, bad):
        letter = kept[place]
        assert reason in (None, letter["reason"]), (letter["reason"], letter["message"], value)
        assert letter["topic"] == migrated.topics["events"]
        assert (letter["key"], letter["value"]) == (key, value)
        assert kept_headers(letter) == without_secrets(headers)
        assert letter["stage"] in ("decode", "check") and letter["message"]
        assert letter["timestamp_ms"] > 0
    assert counted(running, "dead_letter") == len(bad)
    running.stop()
    again = serve(settings)
    migrated.produce("events", story(2))
    wait_for_equal(lambda: statuses(migrated), {"successful": 3, "accepted": len(bad)},
                   "it goes on")
    assert letters(migrated) == kept
    again.stop()


@pytest.mark.parametrize("answer", (
    (200, {"schema": "x" * (2 * MIB)}),
    (200, {"schemaType": "PROTOBUF", "schema": "syntax"}),
    (200, {"schema": '"Other"', "references": [{"name": "Other", "subject": "o"}]}),
), ids=("larger than any answer may be", "not Avro", "with references to nowhere"))
def test_a_schema_that_nobody_can_use_does_not_hold_the_stream(migrated, serve, registry, answer):
    registry.answers["/schemas/ids/7"] = answer
    running = serve(settings_for(migrated, schema__registry__url=registry.url, dead_letters__patience="1h"))
    send(migrated, [(b"k", confluent(7, bare(event())), []), *story(0)])
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after it is there")
    wait_until(lambda: len(letters(migrated)) == 1, "and its letter, which may be another batch's")
    running.stop()


def test_a_schema_that_comes_in_time(migrated, serve, registry):
    """Its events wait for it, and are no dead letters."""
    running = serve(settings_for(migrated, schema__registry__url=registry.url,
                                 schema__registry__unknown_ttl="100ms",
                                 dead_letters__patience="1h"))
    value = single_object("JobStarted", job_id="waits", occurred_at=BASE_US)[1]
    send(migrated, [(b"k", confluent(40, bare(value)), [])])
    wait_until(lambda: "a record is held" in running.log_text(), "it is held")
    assert statuses(migrated) == {} and letters(migrated) == {}
    while len(registry.schemas) < 39:  # the service registers some of its own meanwhile
        registry.register("another", f'"of another, {len(registry.schemas)}"')
    registry.register("job.events-value", interop_events.schema_text("JobStarted"))
    wait_for_equal(lambda: statuses(migrated), {"running": 1}, "it is projected")
    assert letters(migrated) == {}
    running.stop()


def test_patience_is_had_once(migrated, serve, registry):
    """Unknown schemas among other bad records: were each waited for, this would take minutes."""
    running = serve(settings_for(migrated, schema__registry__url=registry.url, dead_letters__patience="4s"))
    unknown, tombstone = (b"k", confluent(999, b""), []), (b"k", None, [])
    bad = ([unknown] * PARTITIONS + [tombstone] * PARTITIONS) * 8
    send(migrated, [*bad, *story(0)])
    wait_until(lambda: len(letters(migrated)) == len(bad), "all of them are kept", 60)
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after them is there")
    running.stop()


@pytest.mark.parametrize("kind", ("CreateTime", "LogAppendTime"))
def test_only_the_brokers_time_bounds_the_future(migrated, serve, kind):
    """Who hands old records on keeps their time, which says nothing of the event."""
    migrated.delete_topic("events")
    migrated.create_topics([NewTopic(migrated.topics["events"], 1, 1, config={
        "cleanup.policy": "delete", "message.timestamp.type": kind})])
    running = serve(settings_for(migrated))
    now_us, days_us = time.time_ns() // 1000, 2 * 86_400_000_000
    producer = Producer({"bootstrap.servers": migrated.bootstrap})
    for job_id, occurred_us, stamp_us in (("handed-on", now_us, now_us - days_us), ("ahead", now_us + days_us, now_us)):
        producer.produce(migrated.topics["events"], timestamp=stamp_us // 1000,
                         value=event(job_id=job_id, occurred_at=occurred_us))
    assert producer.flush(30) == 0
    good = ["ahead", "handed-on"] if kind == "CreateTime" else ["handed-on"]
    wait_for_equal(lambda: sorted(migrated.jobs("org-a")), good, "what is no broker's word refuses nothing")
    wait_for_equal(lambda: [letter["reason"] for letter in letters(migrated).values()],
                   [] if kind == "CreateTime" else ["TIME_TOO_LATE"], "what the broker shows to be wrong is refused")
    running.stop()


@pytest.mark.parametrize("reason", ("FRAMING", "TIME_TOO_LATE"))
def test_a_topic_full_of_poison_is_held_at_first(migrated, serve, reason):
    """It smells of a wrong setting; but if nobody mends it the stream goes on."""
    bad = b"noise" if reason == "FRAMING" else event(occurred_at=2**62)
    count = 2000
    running = serve(settings_for(migrated, dead_letters__patience="6s", batch__max_events=500))
    send(migrated, [(b"k", bad, [])] * count + list(story(0)))
    wait_until(lambda: "a record is held" in running.log_text(), "it is held")
    assert len(letters(migrated)) < count
    wait_until(lambda: len(letters(migrated)) == count, "all of them are kept")
    assert {letter["reason"] for letter in letters(migrated).values()} == {reason}
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after them is there")
    running.stop()


def refused_jobs(world, running, jobs, refused):
    """Sends good jobs and, among them, those that PostgreSQL refuses; checks what comes of it."""
    records = list(stories(range(jobs)))
    step = len(records) // refused
    for number in range(refused):
        records.insert(number * step + number, single_object(
            "JobStarted", job_id=f"refused-{number}", occurred_at=BASE_US, message="refuse me"))
    places = send(world, records)
    expected = [place for place, record in zip(places, records) if b"refuse me" in record[1]]
    assert len(expected) == refused
    wait_for_equal(lambda: statuses(world), {"successful": jobs}, "all others are projected", 60)
    wait_until(lambda: len(letters(world)) >= refused, "the refused ones are kept")
    kept = letters(world)
    assert sorted(kept) == sorted(expected)
    assert {letter["stage"] for letter in kept.values()} == {"store"}
    assert {letter["reason"] for letter in kept.values()} == {"DATA_REFUSED"}
    running.stop()
    return kept


def lets_through(launch, world):
    """Whatever PostgreSQL refuses of a value Jobtrail has checked before; this one lets such a value through
    (lets_through.c)."""
    binary = pathlib.Path(os.environ["DEV_BUILD"]) / "tests/e2e/jobtrail_lets_through"
    return launch(settings_for(world), binary=binary).wait_ready()


def test_one_of_many_that_postgres_refuses(migrated, launch):
    """Many small batches tell which it is, and none of them waits for what is there."""
    records = list(stories(range(5000)))
    records.insert(15000, single_object("JobStarted", job_id="refused", occurred_at=BASE_US, message="refuse me"))
    send(migrated, records)
    running = lets_through(launch, migrated)
    wait_until(lambda: letters(migrated), "it is found", 30)
    wait_for_equal(lambda: statuses(migrated), {"successful": 5000}, "all others are projected")
    running.stop()


def test_what_only_postgres_refuses(migrated, launch):
    """It is found, wherever it stands."""
    kept = refused_jobs(migrated, lets_through(launch, migrated), jobs=20, refused=2)
    assert all("invalid byte sequence" in letter["message"] for letter in kept.values())


def test_unknown_events_may_be_ignored(migrated, serve, registry):
    number = registry.register("other", json.dumps(
        {"type": "record", "name": "Other", "namespace": "elsewhere", "fields": []}))["id"]
    running = serve(settings_for(migrated, schema__registry__url=registry.url,
                                 events__unknown="ignore"))
    send(migrated, [(b"k", confluent(number, b""), []), *story(0)])
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after it is there")
    assert letters(migrated) == {}
    assert 'outcome="ignored"} 1\n' in running.get("/metrics")[1]
    running.stop()
