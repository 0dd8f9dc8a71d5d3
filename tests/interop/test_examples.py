# SPDX-License-Identifier: Apache-2.0
"""The worked programs of schemas/examples do what schemas/README.md says: their job is seen, its creator and
nobody else can stop it, and it answers."""
import pytest

from examples import FILES, WITH_REGISTRY, Program, command_of
from http_api import Api, Member
from jobtrail_process import run_jobtrail
from needs import need
from waiting import wait_until

MARKS = {"java": pytest.mark.xdist_group("java"), "go": pytest.mark.long, "rust": pytest.mark.long}


@pytest.fixture(name="built")
def fixture_built(migrated, tmp_path):
    """built(language)(job, seconds): the program of that language runs a job."""
    started = []

    def build(language):
        command = command_of(language, tmp_path)

        def start(job, seconds):
            started.append(Program(command, language, migrated, job, seconds))
            return started[-1]

        return start

    yield build
    for each in started:
        each.close()


@pytest.fixture(name="member")
def fixture_member(migrated, serve, tmp_path):
    """member(language)(name, role): somebody who asks the API of a service that writes as that program reads."""
    api = Api(tmp_path)

    def begin(language):
        settings = api.settings(migrated.settings())
        if language in WITH_REGISTRY:
            need("JOBTRAIL_SCHEMA_REGISTRY_URL")
            settings["schema.registry.url"] = migrated.registry
            run_jobtrail(settings, "schemas", "register")
        serve(settings)
        return lambda name, role="Manager": Member(api, api.token(name, role, "acme"), "acme")

    return begin


@pytest.mark.parametrize("language", [pytest.param(each, marks=MARKS.get(each, ())) for each in FILES])
def test_its_job_is_seen_and_its_creator_stops_it(language, built, member):
    start = built(language)  # which may take longer than a token is good for
    as_member = member(language)
    ada, root = as_member("ada"), as_member("root", "Administrator")
    done, stopped = start("done", 0.01), start("stopped", 1)
    wait_until(lambda: ada.get("/jobs/stopped").json().get("progress", 0) > 0, "it is seen at work")
    assert root.ask("DELETE", "/jobs/stopped").status_code == 403
    assert ada.ask("DELETE", "/jobs/stopped").status_code == 202
    stopped.ends_well()
    done.ends_well()
    wait_until(lambda: ada.get("/jobs/stopped").json()["status"] == "dismissed", "it is cancelled")
    wait_until(lambda: ada.get("/jobs/done").json()["status"] == "successful", "the other one succeeds")
    outcomes = {(each["requesterID"], each["outcome"])
                for each in root.get("/jobs/stopped/cancel-requests").json()["cancelRequests"]}
    assert outcomes == {("ada", "honoured"), ("root", "refused")}
    job = ada.get("/jobs/done").json()
    assert (job["processID"], job["creatorID"], job["attempt"], job["progress"]) == ("Count", "ada", 1, 100)
    assert job["created"] <= job["started"] <= job["finished"] == job["updated"]
