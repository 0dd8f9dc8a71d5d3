# SPDX-License-Identifier: Apache-2.0
"""The live stream over real Kafka and PostgreSQL: who is told what, resuming, and how it ends."""
import json
import socket
import time

import psycopg
import pytest

from asking import created, now_us
from http_api import Api
from live_stream import LiveStream
from outbox_rows import metric
from stories import single_object
from waiting import wait_until

pytestmark = pytest.mark.every_postgres

DROPPED = 'jobtrail_stream_ended_total{why="too_slow"}'


@pytest.fixture
def api(migrated, serve, tmp_path):
    """An API over a job of ada's and one of bob's; api.stream(…) opens streams. Their links begin as those
    of lists do."""
    mine = Api(tmp_path)
    mine.world = migrated
    mine.restart = lambda **more: serve({**mine.settings(migrated.settings()), "http.base-url": mine.root, **more})
    mine.serve = mine.restart()
    opened = []

    def stream(member="root", role="Administrator", query="", last_id=None, organization="org-a", **claims):
        opened.append(LiveStream(mine, mine.token(member, role, organization, **claims), query, last_id,
                                 organization))
        return opened[-1]

    mine.stream = stream
    mine.emit = lambda *events: migrated.produce("events", list(events))
    mine.emit(created("a1"), created("b1", "bob"))
    wait_until(migrated.is_caught_up, "all is projected")
    yield mine
    for each in opened:
        each.close()


def started(job_id, **fields):
    return single_object("JobStarted", job_id=job_id, occurred_at=now_us(), **fields)


def progressed(job_id, progress, **fields):
    return single_object("JobProgressed", job_id=job_id, occurred_at=now_us(), progress=progress, **fields)


@pytest.mark.any_postgres
def test_each_is_told_of_their_own(api):
    root = api.stream().wait_begun()
    ada = api.stream("ada", "Manager").wait_begun()
    bob = api.stream("bob", "Manager").wait_begun()
    user = api.stream("ada", "User").wait_begun()
    elsewhere = api.stream("ada", "Administrator", organization="org-b").wait_begun()
    assert root.headers["content-type"] == "text/event-stream"
    assert root.headers["x-accel-buffering"] == "no"
    assert root.headers["cache-control"] == "no-store"
    api.emit(started("a1"), started("b1"), created("o1", organization_id="org-b"))
    root.wait_for(lambda it: set(it.jobs()) == {"a1", "b1"}, "an administrator is told of both")
    ada.wait_for(lambda it: set(it.jobs()) == {"a1"}, "ada is told of hers")
    bob.wait_for(lambda it: set(it.jobs()) == {"b1"}, "bob is told of his")
    elsewhere.wait_for(lambda it: set(it.jobs()) == {"o1"}, "another organisation's are told there")
    assert ada.jobs()["a1"]["createdByMe"] is True
    assert root.jobs()["a1"]["createdByMe"] is False
    listed = {job["jobID"]: job for job in api.member("root", "Administrator").get("/jobs").json()["jobs"]}
    root.wait_for(lambda it: it.jobs() == listed, "a message has what a list has")
    api.emit(progressed("a1", 50))
    root.wait_for(lambda it: it.jobs()["a1"].get("progress") == 50, "another change follows")
    # Nothing of others, not even that there was something.
    for stream, allowed in ((ada, {"a1"}), (bob, {"b1"}), (user, set()), (elsewhere, {"o1"})):
        assert {data["jobID"] for kind in ("job", "gone") for data in stream.of(kind)} <= allowed


def test_nobody_has_more_streams_than_their_share(api):
    api.serve.stop()
    api.serve = api.restart(**{"http.connections": 12, "http.streams-per-member": 3})
    mine = [api.stream().wait_begun() for _ in range(3)]
    one_more = api.stream()
    wait_until(one_more.ended.is_set, "there are no more for one member")
    assert (one_more.status, one_more.headers["retry-after"]) == (429, "10")
    others = [api.stream("ada", "Manager").wait_begun() for _ in range(3)]
    of_bob = api.stream("bob", "Manager")
    wait_until(of_bob.ended.is_set, "nor for one organisation")
    assert of_bob.status == 429
    elsewhere = [api.stream(organization="org-b").wait_begun() for _ in range(3)]
    last = api.stream("ada", "Manager", organization="org-b")
    wait_until(last.ended.is_set, "nor for all")
    assert (last.status, last.headers["retry-after"]) == (503, "10")
    assert api.member("bob", "Manager").jobs() == ["b1"]  # requests have connections left
    refused = 'jobtrail_http_share_used_up_total{what="stream",share="%s"}'
    assert [metric(api.serve, refused % share) for share in ("member", "organization", "all")] == [1, 1, 1]
    assert api.serve.log_text().count("live streams are refused") == 1
    mine[0].close()
    wait_until(lambda: not api.stream("bob", "Manager").wait_begun().ended.is_set(), "who leaves makes room")
    for stream in mine[1:] + others + elsewhere:
        assert not stream.ended.is_set()


