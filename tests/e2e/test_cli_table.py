# SPDX-License-Identifier: Apache-2.0
"""The table of jobs as a terminal, a pipe and a person have it, against a made API."""
import datetime
import re
import unicodedata

import pytest

from command import at_a_terminal, run, running, settings_with_token
from made_api import MadeApi, job, message
from needs import need
from waiting import wait_until

ID = "3f2b1c9a-0000-4000-8000-1234567890ab"
SGR = re.compile("\x1b\\[[0-9;]*m")


def ago(**span):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def jobs():
    return [job(jobID=ID, creatorID="member-01-003-of-a-long-name", progress=40, created=ago(hours=5), started=ago(hours=4),
                updated=ago(days=3), message="120 of 300 tiles, \x1b[31mand more to come than a line can hold"),
            job(jobID="short", processID="画像処理画像処理", status="successful", created="2026-01-02T03:04:05Z",
                started="2026-01-02T03:04:05Z", finished="2026-01-02T03:07:17Z", message="写真を三百枚処理しました。" * 9),
            job(jobID="clocks", status="dismissed", created=ago(days=9), started="2026-01-02T03:04:05Z", finished="2026-01-02T03:04:04Z")]


@pytest.fixture
def made(monkeypatch):
    need("DEV_JOBTRAIL")
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    api = MadeApi()
    api.says_jobs(*jobs())
    yield api
    api.close()


@pytest.fixture
def settings(made, tmp_path):
    return settings_with_token(made.url, tmp_path)


def seen(settings, *arguments):
    text, code = at_a_terminal(settings, b"", "list", *arguments)
    assert code == 0, text
    return text.replace("\r\n", "\n").splitlines()


def width(line):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in SGR.sub("", line))


def test_a_table_fits_the_terminal(settings, monkeypatch):
    for columns in (20, 40, 60, 72, 80, 100, 132, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        heading, first, second, _ = seen(settings)
        assert max(map(width, (heading, first, second))) <= max(columns, 41), (columns, first)
        assert heading.startswith("ID ") and " TYPE" in heading and "STATUS" in heading
        whole = columns >= 132
        assert (ID in first) == whole and first[:3] == "3f2" and ("…" in first) == (columns < 200), (columns, first)
        assert ("CREATOR" in heading, "CREATED" in heading) == (columns >= 100, columns >= 80), heading
    assert "DURATION" in heading and "4h00m" in first and "3d ago" in first and "3m12s" in second
    monkeypatch.setenv("COLUMNS", "80")
    assert re.match(r"3f2b1c9a\S*…\S*7890ab  Load ", seen(settings)[1])


def test_a_pipe_gets_all_of_it(settings, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    code, out, error = run(settings, "list")
    heading, first, second, third = out.splitlines()
    assert code == 0 and error == "" and "\x1b" not in out
    assert heading.split() == "ID TYPE STATUS PROGRESS CREATED UPDATED DURATION CREATOR MESSAGE".split()
    assert ID in first and "member-01-003-of-a-long-name" in first and first.endswith("than a line can hold")
    assert second.split()[4:7] == ["2026-01-02T03:04:05Z", "-", "3m12s"] and third.split()[6] == "0s"  # never below zero
    assert " 5h ago " in run(settings, "list", "--time", "relative")[1]
    code, _, error = run(settings, "list", "--time", "soon")
    assert code == 2 and "relative or absolute" in error
    monkeypatch.setenv("COLUMNS", "200")
    assert " 2026-01-02T04:04:05+01:00 " in seen(settings, "--time", "absolute")[2]


def test_colours_are_where_they_are_wanted(settings, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    heading, first, second, third = seen(settings)
    assert "\x1b[36mrunning\x1b[0m" in first and "\x1b[32msuccessful\x1b[0m" in second and "\x1b[33mcancelled\x1b[0m" in third
    assert "\x1b" not in heading and first.count("\x1b") == 2
    assert SGR.search("\n".join(seen(settings, "--color", "never"))) is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert SGR.search("\n".join(seen(settings))) is None
    assert "\x1b[36mrunning" in seen(settings, "--color=always")[1] and "\x1b[36m" in run(settings, "list", "--color", "always")[1]
    monkeypatch.setenv("NO_COLOR", "")
    assert SGR.search("\n".join(seen(settings)))
    monkeypatch.setenv("TERM", "dumb")
    assert SGR.search("\n".join(seen(settings))) is None
    code, _, error = run(settings, "list", "--color", "pink")
    assert code == 2 and "auto, always or never" in error


def test_a_column_of_a_list_that_goes_on_is_wide_enough_for_what_comes(made, settings, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    made.says_jobs(job(jobID="a", status="failed"))
    made.streams = [[message("job", job(jobID="b", status="successful"), 101), message("end", {"reason": "token_expired"}), b""]]
    text, code = at_a_terminal(settings, b"", "list", "--follow")
    assert code == 77 and "successful" in text and {width(line) <= 100 for line in text.splitlines()[:3]} == {True}


def test_an_empty_list_says_so(made, settings):
    made.says_jobs()
    assert run(settings, "list") == (0, "", "jobtrail: there are no jobs in org-a that you may see\n")
    assert run(settings, "list", "--mine") == (0, "", "jobtrail: there are no jobs in org-a that match\n")
    code, out, _ = run(settings, "list", "--output", "json")
    assert (code, out) == (0, "[]\n")


def test_following_shows_what_changed_and_no_more(made, settings, tmp_path):
    made.says_jobs(job(jobID="a", updated=ago(hours=1)))
    made.streams = [[b"retry: 10\n", message("job", job(jobID="a", updated=ago(hours=1)), 101), b""], (503, {}, {"title": "Not now"}),
                    [b"retry: 10\n", message("reset", {}, 102), message("job", job(jobID="b", status="failed"), 103)]]
    with running(settings, tmp_path, "list", "--follow") as command:
        wait_until(lambda: " failed " in command.printed(), "it goes on")
        assert [line.split()[0] for line in command.printed().splitlines()] == ["ID", "a", "b"]
        assert command.interrupt() == 0
        assert command.err.read_text(encoding="utf-8") == ""
