# SPDX-License-Identifier: Apache-2.0
"""The commands that speak the HTTP API, against a real one."""
import json
import uuid

import pytest

from asking import created, now_us
from command import api_settings, at_a_terminal, run
from http_api import Api
from stories import single_object
from waiting import wait_until

HOSTILE = "a\x1b]0;owned\x07b\x1b[2J\u009b31m\u202ec\r\nd"


def event(record, job, at, **fields):
    return single_object(record, job_id=job, occurred_at=at, **fields)


@pytest.fixture
def api(migrated, serve, tmp_path):
    """An API, and jobs: what became of them is in their names."""
    mine = Api(tmp_path)
    mine.world, start = migrated, now_us()
    mine.serve = serve(mine.settings(migrated.settings()))
    migrated.produce("events", [
        created("mine", occurred_at=start), created("his", "bob"), created("kept", cancellable=False),
        created("ended", type="Seed"), event("JobSucceeded", "ended", start + 10, result_uri="https://files.example.org/r"),
        created("hostile", message=HOSTILE),
        created("twice", occurred_at=start), created("twice", "bob", occurred_at=start + 5),
        event("JobStarted", "twice", start + 10), event("JobFailed", "twice", start + 20, error_code="E1", error_detail="no room\n\x1b[2Jleft"),
        created("story", occurred_at=start), event("JobStarted", "story", start + 10),
        event("JobFailed", "story", start + 20, error_code="E1"), event("JobStarted", "story", start + 30, attempt=2),
        event("JobSucceeded", "story", start + 40, attempt=2), event("JobSucceeded", "story", start + 50, attempt=2),
        event("JobFailed", "story", start + 60, attempt=2, error_code="E2", error_detail="too late")])
    wait_until(migrated.is_caught_up, "all is projected")
    mine.folder = tmp_path
    return mine


def settings_of(api, member="ada", role="Manager", **more):
    file = api.folder / f"token-{member}-{role}"
    file.write_text(api.token(member, role) + "\n", encoding="utf-8")
    return {**api_settings(api.root, file), **more}


def ids(settings, *arguments):
    code, out, error = run(settings, "list", "--output", "json", *arguments)
    assert code == 0, error
    return [job["jobID"] for job in json.loads(out)]


def test_lists_have_the_filters_of_the_api(api):
    ada, root = settings_of(api), settings_of(api, "root", "Administrator")
    assert set(ids(ada)) == {"mine", "kept", "ended", "hostile", "twice", "story"}
    assert set(ids(root)) == set(ids(ada)) | {"his"} and ids(root, "--mine") == []
    assert ids(settings_of(api, role="User")) == []
    assert ids(root, "--creator", "bob") == ["his"] and ids(ada, "--creator", "bob") == []
    assert ids(ada, "--creator", "me") == ids(ada) and "https://files.example.org/r" in run(ada, "show", "ended")[1]
    assert ids(ada, "--type", "Seed,Other") == ["ended"]
    assert set(ids(ada, "--status", "successful,failed")) == {"ended", "story", "twice"}
    assert ids(ada, "--search", "ORY") == ["story"] and ids(ada, "--search", "&q=%_") == []
    assert ids(ada, "--until", "2001-01-01") == [] and len(ids(ada, "--since", "2001-01-01")) == 6
    assert len(ids(ada, "--since", "2001-01-01T00:00:00+01:00", "--until", "2100-12-31")) == 6
    assert ids(ada, "--min-duration", "3600") == []
    everything = sorted(ids(ada))
    assert ids(ada, "--sort", "jobID") == everything and ids(ada, "--sort", "-jobID") == everything[::-1]
    assert ids(ada, "--sort", "jobID", "--limit", "2") == everything[:2]
    assert sorted(ids(ada, "--all")) == everything
    code, out, error = run(ada, "list", "--limit", "1", "--sort", "jobID")
    assert code == 0 and "1 of 6 jobs" in error
    assert out.startswith("ID ") and out.splitlines()[1].startswith("ended  Seed  successful  100 %")


