# SPDX-License-Identifier: Apache-2.0
"""OGC API - Processes, Part 1: a test for each requirement that docs/ogc-conformance.md says is held,
named after it."""
import datetime
import pathlib
import re

import openapi_spec_validator
import pytest
import yaml

from asking import created, now_us
from http_api import Api, link
from jobtrail_process import Serve, run_jobtrail
from needs import need
from stories import single_object
from waiting import wait_until
from world import World

ROOT = pathlib.Path(__file__).parents[2]
DEFINITION = yaml.safe_load((ROOT / "schemas/openapi.yaml").read_text(encoding="utf-8"))
JSON = "application/json"
PROBLEM = "application/problem+json"
OGC = "http://www.opengis.net/def/rel/ogc/1.0/"
EXCEPTION = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
CLASSES = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
pytestmark = pytest.mark.xdist_group("ogc")  # they ask one service
STATES = {"new": "accepted", "run": "running", "good": "successful", "bad": "failed", "gone": "dismissed"}


def requirements():
    text = (ROOT / "docs/ogc-conformance.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `/req/([\w/-]+)` \| (.+) \|$", text, re.MULTILINE))


def test_each_requirement_has_its_test_or_a_reason():
    held = {f"test_{re.sub('[/-]', '_', name)}" for name, how in requirements().items() if how == "held"}
    tests = {name for name in globals() if re.match("test_(core|json|job_list)_", name)}
    assert held == tests and len(held) > 30
    assert all(how == "held" or re.match("(does not apply|not held): .", how) for how in requirements().values())