def test_a_filter_is_told_what_leaves_it(api):
    running = api.stream(query="?status=running").wait_begun()
    mine = api.stream("ada", "Administrator", query="?creator=me").wait_begun()
    search = api.stream(query="?q=TUILES%20É").wait_begun()
    ada = api.stream("ada", "Manager", query="?status=failed").wait_begun()
    api.emit(started("a1"), started("b1"))
    running.wait_for(lambda it: set(it.jobs()) == {"a1", "b1"}, "both run")
    api.emit(single_object("JobSucceeded", job_id="b1", occurred_at=now_us()),
             progressed("a1", 5, message="les tuiles éparses"))
    running.wait_for(lambda it: set(it.jobs()) == {"a1"}, "one has ended")
    search.wait_for(lambda it: set(it.jobs()) == {"a1"}, "a text is found without case")
    mine.wait_for(lambda it: set(it.jobs()) == {"a1"}, "own jobs alone")
    assert [(data["jobID"], data["status"]) for data in running.of("gone")][-1] == ("b1", "successful")
    # Of a job out of scope nobody is told that it left a filter.
    assert {data["jobID"] for data in ada.of("gone")} <= {"a1"} and not ada.of("job")


@pytest.mark.any_postgres
def test_nothing_falls_between_a_list_and_its_stream(api):
    root = api.member("root", "Administrator")
    for number in range(10):
        answer = root.get("/jobs?limit=1000")
        position = answer.headers["Jobtrail-Stream-From"]
        assert root.get("/jobs?limit=1000", headers={"If-None-Match": answer.headers["ETag"]}).headers[
            "Jobtrail-Stream-From"]
        api.emit(created(f"new-{number}"))
        if number % 2:
            wait_until(api.world.is_caught_up, "it is projected before the stream begins")
        stream = api.stream(last_id=position)
        stream.wait_for(lambda it, job=f"new-{number}": job in it.jobs(), "it is told of what came after the list")
        stream.close()


def test_resuming_misses_nothing(api):
    api.emit(*(created(f"j{number}") for number in range(20)))
    seen = {}
    stream = api.stream(last_id=0).wait_begun()
    for turn in range(1, 6):
        api.emit(*(progressed(f"j{number}", turn * 10) for number in range(20)))
        if turn % 2:
            time.sleep(0.15)
        stream.close()
        seen.update(stream.jobs())
        stream = api.stream(last_id=stream.last_id)
    wait_until(lambda: (seen.update(stream.jobs()),
                        all(seen[f"j{number}"].get("progress") == 50 for number in range(20)))[1],
               "the last state of each is known")


def test_what_is_too_old_is_a_reset(api):
    old = api.stream().wait_begun()
    assert not old.of("reset")
    for position in (1_000_000, 2**62):
        stale = api.stream(last_id=position).wait_begun()
        stale.wait_for(lambda it: it.of("reset") == [{"reason": "too_old"}], "a position that never was")
    # Changes are pruned after minutes; here they are gone at once, and the process begins anew.
    api.serve.stop()
    api.world.execute("DELETE FROM jobtrail.change; SELECT setval('jobtrail.change_id_seq', 5000)")
    api.serve = api.restart()
    again = api.stream(last_id=1).wait_begun()
    again.wait_for(lambda it: it.of("reset"), "before what is still known")
    api.emit(started("a1"))
    again.wait_for(lambda it: "a1" in it.jobs(), "and it goes on")


def test_resuming_over_a_restart(api):
    stream = api.stream().wait_begun()
    api.emit(started("a1"))
    stream.wait_for(lambda it: "a1" in it.jobs(), "the first change")
    position = stream.last_id
    api.serve.stop()
    stream.wait_for(lambda it: it.ended.is_set(), "the stream ends with the service")
    assert stream.of("end") == [{"reason": "stopping"}]
    api.emit(progressed("a1", 70))
    api.serve = api.restart()
    again = api.stream(last_id=position)
    again.wait_for(lambda it: it.jobs().get("a1", {}).get("progress") == 70, "what came meanwhile")
    assert not again.of("reset")


