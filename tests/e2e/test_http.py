# SPDX-License-Identifier: Apache-2.0
"""The HTTP API over real Kafka and PostgreSQL: who sees what, pages, freshness, limits."""
import gzip
import http.client

import pytest

from asking import created, now_us
from http_api import Api, link
from jobtrail_process import run_jobtrail
from own_postgres import OwnPostgres
from stories import single_object
from waiting import wait_until

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def api(migrated, serve, tmp_path):
    """An API over jobs of ada's and bob's in two organisations."""
    mine = Api(tmp_path)
    mine.world = migrated
    mine.serve = serve(mine.settings(migrated.settings()))
    start = now_us() - 10_000_000
    migrated.produce("events", [
        created("a1", occurred_at=start),
        created("a2", type="Seed", occurred_at=start + 1),
        created("b1", "bob", occurred_at=start + 2),
        created("b2", "bob", type="Analyze", occurred_at=start + 3),
        created("o1", organization_id="org-b", occurred_at=start + 4),
        single_object("JobStarted", job_id="a1", occurred_at=start + 5),
        single_object("JobProgressed", job_id="a1", occurred_at=start + 6, progress=40, message="tiles"),
        single_object("JobSucceeded", job_id="a2", occurred_at=start + 7,
                      result_uri="https://example.test/results/é"),
        single_object("JobFailed", job_id="b1", occurred_at=start + 8, error_code="E1",
                      error_detail="the long text"),
        created("c/1 ü", occurred_at=start + 9)])
    wait_until(migrated.is_caught_up, "all is projected")
    root = mine.member("root", "Administrator")
    wait_until(lambda: "Jobtrail-As-Of" in root.get("/jobs").headers, "it has caught up once")
    return mine


@pytest.mark.any_postgres
def test_each_role_sees_its_jobs(api):
    assert api.member("root", "Administrator").jobs() == ["c/1 ü", "b2", "b1", "a2", "a1"]
    assert api.member("ada", "Manager").jobs() == ["c/1 ü", "a2", "a1"]
    assert api.member("ada", "User").jobs() == []
    assert api.member("ada", "Owner").jobs() == []
    assert api.member("ada", {"org-a": "Administrator"}, organization="org-a").jobs() != []
    assert api.member("root", "Administrator").jobs("/jobs?creator=me") == []


def test_roles_as_issuers_give_them(api):
    assert api.member("ada", ["offline_access", "User", "Manager"]).jobs() == ["c/1 ü", "a2", "a1"]
    assert api.member("ada", {"org-a": ["Manager"], "org-b": ["Administrator"]}).jobs() == ["c/1 ü", "a2", "a1"]
    assert len(api.member("root", ["Administrator"]).jobs()) == 5
    assert api.member("ada", ["administrator", "uma_authorization", 7]).jobs() == []
    assert api.member("ada", []).jobs() == []


def test_a_job_that_is_not_to_be_seen_is_not_there(api):
    """Somebody else's, another organisation's, and none: the same answer but for its address."""
    answers = []
    ada = api.member("ada", "Manager")
    for path in ("/jobs/none", "/jobs/b2", "/organizations/org-b/jobs/o1", "/organizations/nowhere/jobs/x"):
        for under in ("", "/history", "/results", "/cancel-requests"):
            answer = ada.get(path + under)
            body = answer.json()
            assert body.pop("instance").endswith(path + under)
            headers = {name: value for name, value in answer.headers.items()
                       if name not in ("Date", "Content-Length", "Jobtrail-As-Of", "Jobtrail-Seconds-Behind")}
            assert "Jobtrail-As-Of" in answer.headers
            answers.append((answer.status_code, body, headers))
    assert answers[0][0] == 404
    assert answers[0][1]["type"].endswith("/no-such-job")
    assert all(answer == answers[0] for answer in answers)
    assert api.member("ada", "User").get("/jobs/a1").status_code == 404


