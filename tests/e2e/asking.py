# SPDX-License-Identifier: Apache-2.0
"""Asking for jobs to be cancelled, over Kafka."""
import time
import uuid

from stories import single_object


def now_us():
    return time.time_ns() // 1000


def created(job_id, creator="ada", **fields):
    """A job's creation, as (key, value, headers)."""
    return single_object("JobCreated", **{"job_id": job_id, "occurred_at": now_us(), "type": "Load",
                                          "creator_id": creator, **fields})


def asked(job_id, requester="ada", headers=(), **fields):
    """A cancel request, as (key, value, headers)."""
    fields = {"request_id": str(uuid.uuid4()), "job_id": job_id, "requester_id": requester,
              "requested_at": now_us(), **fields}
    key, value, _ = single_object("CancelRequested", **fields)
    return key, value, list(headers)


def decisions(world):
    """The ledger by job, requester and reason, in the order of asking."""
    return [(row["job_id"], row["requester_id"], row["reason_code"]) for row in world.rows(
        "select * from jobtrail.cancellation order by job_id, requester_id, id")]
