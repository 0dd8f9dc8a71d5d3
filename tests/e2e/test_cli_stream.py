# SPDX-License-Identifier: Apache-2.0
"""The commands that follow the live stream, against a made one that does what a real one seldom
does: it breaks off, forgets, ends, is not there."""
import json

import pytest

from command import at_a_terminal, run, running, settings_with_token
from made_api import MadeApi, job, message
from needs import need
from waiting import wait_until

REQUEST = {"requestID": "1a1a1a1a-0000-4000-8000-000000000001", "jobID": "j-1", "requesterID": "ada",
           "decision": "granted", "reasonCode": "CREATOR", "links": []}
REQUEST_PATH = f"/jobs/j-1/cancel-requests/{REQUEST['requestID']}"
NO_JOB = (404, {}, {"type": "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job",
                    "title": "No such job"})


@pytest.fixture
def made():
    need("DEV_JOBTRAIL")
    api = MadeApi()
    api.says_jobs()
    yield api
    api.close()


@pytest.fixture
def settings(made, tmp_path):
    return settings_with_token(made.url, tmp_path)


def lines(command):
    return [json.loads(line) for line in command.printed().splitlines()]


def follow(settings, folder, *arguments):
    return running(settings, folder, "list", "--follow", "--output", "json", *arguments)


def test_following_goes_on_where_the_list_ends(made, settings, tmp_path):
    made.says_jobs(job(jobID="new"), job(jobID="old"))
    made.streams = [[message("fresh", {}, 101), message("job", job(jobID="old"), 101),
                     message("job", job(jobID="old", progress=3), 102), message("gone", {"jobID": "new"}, 103),
                     message("gone", {"jobID": "never shown"}, 104), message("something later", {}, 105)]]
    with follow(settings, tmp_path, "--status", "running") as command:
        wait_until(lambda: len(lines(command)) == 4, "all is told")
        assert [line["jobID"] for line in lines(command)] == ["old", "new", "old", "new"]
        assert lines(command)[2]["progress"] == 3 and lines(command)[3]["gone"] is True
        assert command.interrupt() == 0
    headers, = made.of_stream()
    assert headers["Last-Event-ID"] == "100" and headers["Authorization"] == "Bearer a.b.c"
    _, _, query, _, _ = made.asked[-1]
    assert query == "status=running"


def test_a_broken_connection_is_made_again_from_the_last_message(made, settings, tmp_path):
    cut = message("job", job(jobID="b"), 102)
    made.streams = [[b"retry: 10\n", message("job", job(jobID="a"), 101), cut[:-5], b""],
                    (503, {}, {"title": "Not now"}), [b"retry: 10\n", cut]]
    with follow(settings, tmp_path) as command:
        wait_until(lambda: len(lines(command)) == 2, "all is told")
        assert [line["jobID"] for line in lines(command)] == ["a", "b"]
    assert [headers["Last-Event-ID"] for headers in made.of_stream()] == ["100", "101", "101"]


def test_what_was_missed_is_listed_again(made, settings, tmp_path):
    def jobs_changed():
        made.says_jobs(job(jobID="missed"), job(jobID="a"))
        return message("reset", {"reason": "too_old"}, 200)
    made.says_jobs(job(jobID="a"))
    made.streams = [[jobs_changed, message("job", job(jobID="b"), 201)]]
    with follow(settings, tmp_path) as command:
        wait_until(lambda: len(lines(command)) == 3, "all is told")
        assert [line["jobID"] for line in lines(command)] == ["a", "missed", "b"]


def test_an_expired_token_is_read_again(made, settings, tmp_path):
    def token_changed():
        settings["token.file"].write_text("d.e.f", encoding="utf-8")
        return message("end", {"reason": "token_expired"})
    made.streams = [[token_changed, b""], [message("job", job(), 101), message("end", {"reason": "token_expired"}), b""]]
    with follow(settings, tmp_path) as command:
        assert command.process.wait(30) == 77
        assert len(lines(command)) == 1 and "the token has expired" in command.err.read_text()
    assert [headers["Authorization"] for headers in made.of_stream()] == ["Bearer a.b.c", "Bearer d.e.f"]


