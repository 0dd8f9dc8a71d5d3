# SPDX-License-Identifier: Apache-2.0
"""The command that looks at the ledger of cancel requests. Its rows are written by hand here."""
import json
import os
import signal
import subprocess
import uuid

import pytest

from jobtrail_process import environment_of, run_jobtrail
from waiting import wait_until

REUSED = "11111111-1111-4111-8111-111111111111"

REFUSED = """
insert into jobtrail.cancel_request (received_at, recorded_at, decided_at, request_id, identified,
    channel, decision, reason_code, organization_id, job_id, requester_id)
values (now(), now(), now(), %s, %s, 'http', 'refused', %s, 'acme', 'j-1', %s)"""

GRANTED = """
with command as (
    insert into jobtrail.cancel_command (issued_at, answer_by, published_at, command_id, request_id,
        attempt, organization_id, job_id, type, creator_id, requester_id, reason)
    values (now(), 'infinity', now(), gen_random_uuid(), gen_random_uuid(), 2, 'acme', 'j-2',
            'Load', 'ada', 'ada', 'started twice')
    returning *)
insert into jobtrail.cancel_request (received_at, recorded_at, decided_at, request_id, identified,
    channel, decision, reason_code, organization_id, job_id, requester_id, creator_id, command_id,
    job_attempt, job_revision, reason, topic, partition, record_offset)
select now(), now(), now(), request_id, true, 'kafka', 'granted', 'CREATOR', organization_id,
       job_id, requester_id, creator_id, command_id, attempt, -7, reason, 'asked', 2, 5
from command"""


def refuse(world, reason_code="NOT_CREATOR", requester="eve", request_id=None):
    with_id = [request_id or str(uuid.uuid4()), reason_code != "INVALID_CREDENTIALS", reason_code,
               requester]
    world.rows(REFUSED + " returning id", with_id)


def rows(world, *arguments):
    """What the command prints as JSON."""
    return json.loads(run_jobtrail(world.settings(), "cancellations", *arguments, "--output",
                                   "json"))


def test_they_are_listed_the_newest_first(migrated):
    assert rows(migrated, "list") == []
    refuse(migrated)
    migrated.execute(GRANTED)
    listed = rows(migrated, "list")
    assert [row["outcome"] for row in listed] == ["open", "refused"]
    assert [row["attempt"] for row in listed] == [2, None]
    assert [row["reason"] for row in listed] == ["started twice", None]
    assert len(rows(migrated, "list", "--limit", "1")) == 1
    for flags in (["--outcome", "refused"], ["--requester", "eve"], ["--job", "j-1"]):
        assert [row["requester_id"] for row in rows(migrated, "list", *flags)] == ["eve"]
    assert rows(migrated, "list", "--organization", "none") == []
    table = run_jobtrail(migrated.settings(), "cancellations", "list")
    assert "REQUESTER ID" in table and "NOT_CREATOR" in table


def test_one_is_told_from_request_to_outcome(migrated):
    migrated.execute(GRANTED)
    shown, = rows(migrated, "show", "1")
    assert list(shown).index("received_at") < list(shown).index("identity") \
        < list(shown).index("decision") < list(shown).index("command_id") \
        < list(shown).index("command_published_at") < list(shown).index("outcome")
    assert (shown["identity"], shown["decision"], shown["creator_id"]) == ("proven", "granted",
                                                                           "ada")
    assert (shown["topic"], shown["partition"], shown["offset"]) == ("asked", 2, 5)
    assert shown["because"] == "the requester created the job" and shown["job_revision"] == -7
    assert shown["outcome"] == "open" and shown["command_issued_at"] and shown["command_id"]
    table = run_jobtrail(migrated.settings(), "cancellations", "show", shown["request_id"])
    assert "BECAUSE                the requester created the job\n" in table


def test_a_request_id_shows_all_that_used_it(migrated):
    refuse(migrated, request_id=REUSED)
    refuse(migrated, "INVALID_CREDENTIALS", "mallory", REUSED)
    assert [(row["requester_id"], row["identity"]) for row in rows(migrated, "show", REUSED)] == [
        ("eve", "proven"), ("mallory", "claimed")]
    table = run_jobtrail(migrated.settings(), "cancellations", "show", REUSED)
    assert table.count("REQUEST ID") == 2 and "\n\nID " in table


@pytest.mark.parametrize("arguments, status", (
    (("show", "999"), 1), (("show", str(uuid.UUID(int=4))), 1), (("show", "one"), 2),
    (("show",), 2), (("list", "all"), 2), ((), 2), (("list", "--outcome", "granted"), 2),
    (("list", "--limit", "0"), 2), (("list", "--output", "xml"), 2),
    (("list", "--set", "postgres.host=/none/such"), 75),
    (("list", "--follow", "--set", "postgres.host=/none/such"), 75)))
def test_what_is_not_there_or_wrong(migrated, arguments, status):
    run_jobtrail(migrated.settings(), "cancellations", *arguments, status=status)


def follow(world, log, *arguments):
    with log.open("wb") as out:
        return subprocess.Popen(
            [os.environ["DEV_JOBTRAIL"], "cancellations", "list", "--follow", *arguments],
            env=environment_of(world.settings()), stdin=subprocess.DEVNULL, stdout=out)


@pytest.mark.parametrize("output", ("json", "table"))
def test_following_tells_what_is_new_and_what_changes(migrated, tmp_path, output):
    log = tmp_path / "follow.log"
    refuse(migrated)
    running = follow(migrated, log, "--output", output)
    try:
        wait_until(lambda: "NOT_CREATOR" in log.read_text(), "it tells what there is")
        migrated.execute(GRANTED)
        wait_until(lambda: " open " in log.read_text() or '"open"' in log.read_text(), "what is new")
        migrated.execute("update jobtrail.cancel_command set answer_by = now()")
        wait_until(lambda: "unanswered" in log.read_text(), "what has changed")
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()
    lines = log.read_text().splitlines()
    if output == "json":
        assert [json.loads(line)["outcome"] for line in lines] == ["refused", "open", "unanswered"]
    else:
        assert len(lines) == 4 and lines[0].startswith("ID ")
