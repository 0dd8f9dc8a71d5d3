# SPDX-License-Identifier: Apache-2.0
"""Cancel requests over Kafka, from the record to the ledger: who is granted, who is refused, who
waits, and what is no request at all."""
import time
import uuid

import psycopg
import pytest

from asking import asked, created, decisions
from cancel_jobs import decoded
from stories import single_object
from waiting import wait_for_equal, wait_until

pytestmark = pytest.mark.every_postgres


def letters(world):
    return world.rows("select * from jobtrail.dead_letter order by id")


@pytest.mark.any_postgres
def test_only_the_creator_is_granted(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [created("a"), created("b", creator=None), created("c", cancellable=False)])
    wait_until(lambda: len(migrated.jobs("org-a")) == 3, "the jobs are there")
    migrated.produce("cancel-requests", [
        asked("a"), asked("a", "bob"), asked("a", "Ada"), asked("a", "ada "), asked("b"), asked("c")])
    wait_for_equal(lambda: decisions(migrated), [
        ("a", "Ada", "NOT_CREATOR"), ("a", "ada", "CREATOR"), ("a", "ada ", "NOT_CREATOR"),
        ("a", "bob", "NOT_CREATOR"), ("b", "ada", "NOT_CREATOR"), ("c", "ada", "NOT_CANCELLABLE")],
        "each is decided")
    commands = migrated.rows("select * from jobtrail.cancel_command")
    assert [(row["job_id"], row["requester_id"]) for row in commands] == [("a", "ada")]
    assert 'jobtrail_cancel_decisions_total{decision="refused",reason="NOT_CREATOR"} 4' in running.get("/metrics")[1]
    assert "a cancel request was refused" in running.log_text()
    running.stop()


def test_a_command_and_a_decision_follow_their_request(migrated, serve):
    """They say what was asked and decided, and carry the request's trace."""
    running = serve(migrated.settings())
    migrated.produce("events", [created("a")])
    wait_until(lambda: len(migrated.jobs("org-a")) == 1, "the job is there")
    request, trace = str(uuid.uuid4()), f"00-{'a1' * 16}-{'b2' * 8}-01"
    migrated.produce("cancel-requests", [asked("a", request_id=request, reason="enough", headers=[
        ("traceparent", trace.encode())])])
    wait_until(lambda: migrated.rows("select 1 from jobtrail.cancellation where command_published_at is not"
                                     " null and decision_published_at is not null"), "both are published")
    [command], [decision] = migrated.everything("commands"), migrated.everything("cancel-decisions")
    told = decoded(command, "CancelJob")
    assert told.pop("issued_at") and told == {
        "command_id": told["command_id"], "request_id": request, "organization_id": "org-a", "job_id": "a",
        "attempt": 1, "type": "Load", "requester_id": "ada", "reason": "enough"}
    answer = decoded(decision, "CancelDecided")
    assert (answer["decision"], answer["reason_code"], answer["command_id"]) == (
        "granted", "CREATOR", told["command_id"])
    for message in (command, decision):
        assert message.key() == b"a" and dict(message.headers())["traceparent"] == trace.encode()
    running.stop()


def test_a_request_waits_for_its_job(migrated, serve):
    """It outlives the process that took it in, and is decided soon after the job is known."""
    settings = {**migrated.settings(), "cancel.requests.wait": "60s"}
    running = serve(settings)
    migrated.produce("cancel-requests", [asked("late"), asked("late", "bob")])
    wait_for_equal(lambda: decisions(migrated), [("late", "ada", None), ("late", "bob", None)], "both wait")
    running.kill()
    running = serve(settings)
    migrated.produce("events", [created("late")])
    wait_for_equal(lambda: decisions(migrated), [("late", "ada", "CREATOR"), ("late", "bob", "NOT_CREATOR")],
                   "both are decided")
    running.stop()


