# SPDX-License-Identifier: Apache-2.0
"""OGC API - Processes, Part 1: a test for each requirement of what is claimed (job-list, and of
core what does not start jobs), named after it. What is not claimed is not claimed."""
import datetime

import pytest
import yaml

from asking import created, now_us
from http_api import Api, link
from stories import single_object
from waiting import wait_until

JSON = "application/json"
OGC = "http://www.opengis.net/def/rel/ogc/1.0/"


@pytest.fixture
def member(migrated, serve, tmp_path):
    """Ada, with jobs that have come to each of their states."""
    api = Api(tmp_path)
    serve(api.settings(migrated.settings()))
    start = now_us() - 3600_000_000
    at = lambda seconds: start + seconds * 1_000_000
    events = [created("run", occurred_at=at(0)), created("good", type="Seed", occurred_at=at(10)),
              created("bad", occurred_at=at(20)), created("gone", occurred_at=at(30)), created("new", occurred_at=at(40))]
    events += [single_object("JobStarted", job_id=job, occurred_at=at(60)) for job in ("run", "good", "bad", "gone")]
    events += [single_object("JobSucceeded", job_id="good", occurred_at=at(70), result_uri="https://example.test/r"),
               single_object("JobFailed", job_id="bad", occurred_at=at(160), error_code="E", error_detail="why"),
               single_object("JobCancelled", job_id="gone", occurred_at=at(360))]
    migrated.produce("events", events)
    wait_until(migrated.is_caught_up, "all is projected")
    ada = api.member("ada", "Manager")
    ada.start = datetime.datetime.fromtimestamp(start / 1e6, datetime.timezone.utc)
    return ada


def ids(member, query):
    return sorted(member.jobs("/jobs?" + query))


def moment(member, seconds):
    return (member.start + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_core_landingpage_op_and_success(member):
    answer = member.get("")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
    assert link(answer, "service-desc") and link(answer, OGC + "conformance") and link(answer, OGC + "processes")
    for rel in (OGC + "conformance", OGC + "processes", OGC + "job-list"):
        assert member.get(link(answer, rel)).status_code == 200


def test_core_api_definition_op_and_success(member):
    answer = member.get(link(member.get(""), "service-desc"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi;version=3.1"
    assert yaml.safe_load(answer.text)["openapi"].startswith("3.1")


def test_core_conformance_op_and_success(member):
    answer = member.get("/conformance")
    assert answer.status_code == 200
    claimed = answer.json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list" in claimed
    assert not any(each.endswith(("processes-1/1.0/conf/core", "/conf/dismiss", "/conf/oas30")) for each in claimed)


def test_core_http(member):
    """HTTP 1.1: statuses, methods, conditional requests."""
    assert member.ask("HEAD", "/jobs").status_code == 200
    assert member.ask("HEAD", "/jobs").content == b""
    refused = member.ask("PUT", "/jobs")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert member.ask("TRACE", "/jobs").status_code == 405


def test_core_process_list_and_process_description(member):
    answer = member.get("/processes")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
    assert [each["id"] for each in answer.json()["processes"]] == ["Load", "Seed"]
    assert link(answer, "self")
    for each in answer.json()["processes"]:
        one = member.get(link_of(each, "self"))
        assert (one.status_code, one.json()["id"]) == (200, each["id"])
        assert {"id", "version"} <= each.keys()
    assert len(member.get("/processes?limit=1").json()["processes"]) == 1


def link_of(body, rel):
    return next(each["href"] for each in body["links"] if each["rel"] == rel)


def test_core_process_exception_no_such_process(member):
    answer = member.get("/processes/none")
    assert answer.status_code == 404
    assert answer.json()["type"] == "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process"


def test_core_job_op_and_success(member):
    """statusInfo: what is not known is left out, never null."""
    for job, status in (("new", "accepted"), ("run", "running"), ("good", "successful"), ("bad", "failed"),
                        ("gone", "dismissed")):
        info = member.get(f"/jobs/{job}").json()
        assert (info["jobID"], info["type"], info["status"]) == (job, "process", status)
        assert ("finished" in info) == (job in ("good", "bad", "gone"))
        assert ("started" in info) == (job != "new")
        assert None not in info.values()
        assert isinstance(info.get("progress", 0), int)
        assert link_of(info, "self").endswith(f"/jobs/{job}")


def test_core_job_exception_no_such_job(member):
    for path in ("/jobs/none", "/jobs/none/results"):
        answer = member.get(path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job"


def test_core_job_results_exception_results_not_ready(member):
    answer = member.get("/jobs/run/results")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/result-not-ready")


def test_core_job_results_failed(member):
    answer = member.get("/jobs/bad/results")
    assert answer.status_code >= 400
    assert answer.json()["detail"] == "why"


def test_job_list_links(member):
    landing = member.get("")
    assert link(landing, OGC + "job-list").endswith("/jobs")


def test_job_list_op_and_success(member):
    answer = member.get("/jobs")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
    assert answer.json().keys() >= {"jobs", "links"}
    assert link(answer, "self")
    assert all(each.keys() >= {"jobID", "type", "status"} for each in answer.json()["jobs"])


def test_job_list_processid(member):
    assert ids(member, "processID=Seed") == ["good"]
    assert len(ids(member, "processID=Seed,Load")) == 5
    assert ids(member, "processID=None") == []


def test_job_list_status(member):
    assert ids(member, "status=accepted") == ["new"]
    assert ids(member, "status=failed,dismissed") == ["bad", "gone"]


def test_job_list_datetime(member):
    assert ids(member, f"datetime={moment(member, 20)}") == ["bad"]
    assert ids(member, f"datetime={moment(member, 10)}/{moment(member, 30)}") == ["bad", "gone", "good"]
    assert ids(member, f"datetime=../{moment(member, 10)}") == ["good", "run"]
    assert ids(member, f"datetime={moment(member, 30)}/..") == ["gone", "new"]


def test_job_list_duration(member):
    """Of a job that runs, up to now."""
    assert ids(member, "maxDuration=50") == ["good"]
    assert ids(member, "minDuration=50&maxDuration=150") == ["bad"]
    assert ids(member, "minDuration=250") == ["gone", "run"]


def test_job_list_limit_and_next(member):
    answer = member.get("/jobs?limit=2")
    assert len(answer.json()["jobs"]) == answer.json()["numberReturned"] == 2
    assert answer.json()["numberMatched"] == 5
    seen = []
    path = "/jobs?limit=2"
    while path:
        answer = member.get(path)
        seen += [job["jobID"] for job in answer.json()["jobs"]]
        path = link(answer, "next")
    assert seen == ["new", "gone", "bad", "good", "run"]