@pytest.mark.parametrize("command", (("list", "--follow"), ("watch", "j-1"), ("cancel", "j-1", "--yes", "--wait")))
@pytest.mark.parametrize("stream", (None, (404, {}, {}), (501, {}, {})))
def test_a_server_without_a_stream(made, settings, command, stream):
    made.answers["GET", "/jobs/j-1"] = (200, {}, job())
    made.answers["POST", "/jobs/j-1/cancel-requests"] = (202, {}, {**REQUEST, "outcome": "open"})
    made.says_jobs(stream_from="100" if stream else None)
    made.streams = [stream]
    code, _, error = run(settings, *command)
    # A list that does not name a place may be that of a server that has just started.
    assert code == (1 if stream else 75) and "no live stream" in error
    if not stream:  # nothing is asked for whose end could not be waited for
        assert all(method == "GET" for method, *_ in made.asked)


@pytest.mark.parametrize("end, code, words", (
    (dict(status="successful"), 0, ""), (dict(status="dismissed"), 11, "was cancelled"),
    (dict(status="failed", exception={"title": "E42", "detail": "disk\x1b[2J full"}), 10, "E42: disk [2J full")))
def test_watching_ends_with_the_job(made, settings, end, code, words):
    def ended():
        made.answers["GET", "/jobs/j-1"] = (200, {}, job(**end))
        return message("job", job(status=end["status"]), 103)
    made.answers["GET", "/jobs/j-1"] = (200, {}, job(progress=1))
    made.streams = [[message("job", job(jobID="j-10", status="failed"), 101),
                     message("job", job(progress=40, message="half \x1b]0;x\x07way"), 102), ended]]
    found, out, error = run(settings, "watch", "j-1")
    assert found == code and words in error and "\x1b" not in out + error and "\x07" not in out
    shown = "cancelled" if end["status"] == "dismissed" else end["status"]
    assert [line for line in out.splitlines()] == ["running  1 %", "running  40 %  half  ]0;x way", shown]
    assert run(settings, "watch", "j-1", "--output", "json")[0] == code  # it has ended already


def test_at_a_terminal_there_is_a_bar(made, settings):
    def ended():
        made.answers["GET", "/jobs/j-1"] = (200, {}, job(status="successful", progress=100))
        return message("job", job(status="successful"), 103)
    made.answers["GET", "/jobs/j-1"] = (200, {}, job())
    made.streams = [[message("job", job(progress=50, message="x\x1b[2J\x07" + 300 * "long "), 102), ended]]
    seen, code = at_a_terminal(settings, b"", "watch", "j-1")
    assert code == 0 and f"[{12 * '#'}{12 * '.'}]  50 %  running  x [2J long" in seen
    assert seen.endswith(f"\r[{24 * '#'}]  100 %  successful\x1b[K\r\n")
    assert seen.count("\x1b") == seen.count("\x1b[K") == 3 and "\x07" not in seen
    assert max(len(line) for line in seen.split("\r")) < 80 + len("\x1b[K")  # it stays one line


def test_a_question_may_be_interrupted(made, settings, tmp_path):
    made.answers["GET", "/jobs"] = lambda _: made.closing.wait(60)
    with running(settings, tmp_path, "list") as command:
        wait_until(lambda: made.asked, "it asks")
        assert command.interrupt() == 130


def test_watching_may_be_interrupted(made, settings, tmp_path):
    made.answers["GET", "/jobs/j-1"] = (200, {}, job())
    made.streams = [[message("fresh", {}, 101)]]
    with running(settings, tmp_path, "watch", "j-1") as command:
        wait_until(lambda: made.of_stream() and command.printed(), "it listens")
        assert command.interrupt() == 130


def test_watching_a_job_that_is_not_there(made, settings):
    made.answers["GET", "/jobs/j-1"] = NO_JOB
    code, _, error = run(settings, "watch", "j-1")
    assert code == 1 and "no job j-1 in org-a" in error


@pytest.mark.parametrize("outcome, code", (("honoured", 0), ("overtaken", 21), ("unanswered", 22), ("refused", 20)))
def test_waiting_for_what_comes_of_a_request(made, settings, outcome, code):
    outcomes = ["open", "open", outcome]
    made.answers["POST", "/jobs/j-1/cancel-requests"] = (202, {}, {**REQUEST, "outcome": "open"})
    made.answers["GET", REQUEST_PATH] = lambda _: (200, {}, {**REQUEST, "outcome": outcomes.pop(0)})
    made.streams = [[message("job", job(), 101), message("fresh", {}, 102), message("gone", {"jobID": "j-1"}, 103),
                     message("job", job(jobID="j-10"), 104), message("reset", {"reason": "restored"}, 105)]]
    found, out, error = run(settings, "cancel", "j-1", "--yes", "--wait", "--output", "json", "--reason", "tw\"ice",
                            "--request-id", REQUEST["requestID"])
    assert found == code, error
    assert json.loads(out)["outcome"] == outcome
    (_, _, _, headers, body), = [each for each in made.asked if each[0] == "POST"]
    assert outcomes == []
    assert headers["Idempotency-Key"] == REQUEST["requestID"] and json.loads(body) == {"reason": "tw\"ice"}


