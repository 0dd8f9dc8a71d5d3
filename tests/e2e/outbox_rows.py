# SPDX-License-Identifier: Apache-2.0
"""Rows of the ledger and the outbox, as the cancel gate writes them, and dead letters, by SQL."""
import datetime
import io
import re
import uuid

import fastavro
import psycopg

from stories import written_with

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ISSUED_AT = datetime.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc)
ISSUED_AT_US = 1_772_366_400_123_456
ANSWER_BY = datetime.datetime(2026, 3, 1, 12, 1, tzinfo=datetime.timezone.utc)


def settings_for(world, **more):
    """The settings of a serve whose relay writes the world's topics."""
    return {**world.settings(), "topic.commands": world.topics["commands"],
            "topic.cancel-decisions": world.topics["cancel-decisions"],
            **{name.replace("__", ".").replace("_", "-"): value for name, value in more.items()}}


def grant(world, job_id, traceparent=TRACEPARENT, reason="enough", decide=True):
    """A job, a request for it that was granted, its command, and both in the outbox; (command_id, request_id)."""
    ids = {"command_id": uuid.uuid4(), "request_id": uuid.uuid4(), "job_id": job_id,
           "reason": reason, "traceparent": traceparent, "at": ISSUED_AT, "answer_by": ANSWER_BY}
    with psycopg.connect(world.conninfo) as connection:
        connection.execute(
            "insert into jobtrail_p1.job (created_at, updated_at, revision, attempt, status, creator_disputed,"
            " cancellable, job_id, organization_id, type, creator_id) values (%(at)s, %(at)s, 7, 2, 1, false, true,"
            " %(job_id)s, 'org-a', 'Load', 'ada') on conflict do nothing", ids)
        connection.execute(
            "insert into jobtrail.cancel_command (issued_at, answer_by, command_id, request_id,"
            " attempt, organization_id, job_id, type, creator_id, requester_id, reason,"
            " traceparent) values (%(at)s, %(answer_by)s, %(command_id)s, %(request_id)s, 2,"
            " 'org-a', %(job_id)s, 'Load', 'ada', 'ada', %(reason)s, %(traceparent)s)", ids)
        connection.execute(
            "insert into jobtrail.cancel_request (received_at, recorded_at, decided_at,"
            " job_revision, request_id, command_id, job_attempt, identified, channel, decision,"
            " reason_code, organization_id, job_id, requester_id, creator_id, reason, traceparent)"
            " values (%(at)s, %(at)s, %(at)s, 7, %(request_id)s, %(command_id)s, 2, true, 'http',"
            " 'granted', 'CREATOR', 'org-a', %(job_id)s, 'ada', 'ada', %(reason)s,"
            " %(traceparent)s)", ids)
        connection.execute("insert into jobtrail.outbox (command_id) values (%(command_id)s)", ids)
        if decide:
            connection.execute("insert into jobtrail.outbox (request) select id from"
                               " jobtrail.cancel_request where request_id = %(request_id)s", ids)
        connection.execute("select pg_notify('jobtrail_outbox', '')")
    return str(ids["command_id"]), str(ids["request_id"])


def refuse(world, job_id):
    """A request that was refused, in the outbox; its request_id."""
    request_id = uuid.uuid4()
    with psycopg.connect(world.conninfo) as connection:
        connection.execute(
            "with r as (insert into jobtrail.cancel_request (received_at, recorded_at, decided_at,"
            " request_id, identified, channel, decision, reason_code, organization_id, job_id,"
            " requester_id) values (%s, %s, %s, %s, true, 'http', 'refused', 'NOT_CREATOR',"
            " 'org-a', %s, 'bob') returning id)"
            " insert into jobtrail.outbox (request) select id from r",
            (ISSUED_AT, ISSUED_AT, ISSUED_AT, request_id, job_id))
        connection.execute("select pg_notify('jobtrail_outbox', '')")
    return str(request_id)


def bury(world, offset, value, headers=(), timestamp_ms=1_700_000_000_000):
    """A dead letter."""
    with psycopg.connect(world.conninfo) as connection:
        connection.execute(
            "insert into jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic,"
            " stage, reason, message, key, value, header_names, header_values) values (%s, %s, 3,"
            " 'somewhere', 'decode', 'FRAMING', 'not framed', 'k', %s, %s::bytea[], %s::bytea[])",
            (offset, timestamp_ms, value, [name for name, _ in headers],
             [value for _, value in headers]))


def decoded(record, framed):
    """The fields of a value in single-object framing."""
    schema, mark = written_with(record)
    assert framed.startswith(mark)
    return fastavro.schemaless_reader(io.BytesIO(framed[len(mark):]), schema)


def metric(running, name):
    """The value of a sample of /metrics, as a number."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", running.get("/metrics")[1], re.MULTILINE)
    assert found, name
    return float(found[1])
