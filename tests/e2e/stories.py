# SPDX-License-Identifier: Apache-2.0
"""Events to send: one at a time, or a job's whole story."""
import functools
import io
import uuid

import fastavro

import interop_events

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