def test_whether_a_request_arrived_may_be_unknown(made, settings):
    made.answers["POST", "/jobs/j-1/cancel-requests"] = (503, {"Retry-After": "7"}, {"title": "Not available now"})
    code, _, error = run(settings, "cancel", "j-1", "--yes", "--request-id", REQUEST["requestID"])
    assert code == 75 and f"--request-id {REQUEST['requestID']}" in error and "in 7 s" in error


@pytest.mark.parametrize("answer, code, words", (
    ((401, {}, {"title": "Not authenticated", "detail": "TOKEN_AUDIENCE"}), 77, "not a signed token"),
    ((404, {}, {"title": "Not found"}), 1, "--organization"), ((404, {}, b"<html>"), 1, "is url right"),
    ((503, {}, b"\x1b[31mno"), 75, "try again"), ((301, {}, b""), 1, "moved"), ((500, {}, {"title": "a\x1b\u009b\u202eb"}), 1, "a   b"),
    ((200, {}, b"<html>"), 1, "is url right"), ((200, {}, [1]), 1, "is url right"),
    ((400, {}, {"parameter": "q", "allowed": "text"}), 2, "--search: the API does not take it: expected text")))
def test_errors_are_told_in_words(made, settings, answer, code, words):
    made.answers["GET", "/jobs"] = answer
    found, out, error = run(settings, "list")
    assert (found, out) == (code, "") and words in error and "\x1b" not in error


def test_what_is_too_often_is_asked_again(made, settings):
    answers = [(429, {"Retry-After": "1"}, {"title": "Too many requests"}), (200, {}, {"jobs": [job()], "links": []})]
    made.answers["GET", "/jobs"] = lambda _: answers.pop(0)
    code, out, _ = run(settings, "list", "--output", "json")
    assert code == 0 and json.loads(out) == [job()]


def test_old_answers_are_told_of(made, settings):
    for behind, words in (("35.4", "35 s ago"), ("3.0", ""), ("soon", "")):
        made.answers["GET", "/jobs"] = (200, {"Jobtrail-Seconds-Behind": behind}, {"jobs": [], "links": []})
        code, out, error = run(settings, "list", "--output", "json")
        assert (code, out) == (0, "[]\n") and words in error and (words or not error)


def test_pages_are_asked_for_here_alone(made, settings):
    """Wherever a link leads: the token goes to the address that was set."""
    def page(request):
        if "cursor=2" in request[2]:
            return 200, {}, {"jobs": [job(jobID="c")], "links": []}
        return 200, {}, {"jobs": [job(jobID="a"), job(jobID="b")], "numberMatched": 3, "links": [
            {"rel": "next", "href": "http://elsewhere.example/organizations/org-a/jobs?cursor=2"}]}
    made.answers["GET", "/jobs"] = page
    code, out, error = run(settings, "list", "--all", "--output", "json")
    assert (code, error) == (0, "") and [each["jobID"] for each in json.loads(out)] == ["a", "b", "c"]
    code, out, error = run(settings, "list", "--limit", "2", "--output", "json")
    assert "2 of 3" in error and len(json.loads(out)) == 2
    code, out, error = run(settings, "list", "--limit", "3")
    assert error == "" and len(out.splitlines()) == 4


def test_whose_certificate_is_trusted(made, settings, tmp_path):
    certificate = tmp_path / "certificate.pem"
    made.url = made.url.replace("http://127.0.0.1", "https://localhost")
    made.serve_tls(certificate)
    settings["url"] = made.url
    code, _, error = run(settings, "list")
    assert code == 75 and "certificate" in error and not made.asked
    code, out, error = run(settings, "list", "--ca-file", str(certificate), "--output", "json")
    assert code == 0 and json.loads(out) == [], error


def test_nobody_there(settings):
    settings["url"] = "http://127.0.0.1:1"
    code, _, error = run(settings, "list")
    assert code == 75 and "http://127.0.0.1:1" in error
