# SPDX-License-Identifier: Apache-2.0
"""Whoever asks over Kafka for the end of a job that they may not see is told the same, all the time, as if there were
none."""
import time
import uuid

import pytest

from asking import asked, created
from http_api import Api
from waiting import wait_until

WAIT_S = 8
JOBS = ("his", "none")


@pytest.fixture
def api(migrated, serve, tmp_path):
    mine = Api(tmp_path)
    mine.world = migrated
    mine.serve = serve(mine.settings({**migrated.settings(), "cancel.requests.wait": f"{WAIT_S}s"}))
    migrated.produce("events", [created("his", "bob")])
    wait_until(migrated.is_caught_up, "all is projected")
    return mine


def told(member, job, request_id):
    """What is told of a request for the job, and answered when it is sent again, but for where and when."""
    listed, = member.get(f"/jobs/{job}/cancel-requests").json()["cancelRequests"]
    one = member.get(f"/jobs/{job}/cancel-requests/{request_id}").json()
    header = {"Idempotency-Key": request_id}
    again = [member.ask("DELETE", f"/jobs/{job}", headers=header),
             member.ask("POST", f"/jobs/{job}/cancel-requests", headers=header)]
    assert listed == one
    moments = {"received", "decided"}
    return (sorted(one), {name: value for name, value in one.items()
                          if name not in moments | {"jobID", "requestID", "links"}},
            [(answer.status_code, sorted(answer.json()), answer.json().get("outcome"), "Location" in answer.headers)
             for answer in again])


@pytest.mark.parametrize("role", ["Manager", "User"])
def test_a_job_of_another_is_waited_for_as_one_that_is_not_there(api, role):
    ada = api.member("ada", role)
    ids = {job: str(uuid.uuid4()) for job in JOBS}
    api.world.produce("cancel-requests", [asked(job, request_id=ids[job]) for job in JOBS])
    wait_until(lambda: len(api.world.rows("select from jobtrail.cancel_request")) == 2, "both are recorded")
    his, none = [told(ada, job, ids[job]) for job in JOBS]
    assert his == none
    assert his[1]["outcome"] == "pending" and [answer[0] for answer in his[2]] == [202, 202]
    root = api.member("root", "Administrator")
    assert root.get(f"/jobs/his/cancel-requests/{ids['his']}").json()["reasonCode"] == "NOT_CREATOR"
    wait_until(lambda: api.world.rows("select from jobtrail.cancellation where reason_code = 'UNKNOWN_JOB'"),
               "the one is refused", 60)
    wait_until(lambda: ada.get(f"/jobs/his/cancel-requests/{ids['his']}").json()["outcome"] == "refused",
               "the other seems to be")
    his, none = [told(ada, job, ids[job]) for job in JOBS]
    assert his == none
    assert his[1]["reasonCode"] == "UNKNOWN_JOB" and [answer[0] for answer in his[2]] == [404, 404]
    decided = [ada.get(f"/jobs/{job}/cancel-requests/{ids[job]}").json()["decided"] for job in JOBS]
    assert all(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S") for moment in decided)
