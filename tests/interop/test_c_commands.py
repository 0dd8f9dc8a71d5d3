# SPDX-License-Identifier: Apache-2.0
"""examples/cancellable_job.c against the service: its creator can stop it, and nobody else; and requests to cancel that
libjobtrail sends."""
import os
import pathlib
import subprocess
import uuid

import pytest

from http_api import Api
from needs import need
from waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
STOPPED = 3


@pytest.fixture(name="program")
def fixture_program(tmp_path):
    """The example, built as its first lines say, with the library of this build."""
    library = pathlib.Path(need("DEV_BUILD")[0]) / "lib"
    built = tmp_path / "cancellable_job"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", ROOT / "examples/cancellable_job.c",
                    f"-I{ROOT}/include", f"-L{library}", f"-Wl,-rpath,{library}", "-ljobtrail", "-o", built],
                   check=True, timeout=120)
    return built


@pytest.fixture(name="served")
def fixture_served(migrated, serve, tmp_path):
    api = Api(tmp_path)
    running = serve(api.settings(migrated.settings()))
    yield api
    running.stop()


def start(program, world, job, step_ms):
    environment = {**os.environ, "JOB_EVENTS": world.topics["events"], "JOB_COMMANDS": world.topics["commands"],
                   "JOB_STEP_MS": str(step_ms)}
    return subprocess.Popen([program, world.bootstrap, "org-a", job, "ada"], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def is_running(api, job):
    answer = api.member("ada").get(f"/jobs/{job}")
    return answer.status_code == 200 and answer.json()["status"] == "running"


def test_its_creator_stops_it_and_another_member_does_not(migrated, served, program):
    with start(program, migrated, "load-7", 2000) as running:
        wait_until(lambda: is_running(served, "load-7"), "the job is there")
        refused = served.member("ben", "Administrator").ask("DELETE", "/jobs/load-7")
        assert refused.status_code == 403, refused.text
        assert running.poll() is None
        granted = served.member("ada").ask("DELETE", "/jobs/load-7")
        assert granted.status_code < 300, granted.text
        said, _ = running.communicate(timeout=120)
    assert (running.returncode, said) == (STOPPED, "ada wants it stopped\n")
    wait_until(lambda: served.member("ada").get("/jobs/load-7").json()["status"] == "dismissed", "it is dismissed")
    outcomes = {row["requester_id"]: row["outcome"] for row in
                migrated.rows("select requester_id, outcome from jobtrail.cancellation")}
    assert outcomes == {"ada": "honoured", "ben": "refused"}


def test_without_a_command_it_goes_on_to_its_end(migrated, served, program):
    with start(program, migrated, "load-8", 0) as running:
        said, _ = running.communicate(timeout=120)
    assert (running.returncode, said) == (0, "")
    wait_until(lambda: served.member("ada").get("/jobs/load-8").json()["status"] == "successful", "it has ended")


class Asker:
    """Asks by jobtrail_cancel, and tells what was decided as a list of words."""

    def __init__(self, world):
        self.world = world
        self.program = pathlib.Path(need("DEV_BUILD")[0]) / "tests/client/client_asker"

    def ask(self, job, member, request_id=None, token="", timeout_ms=90000):
        topics = self.world.topics
        done = subprocess.run([self.program, self.world.bootstrap, topics["cancel-requests"], topics["cancel-decisions"],
                               job, member, str(timeout_ms), request_id or str(uuid.uuid4()), token],
                              stdout=subprocess.PIPE, text=True, timeout=180, check=False)
        return done.stdout.split()


def test_a_request_over_kafka_gets_its_decision(migrated, served, program):
    asker = Asker(migrated)
    with start(program, migrated, "load-9", 2000) as running:
        wait_until(lambda: is_running(served, "load-9"), "the job is there")
        assert asker.ask("load-9", "ben") == ["refused", "NOT_CREATOR", "-"]
        request_id = str(uuid.uuid4())
        granted = asker.ask("load-9", "ada", request_id)
        assert granted[:2] == ["granted", "CREATOR"]
        running.communicate(timeout=120)
        assert running.returncode == STOPPED
        assert asker.ask("load-9", "ada", request_id) == granted
    assert [row["reason"] for row in migrated.rows("select reason from jobtrail.cancellation")] == ["by a test"] * 2


def test_a_request_proves_itself_by_a_token(migrated, serve, program, tmp_path):
    api, asker, audience = Api(tmp_path), Asker(migrated), "cancel"
    running = serve({**api.settings(migrated.settings()), "cancel.requests.authentication": "token",
                     "cancel.requests.audience": audience})
    with start(program, migrated, "load-10", 2000) as job:
        wait_until(lambda: is_running(api, "load-10"), "the job is there")
        assert asker.ask("load-10", "ada") == ["refused", "INVALID_CREDENTIALS", "-"]
        request_id = str(uuid.uuid4())
        token = api.token(aud=audience, request_id=request_id, job_id="load-10")
        assert asker.ask("load-10", "ada", request_id, token)[:2] == ["granted", "CREATOR"]
        job.communicate(timeout=120)
    running.stop()


def test_what_nobody_decides_is_not_known(world):
    assert Asker(world).ask("load-11", "ada", timeout_ms=1000) == ["-5", "NOT_KNOWN"]
    assert Asker(world).ask("", "ada") == ["-2", "ID_LENGTH"]
