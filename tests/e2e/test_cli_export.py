# SPDX-License-Identifier: Apache-2.0
"""jobtrail list --all as an export, from a made API: each form, page by page, and what becomes of one that breaks off."""
import contextlib
import csv
import io
import json
import os
import pty
import re
import subprocess
import threading
import time
import urllib.parse

import pytest

from command import run, running, settings_with_token
from jobtrail_process import environment_of
from made_api import MadeApi, job
from needs import need
from waiting import wait_until

PAGES = [[job(jobID="a", message='one, "two"\r\nthree é'), job(jobID="b", status="failed", exception={"title": "x", "code": "E1"})],
         [job(jobID="c", message="=1+1", progress=40, creatorID="-ada"), job(jobID="d", message="\x1b[2J")], [job(jobID="e")]]
FORMULAS = ["=1+1", "+x", "-1", "@a", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.fixture
def made():
    need("DEV_JOBTRAIL")
    api = MadeApi()
    yield api
    api.close()


@pytest.fixture
def settings(made, tmp_path):
    return settings_with_token(made.url, tmp_path)


def says_pages(made, pages, before=lambda page: None, **more):
    """before(page) may be another answer to that page."""
    def answer(request):
        page = int(urllib.parse.parse_qs(request[2]).get("cursor", ["0"])[0])
        links = [{"rel": "next", "href": f"/organizations/org-a/jobs?cursor={page + 1}"}] if page + 1 < len(pages) else []
        return before(page) or (200, {}, {"jobs": pages[page], "links": links, "numberMatched": sum(map(len, pages)), **more})
    made.answers["GET", "/jobs"] = answer


def ids(text, form):
    if form == "csv":
        return [row["jobID"] for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    return [each["jobID"] for each in (json.loads(text) if form == "json" else map(json.loads, text.splitlines()))]


def test_all_pages_become_one_list_in_each_form(made, settings):
    says_pages(made, PAGES)
    for form in ("json", "jsonl", "csv"):
        with subprocess.Popen([os.environ["DEV_JOBTRAIL"], "list", "--all", "--output", form], env=environment_of(settings),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, error = process.communicate(timeout=60)
        assert (process.returncode, error) == (0, b""), form
        assert ids(out.decode(), form) == list("abcde"), form
    lines = list(csv.reader(io.StringIO(out.decode(), newline=""), strict=True))
    assert lines[0] == "jobID processID creatorID status attempt progress created started finished updated errorCode resultURI message".split()
    assert lines[1] == ["a", "Load", "", "running", "1", "", "", "", "", "", "", "", 'one, "two"\r\nthree é']
    assert lines[2][10] == "E1" and lines[3][2] == "'-ada" and lines[3][12] == "'=1+1" and lines[4][12] == "\x1b[2J"
    assert out.startswith(b"jobID,processID,") and out.endswith(b"\r\n") and out.count(b"\r\n") == 7
    assert "limit=1000" in made.asked[0][2]
    assert run(settings, "list", "--output", "csv", "--follow")[0] == 2
    says_pages(made, [[]])
    assert [run(settings, "list", "--all", "--output", form)[1].count("\n") for form in ("json", "jsonl", "csv")] == [1, 0, 1]


def test_no_text_is_a_formula(made, settings):
    texts = [*FORMULAS, "a=b", "\uff1e1", "\u00ef", ""]
    says_pages(made, [[job(jobID=str(i), message=text) for i, text in enumerate(texts)]])
    with subprocess.Popen([os.environ["DEV_JOBTRAIL"], "list", "--all", "--output", "csv"], env=environment_of(settings),
                          stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(timeout=60)
    rows = csv.DictReader(io.StringIO(out.decode(), newline=""), strict=True)
    assert [row["message"] for row in rows] == [*("'" + text for text in FORMULAS), *texts[len(FORMULAS):]]


def test_what_steers_a_terminal_goes_into_files_alone(made, settings):
    says_pages(made, PAGES)
    mine, its = pty.openpty()
    with subprocess.Popen([os.environ["DEV_JOBTRAIL"], "list", "--all", "--output", "csv"], env=environment_of(settings), stdout=its):
        os.close(its)
        seen = b""
        while b"\ne," not in seen:
            seen += os.read(mine, 4096)
    os.close(mine)
    assert b"\x1b" not in seen and b" [2J" in seen


def test_a_service_that_is_away_for_a_while_is_asked_again(made, settings):
    away = [1, 1, 2]
    says_pages(made, PAGES, lambda page: page in away and (away.remove(page) or (503, {}, {"title": "Not now"})))
    code, out, error = run(settings, "list", "--all", "--output", "jsonl")
    assert (code, error) == (0, "") and ids(out, "jsonl") == list("abcde")


def test_a_list_that_is_not_complete_says_so(made, settings, tmp_path):
    says_pages(made, PAGES, lambda page: page == 2 and (500, {}, {"title": "Internal error"}))
    for form in ("jsonl", "csv"):
        code, out, error = run(settings, "list", "--all", "--output", form)
        assert code == 1 and ids(out, form) == list("abcd") and "is not complete: it has 4 of 5 jobs" in error
    code, out, error = run(settings, "list", "--all", "--output", "json")
    assert code == 1 and pytest.raises(json.JSONDecodeError, json.loads, out)
    says_pages(made, PAGES, boundedToNewest=10000)
    code, out, error = run(settings, "list", "--all", "--output", "jsonl", "--search", "x")
    assert code == 1 and ids(out, "jsonl") == list("abcde") and "look at the newest 10000 jobs alone" in error
    assert run(settings, "list", "--limit", "5", "--search", "x")[0] == 0
    with open("/dev/full", "wb") as full:
        done = subprocess.run([os.environ["DEV_JOBTRAIL"], "list", "--all"], env=environment_of(settings), stdout=full, stderr=subprocess.PIPE,
                              timeout=60, check=False)
    assert done.returncode == 1 and b"cannot write to standard output" in done.stderr


def test_ctrl_c_leaves_whole_lines_and_says_so(made, settings, tmp_path):
    goes_on = threading.Event()
    says_pages(made, PAGES, lambda page: page == 1 and goes_on.wait(60) and None)
    with running(settings, tmp_path, "list", "--all", "--output", "jsonl") as command:
        wait_until(lambda: len(made.asked) == 2, "the second page is asked for")
        assert command.interrupt() == 130
        goes_on.set()
        assert ids(command.printed(), "jsonl") == ["a", "b"] and command.printed().endswith("\n")
        assert "interrupted; the list is not complete: it has 2 of 5 jobs" in command.err.read_text(encoding="utf-8")


def test_progress_is_for_a_terminal(made, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page = [job(jobID=f"{i}") for i in range(200)]
    seen = b""
    # It is drawn five times a second at most: they take longer than that together.
    says_pages(made, [page] * 40, lambda page: page % 2 and time.sleep(0.02))
    mine, its = pty.openpty()
    with (tmp_path / "jobs.csv").open("wb") as out:
        with subprocess.Popen([os.environ["DEV_JOBTRAIL"], "list", "--all", "--output", "csv"], env=environment_of(settings), stdout=out, stderr=its) as process:
            os.close(its)
            with contextlib.suppress(OSError):  # the other side is closed
                while piece := os.read(mine, 4096):
                    seen += piece
            assert process.wait(60) == 0
    os.close(mine)
    assert re.search(rb"\r\[#+\.*\] \d+ of 8000 jobs", seen) and b"8000 of 8000 jobs (100 %)" in seen
    assert (tmp_path / "jobs.csv").read_bytes().count(b"\r\n") == 8001


def most_memory(made, settings, pages):
    """Of an export of so many pages of a megabyte each, in KiB."""
    page = [job(jobID=f"{i}", message="m" * 900) for i in range(1000)]
    says_pages(made, [page] * pages)
    with open(os.devnull, "wb") as out:
        child = subprocess.Popen([os.environ["DEV_JOBTRAIL"], "list", "--all", "--output", "csv"],  # pylint: disable=consider-using-with
                                 env=environment_of(settings), stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_maxrss


def test_memory_is_that_of_a_page(made, settings):
    few, many = most_memory(made, settings, 2), most_memory(made, settings, 12)
    assert many < few + 6 * 1024, (few, many)
