# SPDX-License-Identifier: Apache-2.0
"""The tables of the other commands as a terminal, a pipe and a person have them, and moments in them."""
import re

import pytest

from command import at_a_terminal, run, settings_with_token
from made_api import MadeApi, job, message
from needs import need
from test_cancellations import GRANTED, refuse
from test_cli_table import ago, width

HISTORY = {"events": [
    {"set": "creations", "rank": 0, "kind": "JobCreated", "attempt": 1, "occurred": "2026-01-02T03:04:05Z",
     "creatorID": "member-01-003-of-a-long-name", "message": "a sentence that goes on " * 4},
    {"set": "ends", "rank": 0, "kind": "JobFailed", "attempt": 1, "occurred": "2026-01-02T03:04:06Z", "errorCode": "E" * 40}]}
REQUESTS = {"cancelRequests": [
    {"requestID": "3f2b1c9a-0000-4000-8000-1234567890ab", "requesterID": "eve-of-a-long-long-name", "outcome": "refused",
     "reasonCode": "NOT_CREATOR", "received": "2026-01-02T03:04:06Z", "reason": "because " * 9}]}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    need("DEV_JOBTRAIL")
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")


@pytest.fixture
def made():
    api = MadeApi()
    api.says_jobs()
    api.answers["GET", "/jobs/j-1"] = (200, {}, job(created="2026-01-02T03:04:05Z", updated=ago(hours=5)))
    api.answers["GET", "/jobs/j-1/history"] = (200, {}, HISTORY)
    api.answers["GET", "/jobs/j-1/cancel-requests"] = (200, {}, REQUESTS)
    yield api
    api.close()


@pytest.fixture
def settings(made, tmp_path):
    return settings_with_token(made.url, tmp_path)


def seen(settings, *arguments):
    text, code = at_a_terminal(settings, b"", *arguments)
    assert code == 0, text
    return text.replace("\r\n", "\n")


def test_what_is_shown_of_a_job_fits_the_terminal(settings, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    tables = seen(settings, "show", "j-1").split("\nHistory", 1)[1]
    assert max(map(width, tables.splitlines())) <= 72 and "…" in tables
    assert re.search(r"^SET +EVENT +ATTEMPT +OCCURRED +ROLE", tables, re.M) and re.search(r"^RECEIVED +REQUESTER +OUTCOME", tables, re.M)
    whole = run(settings, "show", "j-1")[1]
    assert "…" not in whole and "E" * 40 in whole and "2026-01-02T03:04:06.000000Z" in whole


def test_moments_are_as_one_wants_them(made, settings):
    assert re.search(r"^CREATED +2026-01-02T04:04:05\+01:00 \(\d+d ago\)$", seen(settings, "show", "j-1"), re.M)
    assert re.search(r"^UPDATED +5h ago$", seen(settings, "show", "j-1", "--time", "relative"), re.M)
    assert re.search(r"^CREATED +2026-01-02T04:04:05\+01:00$", seen(settings, "show", "j-1", "--time=absolute"), re.M)
    made.asked.clear()
    for command in ("show", "watch"):
        code, _, error = run(settings, command, "j-1", "--time", "soon")
        assert code == 2 and "relative or absolute" in error
    assert not made.asked


def test_watching_tells_when(made, settings):
    def ended():
        made.answers["GET", "/jobs/j-1"] = (200, {}, job(status="successful", updated="2026-01-02T03:04:06Z"))
        return message("job", job(status="successful"), 103)
    first = job(updated="2026-01-02T03:04:05Z")
    for flags, moments in ((["--time", "absolute"], ["2026-01-02T04:04:05+01:00", "2026-01-02T04:04:06+01:00"]),
                           (["--time", "relative"], [r"\d+d ago", r"\d+d ago"])):
        made.answers["GET", "/jobs/j-1"], made.streams = (200, {}, first), [[message("job", first, 101), ended]]
        lines = seen(settings, "watch", "j-1", *flags).splitlines()
        assert len(lines) == 2 and "\x1b" not in "".join(lines), lines
        for line, moment, status in zip(lines, moments, ("running", "successful")):
            assert re.fullmatch(f"{moment}  {status}".replace("+01", r"\+01"), line), line


def test_the_token_is_for_other_programs_too(settings):
    del settings["organization"]  # which it need not say
    assert run(settings, "token", "print") == (0, "a.b.c\n", "")
    del settings["token.file"]
    code, out, error = run(settings, "token", "print")
    assert code == 3 and not out and "jobtrail login" in error


def test_requests_fit_the_terminal(migrated, monkeypatch):
    refuse(migrated, requester="a-member-of-a-long-long-name")
    migrated.execute(GRANTED)
    monkeypatch.setenv("COLUMNS", "80")
    heading, granted, refused = seen(migrated.settings(), "cancellations", "list").splitlines()
    assert max(map(width, (heading, granted, refused))) <= 80
    assert "REQUESTER ID" in heading and "OUTCOME" in heading and "COMMAND ID" not in heading
    assert "s ago" in granted and "a-member-…" in refused
    assert re.search(r"^RECEIVED AT +\S+T\S+ \(\d+s ago\)$", seen(migrated.settings(), "cancellations", "show", "1"), re.M)


def test_an_empty_table_says_so(migrated):
    for arguments, words in ((["positions", "list"], "no partition has been read yet"),
                             (["dead-letters", "list"], "there are no dead letters"),
                             (["dead-letters", "list", "--topic", "t"], "there are no dead letters that match"),
                             (["cancellations", "list"], "there are no cancel requests"),
                             (["cancellations", "list", "--job", "j"], "there are no cancel requests that match"),
                             (["retention", "horizons"], "no job ever leaves by the options as they are "
                                                         "(retention.ended-jobs, retention.organizations)"),
                             (["retention", "due"], "no ended job leaves by the options as they are")):
        assert run(migrated.settings(), *arguments) == (0, "", f"jobtrail: {words}\n")
        assert run(migrated.settings(), *arguments, "--output", "json") == (0, "[]\n", "")