@pytest.fixture(scope="module", name="member")
def make_member(tmp_path_factory):
    """Ada, with jobs that have come to each of their states."""
    need("JOBTRAIL_POSTGRES_CONNINFO", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    world, folder = World(), tmp_path_factory.mktemp("ogc")
    run_jobtrail(world.settings(), "migrate")
    api = Api(folder)
    serve = Serve(api.settings(world.settings()), folder).wait_ready()
    start = now_us() - 3600_000_000
    at = lambda seconds: start + seconds * 1_000_000
    events = [created("run", occurred_at=at(0)), created("good", type="Seed", occurred_at=at(10)),
              created("bad", occurred_at=at(20)), created("gone", occurred_at=at(30)), created("new", occurred_at=at(40))]
    events += [single_object("JobStarted", job_id=job, occurred_at=at(60)) for job in ("run", "good", "bad", "gone")]
    events += [single_object("JobProgressed", job_id="run", occurred_at=at(65), progress=40),
               single_object("JobSucceeded", job_id="good", occurred_at=at(70), result_uri="https://example.test/r"),
               single_object("JobFailed", job_id="bad", occurred_at=at(160), error_code="E", error_detail="why"),
               single_object("JobCancelled", job_id="gone", occurred_at=at(360))]
    world.produce("events", events)
    wait_until(world.is_caught_up, "all is projected")
    ada = api.member("ada", "Manager")
    ada.start = datetime.datetime.fromtimestamp(start / 1e6, datetime.timezone.utc)
    yield ada
    serve.close()
    world.close()


def ids(member, query):
    return sorted(member.jobs("/jobs?" + query))


def moment(member, seconds):
    return (member.start + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link_of(body, rel):
    return next(each["href"] for each in body["links"] if each["rel"] == rel)


def is_ok(answer, media=JSON):
    return (answer.status_code, answer.headers["Content-Type"]) == (200, media)


def is_exception(answer, status, kind):
    """An exception has a type; its media type is problem+json."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    return answer.json()["type"] == kind and answer.json()["title"]


def parameter(path, name):
    """As the definition has it: its schema, and whether it is one of the query that may be left out."""
    for each in DEFINITION["paths"][path]["get"]["parameters"]:
        each = DEFINITION["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]]
        if each["name"] == name:
            assert (each["in"], each["required"]) == ("query", False)
            return each["schema"]
    raise AssertionError(f"{path} has no parameter {name}")


def text_items(schema):
    items = schema["items"]
    items = DEFINITION["components"]["schemas"][items["$ref"].rsplit("/", 1)[1]] if "$ref" in items else items
    return schema["type"] == "array" and items["type"] == "string"


# Core.

def test_core_landingpage_op(member):
    assert member.get("").status_code == 200
    assert member.get("/").status_code == 200


def test_core_landingpage_success(member):
    answer = member.get("")
    assert is_ok(answer)
    assert link(answer, "service-desc") and link(answer, OGC + "conformance") and link(answer, OGC + "processes")
    for each in answer.json()["links"]:
        assert member.get(each["href"]).status_code == 200
        assert member.get(each["href"]).headers["Content-Type"] == each["type"]
    assert "not started here" in answer.json()["description"]


def test_core_api_definition_op(member):
    assert member.get(link(member.get(""), "service-desc")).status_code == 200


def test_core_api_definition_success(member):
    """In OpenAPI 3.1, and in the 3.0 that clients look for; both with the landing page as server."""
    landing = member.get("")
    of_type = {each["type"]: each["href"] for each in landing.json()["links"] if each["rel"] == "service-desc"}
    server = {"servers": [{"url": link(landing, "self")}]}
    newer = member.get(of_type["application/vnd.oai.openapi;version=3.1"])
    assert is_ok(newer, "application/vnd.oai.openapi;version=3.1")
    assert yaml.safe_load(newer.text) == {**DEFINITION, **server}
    older = member.get(of_type["application/vnd.oai.openapi+json;version=3.0"])
    assert is_ok(older, "application/vnd.oai.openapi+json;version=3.0")
    openapi_spec_validator.validate(older.json())
    assert older.json()["openapi"].startswith("3.0.") and older.json()["servers"] == server["servers"]
    assert older.json()["paths"].keys() == DEFINITION["paths"].keys()
    assert member.get("/api", headers={"Accept": JSON}).content == older.content


def test_core_conformance_op(member):
    assert member.get("/conformance").status_code == 200


def test_core_conformance_success(member):
    answer = member.get("/conformance")
    assert is_ok(answer)
    claimed = {each.removeprefix(CLASSES) for each in answer.json()["conformsTo"] if each.startswith(CLASSES)}
    assert claimed == {"core", "json", "job-list"}
    assert "Read-only" in answer.json()["description"]


def test_core_http(member):
    """HTTP 1.1: statuses, methods, conditional requests."""
    assert member.ask("HEAD", "/jobs").status_code == 200
    assert member.ask("HEAD", "/jobs").content == b""
    refused = member.ask("PUT", "/jobs")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert member.ask("TRACE", "/jobs").status_code == 405
    tag = member.get("/jobs").headers["ETag"]
    assert member.get("/jobs", headers={"If-None-Match": tag}).status_code == 304


def test_core_process_list(member):
    assert member.get("/processes").status_code == 200


def test_core_pl_limit_definition():
    schema = parameter("/processes", "limit")
    assert (schema["type"], schema["minimum"]) == ("integer", 1)


def test_core_pl_limit_response(member):
    assert len(member.get("/processes?limit=1").json()["processes"]) == 1
    assert len(member.get("/processes?limit=10000").json()["processes"]) == 2
    assert member.get("/processes?limit=0").status_code == 400


def test_core_process_list_success(member):
    answer = member.get("/processes")
    assert is_ok(answer)
    assert [each["id"] for each in answer.json()["processes"]] == ["Load", "Seed"]
    assert all(each.keys() >= {"id", "version"} for each in answer.json()["processes"])


def test_core_pl_links(member):
    answer = member.get("/processes?limit=1")
    assert link(answer, "self").endswith("/processes")
    after = member.get(link(answer, "next"))
    assert [each["id"] for each in after.json()["processes"]] == ["Seed"]
    assert link(after, "next") is None
    assert member.get("/processes").json()["processes"][0] == answer.json()["processes"][0]


def test_core_process(member):
    for each in member.get("/processes").json()["processes"]:
        assert member.get(link_of(each, "self")).status_code == 200


def test_core_process_success(member):
    """It says that it cannot be executed."""
    answer = member.get("/processes/Load")
    assert is_ok(answer)
    assert answer.json()["id"] == "Load" and answer.json()["version"]
    assert answer.json()["jobControlOptions"] == []
    refused = member.ask("POST", "/processes/Load/execution", json={"inputs": {}})
    assert is_exception(refused, 405, "urn:jobtrail:problem:not-executable")
    assert "start" in refused.json()["detail"]


def test_core_process_exception_no_such_process(member):
    assert is_exception(member.get("/processes/none"), 404, EXCEPTION + "no-such-process")


def test_core_job(member):
    for job in STATES:
        assert member.get(f"/jobs/{job}").status_code == 200


def test_core_job_success(member):
    """statusInfo: what is not known is left out, never null; progress is a whole number."""
    for job, status in STATES.items():
        answer = member.get(f"/jobs/{job}")
        info = answer.json()
        assert is_ok(answer)
        assert (info["jobID"], info["type"], info["status"]) == (job, "process", status)
        assert ("finished" in info) == (job in ("good", "bad", "gone"))
        assert ("started" in info) == (job != "new")
        assert None not in info.values()
        assert isinstance(info.get("progress", 0), int)
        assert link_of(info, "self").endswith(f"/jobs/{job}")
    assert member.get("/jobs/run").json()["progress"] == 40


def test_core_job_exception_no_such_job(member):
    assert is_exception(member.get("/jobs/none"), 404, EXCEPTION + "no-such-job")


def test_core_job_results(member):
    answer = member.get("/jobs/good/results")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://example.test/r")
    assert link_of(member.get("/jobs/good").json(), OGC + "results").endswith("/jobs/good/results")


def test_core_job_results_exception_no_such_job(member):
    assert is_exception(member.get("/jobs/none/results"), 404, EXCEPTION + "no-such-job")


def test_core_job_results_exception_results_not_ready(member):
    for job in ("new", "run"):
        assert is_exception(member.get(f"/jobs/{job}/results"), 404, EXCEPTION + "result-not-ready")


def test_core_job_results_failed(member):
    answer = member.get("/jobs/bad/results")
    assert is_exception(answer, 404, "urn:jobtrail:problem:job-failed")
    assert answer.json()["detail"] == "why"


# JSON.

def test_json_definition(member):
    for path in ("", "/conformance", "/processes", "/processes/Load", "/jobs", "/jobs/run"):
        answer = member.get(path, headers={"Accept": JSON})
        assert is_ok(answer) and isinstance(answer.json(), dict)


# The job list.

def test_job_list_links(member):
    assert link(member.get(""), OGC + "job-list").endswith("/jobs")
    assert link(member.get("/jobs"), "self").endswith("/jobs")


def test_job_list_job_list_op(member):
    assert member.get("/jobs").status_code == 200


def test_job_list_type_definition():
    assert text_items(parameter("/jobs", "type"))


def test_job_list_type_response(member):
    assert len(ids(member, "type=process")) == 5
    assert member.get("/jobs?type=other").status_code == 400


def test_job_list_processID_definition():
    assert text_items(parameter("/jobs", "processID"))


def test_job_list_processID_mandatory(member):
    assert all(job["processID"] in ("Load", "Seed") for job in member.get("/jobs").json()["jobs"])


def test_job_list_processid_response(member):
    assert ids(member, "processID=Seed") == ["good"]
    assert len(ids(member, "processID=Seed,Load")) == 5
    assert ids(member, "processID=None") == []


def test_job_list_status_definition():
    assert text_items(parameter("/jobs", "status"))


def test_job_list_status_response(member):
    assert ids(member, "status=accepted") == ["new"]
    assert ids(member, "status=failed,dismissed") == ["bad", "gone"]


def test_job_list_datetime_definition():
    assert parameter("/jobs", "datetime")["type"] == "string"


def test_job_list_datetime_response(member):
    assert ids(member, f"datetime={moment(member, 20)}") == ["bad"]
    assert ids(member, f"datetime={moment(member, 10)}/{moment(member, 30)}") == ["bad", "gone", "good"]
    assert ids(member, f"datetime=../{moment(member, 10)}") == ["good", "run"]
    assert ids(member, f"datetime={moment(member, 30)}/..") == ["gone", "new"]


def test_job_list_duration_definition():
    assert parameter("/jobs", "minDuration")["type"] == parameter("/jobs", "maxDuration")["type"] == "integer"


def test_job_list_duration_response(member):
    """Of a job that runs, up to now."""
    assert ids(member, "maxDuration=50") == ["good"]
    assert ids(member, "minDuration=50&maxDuration=150") == ["bad"]
    assert ids(member, "minDuration=250") == ["gone", "run"]


def test_job_list_limit_definition():
    schema = parameter("/jobs", "limit")
    assert (schema["type"], schema["minimum"]) == ("integer", 1)


def test_job_list_limit_response(member):
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


def test_job_list_job_list_success(member):
    answer = member.get("/jobs")
    assert is_ok(answer)
    assert answer.json().keys() >= {"jobs", "links"}
    for each in answer.json()["jobs"]:
        assert each.keys() >= {"jobID", "type", "status", "links"}
        assert None not in each.values()
