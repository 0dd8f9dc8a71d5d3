# SPDX-License-Identifier: Apache-2.0
"""Whoever takes much of what is held for a while costs themselves, and not the others."""
import base64
import os
import select
import socket

import pytest

from asking import created, now_us
from http_api import Api, Member
from outbox_rows import metric
from stories import single_object
from waiting import wait_until

JOBS = 700  # of 4 KB each, which do not shrink: more than the system's own buffers take
LARGE, USED_UP = "/jobs?limit=1000", 'jobtrail_http_share_used_up_total{what="answer",share="%s"}'


@pytest.fixture(name="api")
def fixture_api(migrated, serve, tmp_path):
    mine = Api(tmp_path)
    mine.serve = serve({**mine.settings(migrated.settings()), "http.answers-memory": "1MiB"})
    migrated.produce("events", [event for number in range(JOBS) for event in (
        created(f"job-{number}"), single_object("JobStarted", job_id=f"job-{number}", occurred_at=now_us(),
                                                message=base64.b64encode(os.urandom(3000)).decode()))])
    wait_until(migrated.is_caught_up, "all is projected")
    return mine


def ask_and_read_nothing(api, token):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", api.port))
    client.sendall(f"GET /organizations/org-a{LARGE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return client


def test_answers_that_nobody_takes(api):
    root, ada = api.member("root", "Administrator"), api.member("ada", "Manager")
    assert len(root.jobs(LARGE)) == len(ada.jobs(LARGE)) == JOBS
    unread = ask_and_read_nothing(api, api.token("root", "Administrator"))
    wait_until(lambda: root.get(LARGE).status_code == 503, "one is all that one may leave")
    refused = ada.get(LARGE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert root.get("/jobs?limit=1").status_code == ada.get("/jobs/job-0").status_code == 200
    assert metric(api.serve, USED_UP % "member") >= 1 and metric(api.serve, USED_UP % "organization") == 1
    assert api.serve.log_text().count("answers are refused") == 1
    unread.close()
    wait_until(lambda: root.get(LARGE).status_code == 200, "it is gone with its client")
    assert len(ada.jobs(LARGE)) == JOBS


COPIES = """
INSERT INTO jobtrail_p1.job SELECT (jsonb_populate_record(job, jsonb_build_object('job_id', 'copy-' || n))).*
FROM jobtrail_p1.job, generate_series(1, 80000) n WHERE organization_id = 'org-a' AND job_id = 'slow'"""
SLOW, ASKED, AT_WORK = "/jobs?minDuration=99999&sortby=jobID", 60, 4


def test_slow_requests_are_in_the_way_of_their_own(migrated, serve, tmp_path):
    api = Api(tmp_path)
    api.serve = serve({**api.settings(migrated.settings()), "http.connections-per-address": 1000})
    migrated.produce("events", [created("slow"), created("bobs", "bob", organization_id="org-b")])
    wait_until(migrated.is_caught_up, "all is projected")
    migrated.execute(COPIES)
    bob = Member(api, api.token("bob", "Manager", "org-b"), "org-b")
    token = api.token("root", "Administrator")
    sockets = [socket.create_connection(("127.0.0.1", api.port)) for _ in range(ASKED)]
    for each in sockets:
        each.sendall(f"GET /organizations/org-a{SLOW} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    # All of them came before: in one line he would be the last to be answered, beside those at work.
    assert bob.jobs() == ["bobs"]
    waiting = ASKED - len(select.select(sockets, [], [], 0)[0])
    assert waiting > AT_WORK
    for each in sockets:
        each.close()