def test_a_lock_that_was_waited_for_is_not_rested_from(migrated, serve):
    """What waited is decided soon after the lock is gone, however long the last look took."""
    running = serve({**migrated.settings(), "cancel.requests.wait": "60s"})
    migrated.produce("cancel-requests", [asked("late")])
    wait_for_equal(lambda: decisions(migrated), [("late", "ada", None)], "it waits")
    with psycopg.connect(migrated.conninfo) as other:
        other.execute("lock table jobtrail_p1.source_position in access exclusive mode")
        wait_until(lambda: migrated.rows("select 1 from pg_locks where not granted"), "somebody waits for it")
        time.sleep(3)  # as long as this a look takes
    migrated.produce("events", [created("late")])
    wait_until(lambda: decisions(migrated) == [("late", "ada", "CREATOR")], "it is decided", 20)
    running.stop()


def test_a_job_that_never_comes_is_unknown(migrated, serve):
    running = serve({**migrated.settings(), "cancel.requests.wait": "1s"})
    migrated.produce("events", [created("other")])
    migrated.produce("cancel-requests", [asked("never")])
    wait_for_equal(lambda: decisions(migrated), [("never", "ada", "UNKNOWN_JOB")], "it is refused")
    running.stop()


def test_an_old_request_is_refused(migrated, serve):
    migrated.produce("cancel-requests", [asked("a")])
    migrated.produce("events", [created("a")])
    import time
    time.sleep(1.5)
    running = serve({**migrated.settings(), "cancel.requests.max-age": "1s"})
    wait_for_equal(lambda: decisions(migrated), [("a", "ada", "EXPIRED")], "it is refused")
    running.stop()


def test_the_same_request_again_is_one(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [created("a"), created("b")])
    wait_until(lambda: len(migrated.jobs("org-a")) == 2, "the jobs are there")
    request = str(uuid.uuid4())
    migrated.produce("cancel-requests", [asked("a", request_id=request)] * 5)
    migrated.produce("cancel-requests", [asked("a")])
    wait_until(lambda: len(decisions(migrated)) == 2, "both are decided")
    migrated.produce("cancel-requests", [asked("b", request_id=request)])
    wait_for_equal(lambda: sorted(reason for _, _, reason in decisions(migrated)),
                   ["ALREADY_REQUESTED", "CREATOR", "REQUEST_ID_REUSED"], "the reused id is refused")
    assert len(migrated.rows("select * from jobtrail.cancel_command")) == 1
    running.stop()


def test_what_is_no_request_is_a_dead_letter(migrated, serve):
    """Kept whole, but for the credentials that came with it; the one behind it is decided."""
    running = serve(migrated.settings())
    secret = [("Authorization", b"Bearer secret"), ("h", b"kept")]
    migrated.produce("events", [created("a")])
    migrated.produce("cancel-requests", [
        ("a", b"nonsense", secret),
        asked("a", "", headers=secret),
        asked("a" * 256, headers=secret),
        asked("a", requester_id="ada\0"),
        single_object("CancelJob", command_id=str(uuid.uuid4()), request_id=str(uuid.uuid4()), job_id="a",
                      attempt=1, type="Load", requester_id="ada", issued_at=1),
        created("a"),
        ("a", None, secret),
        asked("a")])
    wait_for_equal(lambda: decisions(migrated), [("a", "ada", "CREATOR")], "the request is decided")
    wait_for_equal(lambda: sorted(row["reason"] for row in letters(migrated)),
                   ["FRAMING", "ID_LENGTH", "ID_LENGTH", "NUL_IN_TEXT", "TOMBSTONE", "UNKNOWN_RECORD",
                    "UNKNOWN_RECORD"], "the others are dead letters")
    headers = {name for row in letters(migrated) for name in row["header_names"]}
    assert headers == {b"h"}
    assert "secret" not in running.log_text()
    running.stop()


def test_without_a_choice_the_gate_does_not_start(migrated, tmp_path):
    from jobtrail_process import Serve
    settings = {name: value for name, value in migrated.settings().items()
                if name != "cancel.requests.authentication"}
    running = Serve(settings, tmp_path)
    assert running.process.wait(30) == 3
    assert "cancel.requests.authentication" in running.log_text()