def test_a_job_is_told_of(api):
    root = api.member("root", "Administrator")
    job = root.get("/jobs/a1").json()
    assert (job["processID"], job["type"], job["status"], job["progress"], job["message"],
            job["creatorID"], job["createdByMe"]) == ("Load", "process", "running", 40, "tiles", "ada", False)
    assert "finished" not in job
    failed = root.get("/jobs/b1").json()
    assert failed["exception"]["detail"] == "the long text"
    assert failed["exception"]["code"] == "E1"
    weird = next(job for job in root.get("/jobs").json()["jobs"] if job["jobID"] == "c/1 ü")
    assert root.get(link_of(weird, "self")).json()["jobID"] == "c/1 ü"
    history = root.get("/jobs/b1/history").json()["events"]
    assert [event["kind"] for event in history] == ["JobCreated", "JobFailed"]
    results = api.member("ada", "Manager").get("/jobs/a2/results")
    assert (results.status_code, results.headers["Location"]) == (303, "https://example.test/results/%C3%A9")
    assert root.get("/jobs/a1/results").status_code == 404


def link_of(body, rel):
    return next(each["href"] for each in body["links"] if each["rel"] == rel)


@pytest.mark.any_postgres
def test_pages_hold_each_job_once(api):
    """Through every order, there and back."""
    root = api.member("root", "Administrator")
    for sort in ("created", "-created", "+jobID", "-jobID", "updated", "-updated", "processID", "-status",
                 "message", "-progress", "started", "finished"):
        whole = root.jobs(f"/jobs?sortby={sort}")
        assert sorted(whole) == ["a1", "a2", "b1", "b2", "c/1 ü"]
        pages, path = [], f"/jobs?sortby={sort}&limit=2"
        while path:
            answer = root.get(path)
            assert answer.status_code == 200, answer.text
            pages.append([job["jobID"] for job in answer.json()["jobs"]])
            path = link(answer, "next")
        assert sum(pages, []) == whole, sort
        back = link(answer, "prev")
        answer = root.get(back)
        assert [job["jobID"] for job in answer.json()["jobs"]] == pages[-2]
        answer = root.get(link(answer, "prev"))
        assert [job["jobID"] for job in answer.json()["jobs"]] == pages[0]
        assert link(answer, "prev") is None


@pytest.mark.any_postgres
def test_filters_and_totals(api):
    root = api.member("root", "Administrator")
    assert root.jobs("/jobs?processID=Load,Seed&sortby=jobID") == ["a1", "a2", "b1", "c/1 ü"]
    assert root.jobs("/jobs?status=failed&status=successful&sortby=jobID") == ["a2", "b1"]
    assert root.jobs("/jobs?q=TILES") == ["a1"]
    assert root.jobs("/jobs?datetime=../2001-01-01T00:00:00Z") == []
    page = root.get("/jobs?limit=2&status=accepted").json()
    assert (page["numberMatched"], page["numberReturned"]) == (2, 2)
    assert root.get("/processes").json()["processes"][0]["id"] == "Analyze"
    assert [each["id"] for each in api.member("ada").get("/processes").json()["processes"]] == ["Load", "Seed"]


@pytest.mark.parametrize("query,name", [
    ("limit=0", "limit"), ("status=done", "status"), ("sortby=size", "sortby"), ("page=2", "page"),
    ("cursor=AAAA", "cursor"), ("datetime=then", "datetime"), ("creator=", "creator")])