WRONG = (
    (("list", "--sort", "size"), 2, "--sort: \"size\": expected created, id (or jobID)"),
    (("list", "--status", "done"), 2, "--status: \"done\": expected accepted, running, successful, failed or cancelled (or dismissed)"),
    (("list", "--sort", "updatet"), 2, "did you mean updated?"), (("list", "--limit", "9", "--search", "x" * 300), 2, "--search: the API"),
    (("list", "--since", "noon"), 2, "--since"), (("list", "--limit", "0"), 2, "--limit"),
    (("list", "--output", "xml"), 2, "xml"), (("list", "--all", "--follow"), 2, "--follow"),
    (("list", "more"), 2, "show ID"), (("show",), 2, "one job"), (("show", "none"), 1, "no job none in org-a"),
    (("show", "../jobs"), 1, "no job ../jobs"), (("show", ".."), 1, "no job .. in org-a"), (("show", "his"), 1, "no job his"),
    (("watch", "a", "b"), 2, "one job"), (("cancel", "mine"), 2, "--yes"), (("cancel", ""), 2, "one job"),
    (("cancel", "mine", "--yes", "--request-id", "1"), 2, "UUID"), (("cancel", "mine", "--yes", "--reason", "\udcff"), 2, "UTF-8"),
    (("list", "--organization", "org-b"), 1, "--organization"), (("list", "--token-file", "/none/such"), 3, "/none/such"),
    (("list", "--url", "ftp://x"), 3, "http"), (("list", "--url", "http://a:b@x"), 3, "credentials"),
    (("list", "--url", "http://192.0.2.1:1"), 3, "url.open-http=allow"),
    (("list", "--ca-file", "/none/such"), 3, "CA file"), (("list", "--set", "http.listen=x"), 3, "http.listen"))


def test_what_is_wrong_is_told(api):
    for arguments, code, words in WRONG:
        found, out, error = run(settings_of(api), *arguments)
        assert (found, out) == (code, "") and words in error, arguments


def test_who_asks_comes_from_flag_file_or_environment(api):
    settings = settings_of(api)
    token = settings["token.file"].read_text(encoding="utf-8").strip()
    by_value = {"url": api.root, "token": token}  # the organisation is the token's
    assert len(ids(by_value)) == 6
    config = api.folder / "my.conf"
    config.write_text(f"url = {api.root}/\ntoken.file = {settings['token.file']}\n", encoding="utf-8")
    assert len(ids({}, "--config", str(config))) == 6
    assert len(ids({"token": "x.y.z"}, "--config", str(config), "--token-file", str(settings["token.file"]))) == 6
    assert run({"token": "x.y.z"}, "list", "--config", str(config))[0] != 0  # the environment wins over the file
    assert run({"url": api.root}, "list")[0] == 3 and run({"token": token}, "list")[0] == 3
    assert run({"url": api.root, "token": "Bearer x"}, "list")[0] == 3
    code, _, error = run({"url": api.root, "token": "x.y.z"}, "list")
    assert code == 3 and "--organization" in error


def test_a_token_that_is_not_accepted_is_told_why(api):
    expired = {"url": api.root, "token": api.token(exp=1700000000)}
    code, _, error = run(expired, "list")
    assert code == 77 and "it expired at 2023-11-14T22:13:20Z" in error and expired["token"] not in error
    code, _, error = run({"url": api.root, "token": api.token(aud="another")}, "list")
    assert code == 77 and "another service" in error
    code, _, error = run({"url": api.root, "token": "x.y.z", "organization": "org-a"}, "list")
    assert code == 77 and "not a signed token" in error


def test_a_job_is_shown_with_why_it_is_so(api):
    code, out, error = run(settings_of(api), "show", "story", "--output", "json")
    assert code == 0, error
    shown = json.loads(out)
    roles = [(each["set"], each["kind"], each["attempt"], each["role"]) for each in shown["history"]]
    assert roles == [("creation", "JobCreated", 1, "decides"),
                     ("start", "JobStarted", 2, "decides"), ("start", "JobStarted", 1, "earlier attempt"),
                     ("end", "JobSucceeded", 2, "decides"), ("end", "JobSucceeded", 2, "superseded"),
                     ("end", "JobFailed", 2, "contradicting"), ("end", "JobFailed", 1, "earlier attempt")]
    assert shown["job"]["status"] == "successful" and shown["cancelRequests"] == []
    assert [why.split(":")[0] for why in shown["why"]][:1] == ["It is successful"]
    assert "1 later end contradicts it" in shown["why"][1] and "1 later end says the same" in shown["why"][2]
    assert "earlier attempts" in shown["why"][3]
    code, out, _ = run(settings_of(api), "show", "story")
    assert code == 0 and "Why it is so:\n  It is successful: the earliest end known of its latest attempt, 2" in out
    assert "contradicting" in out and "Nobody has asked" in out


