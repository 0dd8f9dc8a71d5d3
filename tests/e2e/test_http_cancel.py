# SPDX-License-Identifier: Apache-2.0
"""Cancelling over HTTP: who may, what becomes of it in the ledger, and what nobody learns."""
import json
import uuid

import pytest

from asking import created, now_us
from http_api import Api
from jobtrail_process import run_jobtrail
from stories import single_object
from waiting import wait_until

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def api(migrated, serve, tmp_path):
    mine = Api(tmp_path)
    mine.world = migrated
    mine.serve = serve(mine.settings(migrated.settings()))
    migrated.produce("events", [
        created("mine"), created("his", "bob"), created("nobody's", None), created("kept", cancellable=False),
        created("ended"), created("elsewhere", organization_id="org-b"),
        single_object("JobSucceeded", job_id="ended", occurred_at=now_us())])
    wait_until(migrated.is_caught_up, "all is projected")
    return mine


def ledger(world):
    return [(row["job_id"], row["requester_id"], row["reason_code"], row["channel"])
            for row in world.rows("select * from jobtrail.cancellation order by id")]


@pytest.mark.parametrize("role", ["Administrator", "Manager", "User", "Owner"])
def test_the_creator_is_granted_whatever_their_role(api, role):
    ada = api.member("ada", role)
    answer = ada.ask("DELETE", "/jobs/mine")
    assert (answer.status_code, answer.json()["jobID"]) == (202, "mine")
    request = ada.get(answer.headers["Location"]).json()
    assert (request["outcome"], request["decision"], request["reasonCode"]) == ("open", "granted", "CREATOR")
    assert ledger(api.world) == [("mine", "ada", "CREATOR", "http")]
    commands = api.world.rows("select * from jobtrail.cancel_command")
    assert [(row["job_id"], row["requester_id"]) for row in commands] == [("mine", "ada")]
    if role in ("Administrator", "Manager"):
        assert ada.get("/jobs/mine").json()["cancelling"] == "open"


@pytest.mark.parametrize("member,role,job,status,reason", [
    ("root", "Administrator", "mine", 403, "NOT_CREATOR"),
    ("root", "Administrator", "nobody's", 403, "NOT_CREATOR"),
    ("ada", "Manager", "his", 404, "NOT_CREATOR"),
    ("ada", "User", "his", 404, "NOT_CREATOR"),
    ("Ada", "Manager", "mine", 404, "NOT_CREATOR"),
    ("ada", "Manager", "none", 404, "UNKNOWN_JOB"),
    ("ada", "Manager", "elsewhere", 404, "UNKNOWN_JOB"),
    ("ada", "Manager", "ended", 409, "ALREADY_FINISHED"),
    ("ada", "User", "kept", 409, "NOT_CANCELLABLE")])
def test_nobody_else_is(api, member, role, job, status, reason):
    asking = api.member(member, role)
    answer = asking.ask("POST", f"/jobs/{job}/cancel-requests", json={"reason": "because"})
    assert answer.status_code == status, answer.text
    assert ledger(api.world) == [(job, member, reason, "http")]
    assert not api.world.rows("select * from jobtrail.cancel_command")
    if status == 409:
        assert answer.json()["detail"] == reason
    if status == 404:  # what came of it does not say that there is such a job
        told = asking.get(f"/jobs/{job}/cancel-requests").json()["cancelRequests"]
        assert [(each["reasonCode"], "attempt" in each) for each in told] == [("UNKNOWN_JOB", False)]


def test_without_authentication_there_is_no_row(api):
    member = api.member("ada", organization="org-b")
    assert member.ask("DELETE", "/jobs/mine").status_code == 404
    member.session.headers["Authorization"] = "Bearer x.y.z"
    assert member.ask("DELETE", "/jobs/mine").status_code == 401
    assert ledger(api.world) == []


def test_the_same_request_again_is_one(api):
    ada, key = api.member("ada"), {"Idempotency-Key": str(uuid.uuid4())}
    answers = [ada.ask("POST", "/jobs/mine/cancel-requests", headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.json()["commandID"] for answer in answers}) == 1
    assert ada.ask("POST", "/jobs/kept/cancel-requests", headers=key).status_code == 422
    second = ada.ask("DELETE", "/jobs/mine")
    assert second.status_code == 202
    assert ada.get(second.headers["Location"]).json()["reasonCode"] == "ALREADY_REQUESTED"
    assert len(api.world.rows("select * from jobtrail.cancel_command")) == 1


def test_a_reused_id_does_not_say_which_jobs_there_are(api):
    ada, told = api.member("ada"), []
    for job in ("his", "none"):
        key = {"Idempotency-Key": str(uuid.uuid4())}
        assert ada.ask("POST", "/jobs/nothing/cancel-requests", headers=key).status_code == 404
        assert ada.ask("POST", f"/jobs/{job}/cancel-requests", headers=key).status_code == 422
        told += ada.get(f"/jobs/{job}/cancel-requests").json()["cancelRequests"]
    assert [(each["reasonCode"], "attempt" in each) for each in told] == [("REQUEST_ID_REUSED", False)] * 2


def test_whoever_asks_too_much_waits(api):
    """Each request stays in the ledger; others ask on."""
    eve, asked = api.member("eve", "User"), 0
    while (answer := eve.ask("DELETE", f"/jobs/any-{asked}")).status_code == 404:
        asked += 1
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert asked >= 100
    assert eve.get("/conformance").status_code == 200
    assert api.member("ada").ask("DELETE", "/jobs/mine").status_code == 202


def test_others_do_not_ask_mine_out_of_the_list(api):
    """Nor do they have the job told of again."""
    ada, eve = api.member("ada"), api.member("eve", "User")
    changes = "select count(*) from jobtrail.change where 'mine' = any(job_ids)"
    assert ada.ask("DELETE", "/jobs/mine").status_code == 202
    wait_until(lambda: api.world.rows("select 1 from jobtrail.cancel_command where published_at is not null"),
               "the command went out, which is told")
    before = api.world.rows(changes)
    for _ in range(100):
        assert eve.ask("DELETE", "/jobs/mine").status_code == 404
    assert api.world.rows(changes) == before
    page = ada.get("/jobs/mine/cancel-requests").json()
    listed = page["cancelRequests"]
    assert (len(listed), listed[0]["requesterID"]) == (100, "ada")
    # The others' are on the next page, and only there.
    rest = ada.get(next(link["href"] for link in page["links"] if link["rel"] == "next")).json()
    assert not any(link["rel"] == "next" for link in rest["links"])
    listed += rest["cancelRequests"]
    assert len({each["requestID"] for each in listed}) == len(listed) == 101
    shown = run_jobtrail({"url": api.root, "token": api.token("ada")}, "show", "mine", "--output", "json")
    assert [each["requestID"] for each in json.loads(shown)["cancelRequests"]] == [
        each["requestID"] for each in listed]


def test_a_job_that_obeyed_is_told_of(api):
    ada = api.member("ada")
    request = ada.ask("POST", "/jobs/mine/cancel-requests").json()
    api.world.produce("events", [single_object("JobCancelled", job_id="mine", occurred_at=now_us(),
                                               command_id=request["commandID"])])
    wait_until(lambda: ada.get("/jobs/mine").json()["status"] == "dismissed", "it is cancelled")
    requests = ada.get("/jobs/mine/cancel-requests").json()["cancelRequests"]
    assert [each["outcome"] for each in requests] == ["honoured"]
    assert "cancelling" not in ada.get("/jobs/mine").json()