def test_the_end_of_the_token_ends_the_stream(api):
    # A minute of grace for clocks that differ, for requests and streams alike.
    exp = int(time.time()) - 50
    stream = api.stream(exp=exp)
    stream.wait_for(lambda it: it.ended.is_set(), "it ends")
    assert stream.of("fresh") and stream.of("end") == [{"reason": "token_expired"}]
    # Whoever comes back with that token is told so at once, and not sent away a second time.
    assert api.stream(exp=exp).wait_begun().status == 401


@pytest.mark.any_postgres
def test_late_and_rolled_back_transactions(api):
    """An id drawn first and visible last is told; one that never comes holds nobody up."""
    stream = api.stream().wait_begun()
    with psycopg.connect(api.world.conninfo) as slow, psycopg.connect(api.world.conninfo) as gone:
        change = "INSERT INTO jobtrail.change (job_ids, organization_ids) VALUES ('{b1}', '{org-a}')"
        slow.execute(change)
        gone.execute(change)
        gone.rollback()
        api.emit(started("a1"))
        stream.wait_for(lambda it: "a1" in it.jobs(), "a later one is told")
        before = stream.last_id
        slow.commit()
        stream.wait_for(lambda it: "b1" in it.jobs(), "the first is told when it is visible")
    # Whoever resumes from before it is told of it as well.
    again = api.stream(last_id=before)
    again.wait_for(lambda it: "b1" in it.jobs(), "also to whoever resumes")


def test_a_cancel_request_is_seen_live(api):
    ada = api.stream("ada", "Manager").wait_begun()
    api.emit(started("a1"))
    ada.wait_for(lambda it: it.jobs().get("a1", {}).get("status") == "running", "it runs")
    assert api.member("ada").ask("POST", "/jobs/a1/cancel-requests").status_code == 202
    ada.wait_for(lambda it: it.jobs()["a1"].get("cancelling") == "open", "a command is open")


def test_who_does_not_read_is_dropped_and_harms_nobody(api):
    reader = api.stream("ada", "Manager").wait_begun()
    lazy = Lazy(api)
    for turn in range(1, 100):
        text = f"{turn} " + "x" * 4000
        api.emit(*(progressed(f"big-{number}", 1, message=text) for number in range(200)), progressed("a1", turn))
        reader.wait_for(lambda it, turn=turn: it.jobs().get("a1", {}).get("progress") == turn, "others are told")
        if metric(api.serve, DROPPED):
            break
    assert metric(api.serve, DROPPED) == 1
    assert b'event: end\ndata: {"reason":"too_slow"}' in lazy.rest()


def test_who_keeps_up_is_not_dropped(api):
    """However much is changed at once: what is too much to tell is a reset."""
    root = api.stream().wait_begun()
    text = "x" * 4000
    for turn in range(3):
        api.emit(*(progressed(f"big-{number}", 1, message=f"{turn} {text}") for number in range(1500)))
        wait_until(api.world.is_caught_up, "all is projected")
    root.wait_for(lambda it: it.of("reset"), "it is to look anew")
    # What is changed before that is told comes with the new list, what is changed after it by itself.
    wait_until(lambda: (api.emit(progressed("last", 1), progressed("last", 2)), "last" in root.jobs())[1], "it goes on")
    assert root.of("reset") and not root.of("end")


class Lazy:
    """Asks for an administrator's stream, and reads nothing of it."""

    def __init__(self, api):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", api.port))
        self.socket.sendall(b"GET /organizations/org-a/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + api.token("root", "Administrator").encode() + b"\r\n\r\n")

    def rest(self):
        """All that was sent, up to the end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        held = b""
        while not held.endswith(b"\r\n0\r\n\r\n"):
            part = self.socket.recv(65536)
            assert part, "the connection is not closed before the end"
            held += part
        return held


@pytest.mark.parametrize("query,header,name", [
    ("?limit=5", None, "limit"), ("?sortby=created", None, "sortby"), ("?status=x", None, "status"),
    ("", "x", "Last-Event-ID"), ("", "-1", "Last-Event-ID"), ("", "99999999999999999999", "Last-Event-ID")])
def test_bad_parameters_are_named(api, query, header, name):
    headers = {"Last-Event-ID": header} if header else {}
    answer = api.member("root", "Administrator").get(f"/stream{query}", headers=headers)
    assert (answer.status_code, answer.json()["parameter"]) == (400, name)


def test_a_database_that_goes_and_comes(api):
    stream = api.stream().wait_begun()
    api.world.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      f"WHERE datname = '{api.world.name}' AND usename = current_user AND pid <> pg_backend_pid()")
    api.emit(started("a1"), progressed("a1", 30))
    stream.wait_for(lambda it: it.jobs().get("a1", {}).get("progress") == 30, "it goes on by itself")
    assert json.dumps(stream.of("end")) == "[]"