def test_bad_parameters_are_named(api, query, name):
    answer = api.member("root", "Administrator").get(f"/jobs?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["parameter"] == name


def test_tokens_that_will_not_do(api):
    for token, error in (("x.y.z", "TOKEN"), (api.token(exp=1), "TOKEN_EXPIRED"),
                         (api.token(aud="other"), "TOKEN_AUDIENCE"), (api.token(sub=7), "TOKEN_CLAIM")):
        member = api.member()
        member.session.headers["Authorization"] = f"Bearer {token}"
        answer = member.get("/jobs")
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert error in answer.headers["WWW-Authenticate"]
    del member.session.headers["Authorization"]
    answer = member.get("/jobs")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="jobtrail"')


def test_whoever_has_it_gets_no_second_copy(api):
    root = api.member("root", "Administrator")
    first = root.get("/jobs")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = root.get("/jobs", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Jobtrail-As-Of" in again.headers
    api.world.produce("events", [single_object("JobStarted", job_id="b2", occurred_at=now_us())])
    wait_until(lambda: root.get("/jobs", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200,
               "it has changed")


def test_what_is_large_is_compressed(api):
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
    headers = {"Authorization": "Bearer " + api.token("root", "Administrator")}
    bodies = []
    for extra in ({}, {"Accept-Encoding": "gzip"}):
        connection.request("GET", "/organizations/org-a/jobs", headers={**headers, **extra})
        answer = connection.getresponse()
        bodies.append((answer.getheader("Content-Encoding"), answer.read(), answer.getheader("ETag")))
    assert [each[0] for each in bodies] == [None, "gzip"]
    assert gzip.decompress(bodies[1][1]) == bodies[0][1]
    assert bodies[0][2] == bodies[1][2]


def test_a_position_can_be_waited_for(api):
    """Asked for with the position of its own event, a job is there at the first try."""
    root = api.member("root", "Administrator")
    for number in range(5):
        before = api.world.log_ends("events")
        api.world.produce("events", [created(f"new-{number}")])
        after = api.world.log_ends("events")
        partition = next(each for each in after if after[each] != before[each])
        answer = root.get(f"/jobs/new-{number}",
                          headers={"Jobtrail-Wait-For": f"{partition}:{after[partition] - 1}"})
        assert answer.status_code == 200, answer.text
    answer = root.get("/jobs", headers={"Jobtrail-Wait-For": "0:1000000"})
    assert answer.status_code == 504
    assert root.get("/jobs", headers={"Jobtrail-Wait-For": "x"}).status_code == 400


def test_answers_say_how_fresh_they_are(api):
    root = api.member("root", "Administrator")
    wait_until(lambda: float(root.get("/jobs").headers.get("Jobtrail-Seconds-Behind", "1000")) < 30, "it is fresh")


def test_who_asks_too_much_is_told_to_wait(migrated, serve, tmp_path):
    api = Api(tmp_path)
    running = serve({**api.settings(migrated.settings()), "http.rate": 1}, "--only", "http")
    ada, bob = api.member("ada"), api.member("bob")
    statuses = [ada.get("/conformance").status_code for _ in range(10)]
    assert statuses[:2] == [200, 200]
    assert 429 in statuses
    assert bob.get("/conformance").status_code == 200
    assert "jobtrail_http_rate_limited_total" in running.get("/metrics")[1]
    assert 'jobtrail_http_requests_total{route="conformance",status="4xx"}' in running.get("/metrics")[1]
    running.stop()


def test_without_an_issuer_it_does_not_start(migrated, tmp_path):
    from jobtrail_process import Serve
    api = Api(tmp_path)
    settings = {name: value for name, value in api.settings(migrated.settings()).items() if name != "auth.issuer"}
    running = Serve(settings, tmp_path)
    assert running.process.wait(30) == 3
    assert "auth.issuer is not set" in running.log_text()


def test_a_database_that_was_not_migrated_is_reached_and_does_not_fit(world, launch, tmp_path):
    running = launch(Api(tmp_path).settings(world.settings()), "--only", "http")
    wait_until(lambda: "the API: PostgreSQL does not fit" in running.get("/readyz")[1], "it says why it is not ready")
    assert running.get("/readyz")[0] == 503 and "reached" not in running.get("/readyz")[1]
    run_jobtrail(world.settings(), "migrate")
    running.wait_ready()


def test_a_database_that_goes_away_comes_back(world, serve, tmp_path):
    """Meanwhile 503, and what needs no database is answered."""
    postgres = OwnPostgres()
    try:
        postgres.start()
        api = Api(tmp_path)
        settings = {**api.settings(world.settings()), "postgres.conninfo": postgres.conninfo}
        run_jobtrail(settings, "migrate")
        running = serve(settings, "--only", "http")
        root = api.member("root", "Administrator")
        assert root.jobs() == []
        postgres.stop()
        answer = root.get("/jobs")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert root.ask("DELETE", "/jobs/x").status_code == 503
        assert root.get("/conformance").status_code == 200
        postgres.start()
        wait_until(lambda: root.get("/jobs").status_code == 200, "it is answered again")
        # Requests to cancel have a connection of their own, which may still rest.
        wait_until(lambda: root.ask("DELETE", "/jobs/x").status_code == 404, "these are, too")
        running.stop()
    finally:
        postgres.remove()


def test_links_begin_with_the_base_url(migrated, serve, tmp_path):
    mine = Api(tmp_path)
    serve({**mine.settings(migrated.settings()), "http.base-url": "https://jobs.example/portal//"})
    landing = mine.member().get("")
    assert link(landing, "self") == "https://jobs.example/portal/organizations/org-a"
