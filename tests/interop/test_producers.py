# SPDX-License-Identifier: Apache-2.0
"""The producers send what they should: their bytes are read back by fastavro alone."""
import collections
import io
import json
import struct
import urllib.request
import uuid

import fastavro
import pytest

import interop_events
from python_producers import apache_fingerprint, specified_fingerprint

EVENTS = len(list(interop_events.events("org-a")))


def test_every_producer_sends_every_event(world, producer):
    producer.send("org-a")
    expected = by_job(interop_events.events("org-a"))
    messages = world.consume("events", EVENTS)
    sent = by_job(decode(message, producer.registry) for message in messages)
    assert sent == expected
    for message in messages:
        record, fields = decode(message, producer.registry)
        assert message.key().decode() == fields["job_id"], record


@pytest.mark.xdist_group("java")
def test_languages_agree_on_every_byte(world, send_by):
    """Python's and Java's single objects are the same bytes."""
    for name in ("python-single-object", "java-single-object"):
        send_by(name, "org-a")
    values = collections.Counter(message.value() for message in world.consume("events", 2 * EVENTS))
    assert all(times % 2 == 0 for times in values.values()), values


@pytest.mark.xdist_group("java")
def test_aborted_transactions_are_in_the_topic(world, send_by):
    """The producer that aborts does put something there for a careless reader to find."""
    send_by("java-transactions", "org-a")
    careless = world.consume("events", 2 * EVENTS + 1, isolation="read_uncommitted")
    assert b"ghost" in {message.key() for message in careless}
    assert b"ghost" not in {message.key() for message in world.consume("events", EVENTS)}


def by_job(events):
    """Events of each job in their order, which Kafka keeps within a partition."""
    jobs = collections.defaultdict(list)
    for record, fields in events:
        jobs[fields["job_id"]].append((record, fields))
    return dict(jobs)


def decode(message, registry):
    """(record name, fields), whatever the framing."""
    value = message.value()
    header = dict(message.headers() or []).get("__value_schema_id")
    if header:
        assert header[:1] == b"\x01" and len(header) == 17
        schema = fetch(f"{registry}/schemas/guids/{uuid.UUID(bytes=header[1:])}")
        body = value
    elif value[:2] == b"\xc3\x01":
        schema, body = schema_of_fingerprint(value[2:10]), value[10:]
    else:
        magic, number = struct.unpack(">bI", value[:5])
        assert magic == 0
        schema, body = fetch(f"{registry}/schemas/ids/{number}"), value[5:]
    record = schema["name"].split(".")[-1]
    stream = io.BytesIO(body)
    fields = fastavro.schemaless_reader(stream, interop_events.plain_schema(record))
    assert stream.read() == b"", "bytes after the value"
    return record, fields


def fetch(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.loads(json.load(answer)["schema"])


def schema_of_fingerprint(fingerprint):
    for file in sorted(interop_events.SCHEMAS.glob("*.avsc")):
        if fingerprint in (specified_fingerprint(file.stem), apache_fingerprint(file.stem)):
            return interop_events.plain_schema(file.stem)
    raise AssertionError(f"no schema of ours has the fingerprint {fingerprint.hex()}")
