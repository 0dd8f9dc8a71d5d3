# SPDX-License-Identifier: Apache-2.0
"""Events to send: one at a time, or a job's whole story."""
import functools
import io
import json
import os
import pathlib
import subprocess
import time
import uuid

import fastavro

import interop_events
from jobtrail_process import environment_of
from world import PARTITIONS

BASE_US = 1_714_557_600_000_000


@functools.cache
def written_with(record):
    """The schema of a record, and how a value in single-object framing begins."""
    schema = interop_events.plain_schema(record)
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
    return schema, b"\xc3\x01" + fingerprint


def single_object(record, **fields):
    """An event as (key, value, headers)."""
    schema, mark = written_with(record)
    value = io.BytesIO()
    value.write(mark)
    fields = {"event_id": str(uuid.uuid4()), "organization_id": "org-a", **fields}
    fastavro.schemaless_writer(value, schema, fields)
    return fields["job_id"], value.getvalue(), []


def story(number):
    """A job from its creation to its success."""
    job = {"job_id": f"job-{number:05d}"}
    start_us = BASE_US + number * 1_000_000
    yield single_object("JobCreated", **job, occurred_at=start_us, type="Load", creator_id="ada")
    yield single_object("JobStarted", **job, occurred_at=start_us + 1)
    for progress in range(10, 100, 10):
        yield single_object("JobProgressed", **job, occurred_at=start_us + progress,
                            progress=progress)
    yield single_object("JobSucceeded", **job, occurred_at=start_us + 1000)


def stories(numbers):
    """The events of many jobs, one job after the other."""
    return (event for number in numbers for event in story(number))


def statuses(world):
    """How many jobs are in each status."""
    rows = world.rows("select status, count(*) as jobs from jobtrail.job group by status")
    return {row["status"]: row["jobs"] for row in rows}


def send_random_events(world, jobs, seed, prefix="job-", topic="events"):
    """Sends them all; returns the expected rows by job_id."""
    tool = pathlib.Path(os.environ["DEV_BUILD"]) / "tests/e2e/random_events"
    done = subprocess.run([tool, "--topic", world.topics[topic], "--partitions", str(PARTITIONS),
                           "--jobs", str(jobs), "--seed", str(seed + 1),
                           "--prefix", prefix],
                          env=environment_of(world.settings()), capture_output=True, text=True,
                          timeout=300, check=True)
    return {row["job_id"]: row for row in map(json.loads, done.stdout.splitlines())}


# A service's own version of the record, which nobody has told of yet.
LATER = {"type": "record", "name": "JobCreated", "namespace": "jobtrail.v1", "fields": [
    {"name": "event_id", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "organization_id", "type": "string"}, {"name": "job_id", "type": "string"},
    {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
    {"name": "message", "type": ["null", "string"], "default": None},
    {"name": "type", "type": "string"}, {"name": "creator_id", "type": ["null", "string"]},
    {"name": "whatever_else", "type": "string"}]}


def of_a_later_schema(job_id):
    """A creation as (key, value, headers), in single-object encoding."""
    canonical = fastavro.schema.to_parsing_canonical_form(LATER)
    value = io.BytesIO()
    value.write(b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")))
    fastavro.schemaless_writer(value, fastavro.parse_schema(LATER), {
        "event_id": "6ba7b812-9dad-11d1-80b4-00c04fd430c8", "organization_id": "org-a", "job_id": job_id,
        "occurred_at": time.time_ns() // 1000, "message": None, "type": "Load", "creator_id": "ada", "whatever_else": "x"})
    return job_id, value.getvalue(), [("trace", b"t")]