def test_a_disputed_creator_is_explained(api):
    _, out, _ = run(settings_of(api), "show", "twice", "--output", "json")
    shown = json.loads(out)
    assert [each["role"] for each in shown["history"][:2]] == ["decides", "contradicting"]
    assert "Two creations name different creators: nobody can cancel it." in shown["why"]
    assert "with the error E1" in shown["why"][0]
    assert "\nThe error in detail:\n  no room\n   [2Jleft\n" in run(settings_of(api), "show", "twice")[1]


def test_what_a_job_says_does_not_steer_the_terminal(api):
    for command in (("list",), ("show", "hostile")):
        code, out, error = run(settings_of(api), *command)
        assert code == 0 and "owned" in out
        assert not set("\x1b\x07\u009b\u202e\r") & set(out + error)
        _, out, _ = run(settings_of(api), *command, "--output", "json")
        assert out.isascii() and "\x1b" not in out
        found = json.loads(out)
        message = found["job"]["message"] if command[0] == "show" else \
            next(job["message"] for job in found if job["jobID"] == "hostile")
        assert message == HOSTILE


def test_the_creator_is_granted(api):
    settings, request_id = settings_of(api), str(uuid.uuid4())
    code, out, error = run(settings, "cancel", "mine", "--yes", "--reason", "started\ttwice", "--request-id", request_id)
    assert code == 0, error
    assert "the requester created the job" in out and request_id in out and "OUTCOME     open" in out
    again = json.loads(run(settings, "cancel", "mine", "--yes", "--request-id", request_id, "--output", "json")[1])
    assert (again["requestID"], again["reason"], again["outcome"]) == (request_id, "started\ttwice", "open")
    assert len(api.world.rows("select * from jobtrail.cancellation")) == 1
    shown = json.loads(run(settings, "show", "mine", "--output", "json")[1])
    assert [each["requestID"] for each in shown["cancelRequests"]] == [request_id]
    assert "Its service was told to stop it, and has not answered yet." in shown["why"]
    code, _, error = run(settings, "cancel", "kept", "--yes", "--request-id", request_id)
    assert code == 20 and "REQUEST_ID_REUSED" in error


REFUSED = (
    ("root", "Administrator", "mine", "only the member who created a job may cancel it"),
    ("bob", "Manager", "mine", "no job mine"), ("ada", "Manager", "none", "no job none"),
    ("ada", "Manager", "ended", "already ended"), ("ada", "User", "kept", "cannot be cancelled"),
    ("ada", "Manager", "twice", "only the member who created"))


def test_others_are_refused(api):
    for member, role, job, words in REFUSED:
        settings = settings_of(api, member, role)
        code, out, error = run(settings, "cancel", job, "--yes")
        assert (code, out) == (20, "") and words in error, job
        code, out, error = run(settings, "cancel", job, "--yes", "--output", "json")
        assert code == 20 and json.loads(out)["decision"] == "refused", job
    assert not api.world.rows("select * from jobtrail.cancel_command")


def test_at_a_terminal_it_asks_first(api):
    for typed, code, requests in ((b"n\n", 1, 0), (b"\n", 1, 0), (b"yes\n", 0, 1), (b"y\n", 0, 2)):
        seen, found = at_a_terminal(settings_of(api), typed, "cancel", "mine")
        assert found == code and "Cancel the job mine of org-a? [y/N]" in seen and "accepted" in seen
        assert len(api.world.rows("select * from jobtrail.cancellation")) == requests


def test_whose_role_sees_nothing_may_cancel_too(api):
    seen, found = at_a_terminal(settings_of(api, role="User"), b"y\n", "cancel", "mine")
    assert found == 0 and "CREATOR" not in seen and "the requester created the job" in seen
