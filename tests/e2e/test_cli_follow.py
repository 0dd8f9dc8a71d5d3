# SPDX-License-Identifier: Apache-2.0
"""The commands that follow jobs, against a real API and its live stream."""
import json

import pytest

from asking import created, now_us
from command import api_settings, run, running
from http_api import Api
from stories import single_object
from waiting import wait_until


@pytest.fixture
def api(migrated, serve, tmp_path):
    """An API over ada's job and bob's; api.emit(...) sends events."""
    mine = Api(tmp_path)
    mine.world, mine.folder = migrated, tmp_path
    mine.restart = lambda **more: serve({**mine.settings(migrated.settings()), **more})
    mine.serve = mine.restart()
    mine.emit = lambda *events: migrated.produce("events", list(events))
    mine.emit(created("a1"), created("b1", "bob"))
    wait_until(migrated.is_caught_up, "all is projected")
    return mine


def settings_of(api, member="ada", role="Manager"):
    file = api.folder / f"token-{member}-{role}"
    file.write_text(api.token(member, role), encoding="utf-8")
    return api_settings(api.root, file)


def event(record, job="a1", **fields):
    return single_object(record, job_id=job, occurred_at=now_us(), **fields)


def lines(command):
    return [json.loads(line) for line in command.printed().splitlines()]


def test_a_list_is_followed(api, tmp_path):
    root = settings_of(api, "root", "Administrator")
    with running(root, tmp_path, "list", "--follow", "--output", "json", "--status", "accepted,running") as command:
        wait_until(lambda: {line["jobID"] for line in lines(command)} == {"a1", "b1"}, "it lists")
        api.emit(event("JobProgressed", progress=40), created("a2"))
        wait_until(lambda: lines(command)[-1].get("progress") == 40 or lines(command)[-2].get("progress") == 40,
                   "it tells of progress")
        wait_until(lambda: {line["jobID"] for line in lines(command)} == {"a1", "b1", "a2"}, "and of what is new")
        api.emit(event("JobSucceeded"))
        wait_until(lambda: (lines(command)[-1]["jobID"], lines(command)[-1]["status"], lines(command)[-1].get("gone"))
                   == ("a1", "successful", True), "and of what leaves the filter, as what")
        assert command.interrupt() == 0


def test_following_outlives_a_restart(api, tmp_path):
    with running(settings_of(api), tmp_path, "list", "--follow") as command:
        wait_until(lambda: "a1" in command.printed(), "it lists")
        api.serve.stop()
        api.restart()
        api.emit(event("JobProgressed", progress=40, message="half\x1bway"))
        wait_until(lambda: "40 %" in command.printed(), "it goes on")
        assert command.interrupt() == 0
    assert "b1" not in command.printed() and "\x1b" not in command.printed()


@pytest.mark.parametrize("record, code, more", (("JobSucceeded", 0, {"result_uri": "https://files.example.org/r"}), ("JobCancelled", 11, {}),
                                                ("JobFailed", 10, {"error_code": "E1", "error_detail": "no room"})))
def test_a_job_is_watched_to_its_end(api, tmp_path, record, code, more):
    with running(settings_of(api), tmp_path, "watch", "a1") as command:
        wait_until(lambda: "accepted" in command.printed(), "it begins")
        api.emit(event("JobProgressed", progress=40), event("JobProgressed", "b1", progress=70))
        wait_until(lambda: "40 %" in command.printed(), "it goes on")
        api.emit(event(record, **more))
        assert command.process.wait(30) == code
    assert "70 %" not in command.printed()
    assert command.printed().endswith("result: https://files.example.org/r\n") == (record == "JobSucceeded")
    assert ("E1: no room" in command.err.read_text()) == (record == "JobFailed")


@pytest.mark.parametrize("role", ("Manager", "User"))
@pytest.mark.parametrize("record, code, outcome", (("JobCancelled", 0, "honoured"), ("JobSucceeded", 21, "overtaken")))
def test_what_comes_of_a_request_is_waited_for(api, tmp_path, role, record, code, outcome):
    settings = settings_of(api, role=role)
    with running(settings, tmp_path, "cancel", "a1", "--yes", "--wait", "--output", "json") as command:
        wait_until(lambda: "waiting" in command.err.read_text(), "it is granted")
        api.emit(event(record))
        assert command.process.wait(60) == code
    assert json.loads(command.printed())["outcome"] == outcome


def test_a_command_may_stay_unanswered(api, tmp_path):
    api.serve.stop()
    api.restart(**{"cancel.answer-within": "1s"})
    code, out, error = run(settings_of(api), "cancel", "a1", "--yes", "--wait", "--output", "json")
    assert code == 22, error
    assert json.loads(out)["outcome"] == "unanswered" and "may still obey" in error
