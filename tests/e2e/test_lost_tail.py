# SPDX-License-Identifier: Apache-2.0
"""A primary dies, and the replica that is promoted never got the ledger's last rows: what went out is
found again in the topics, told as it was told, and never issued a second time."""
import json
import uuid

import psycopg
import pytest

from asking import asked, created, now_us
from cancel_jobs import decoded
from http_api import Api
from jobtrail_process import run_jobtrail
from needs import need
from own_postgres import OwnPostgres
from own_replica import OwnReplica
from stories import single_object
from test_relay import whole
from waiting import wait_for_equal, wait_until
from world import World

# Of what was refused its attempt is not found again.
JUDGED = ("select job_id, requester_id, request_id, decision, reason_code, decided_at, command_id,"
          " case decision when 'granted' then attempt end, command_issued_at"
          " from jobtrail.cancellation where decided_at is not null order by request_id")


LETTERS = "select topic, partition, record_offset, reason, value from jobtrail.dead_letter"


@pytest.fixture(name="pair")
def fixture_pair():
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    primary = OwnPostgres().start()
    replica = OwnReplica(primary).start()
    yield primary, replica
    replica.remove()
    primary.remove()


@pytest.fixture(name="lost")
def fixture_lost(pair, serve, tmp_path):
    """A service that goes on by itself, whose requests up to here the replica has."""
    world = World(pair[0].conninfo)
    run_jobtrail(world.settings(), "migrate")
    world.api = Api(tmp_path)
    world.both = {**world.api.settings(world.settings()), "postgres.conninfo": psycopg.conninfo.make_conninfo(
        host=f"{pair[0].folder},{pair[1].folder}", port=f"{pair[0].port},{pair[1].port}", user="jobtrail",
        dbname=world.name, target_session_attrs="read-write")}
    world.running = serve(world.both)
    world.produce("events", [created(job) for job in ("over kafka", "over http", "kept")])
    wait_until(world.is_caught_up, "all is projected")
    world.produce("cancel-requests", [asked("kept"), asked("waits")])
    wait_until(lambda: len(world.rows("select 1 from jobtrail.cancel_request")) == 2
               and len(list(world.everything("commands"))) == 1, "one is commanded, one waits")
    wait_until(lambda: world.rows("select 1 from jobtrail.published_position where next_offset > 0"),
               "what went out is noted", 30)
    wait_until(lambda: world.rows("select 1 from jobtrail.ledger_compared"), "the ledger was compared")
    pair[1].follow()
    yield world
    world.home = pair[1].conninfo
    world.close()


def cut_and_ask(world, pair):
    """All that the replica never gets; the requests' ids, and what there is of each afterwards."""
    pair[1].stop()
    world.produce("events", [created("waits"), (b"k", b"no event", [])])
    over_kafka, refused = str(uuid.uuid4()), str(uuid.uuid4())
    world.produce("cancel-requests", [asked("over kafka", request_id=over_kafka, reason="enough"),
                                      asked("over http", "bob", request_id=refused)])
    answer = world.api.member("ada").ask("DELETE", "/jobs/over http")
    assert answer.status_code == 202
    wait_until(lambda: len(world.rows(JUDGED)) == 5 and not world.rows("select * from jobtrail.outbox"),
               "all is decided and told")
    wait_until(lambda: len(world.rows(LETTERS)) == 1, "what was no event is a dead letter")
    return answer.headers["Location"], world.rows(JUDGED)


def fail_over(world, pair):
    pair[0].stop()
    pair[1].start().promote()
    world.conninfo = psycopg.conninfo.make_conninfo(pair[1].conninfo, dbname=world.name)


def wait_until_found(world, running):
    wait_until(lambda: "the ledger was compared with what was published" in running.log_text()
               and len(world.rows(JUDGED)) == 5, "it is found", 60)


@pytest.mark.early
@pytest.mark.parametrize("how", ["goes on", "begins anew"])
def test_what_went_out_is_found_again(lost, pair, serve, how):
    location, judged = cut_and_ask(lost, pair)
    letters = lost.rows(LETTERS)
    commands, told = list(lost.everything("commands")), list(lost.everything("cancel-decisions"))
    assert (len(commands), len(told)) == (4, 5)
    if how == "begins anew":
        lost.running.kill()
    # Judged again, this one would be refused now.
    lost.produce("events", [single_object("JobSucceeded", job_id="over kafka", occurred_at=now_us())])
    fail_over(lost, pair)
    running = lost.running if how == "goes on" else serve(lost.both)
    wait_until_found(lost, running)
    assert lost.rows(JUDGED) == judged, "as it was"
    found = lost.rows("select job_id, channel, command_published_at is not null as went_out, outcome"
                      " from jobtrail.cancellation where found_at is not null and decision = 'granted' order by 1")
    assert [(row["job_id"], row["channel"], row["went_out"]) for row in found] == [
        ("over http", None, True), ("over kafka", None, True), ("waits", "kafka", True)]
    # What was read last before it was lost is read again, and behind it comes this.
    again = str(uuid.uuid4())
    lost.produce("cancel-requests", [asked("over http", request_id=again), asked("over http", request_id=again)])
    wait_until(lambda: len(lost.rows(JUDGED)) == 6 and not lost.rows("select * from jobtrail.outbox"), "it is decided")
    wait_until(lost.is_caught_up, "all is projected")
    command, = (row["command_id"] for row in judged if row["job_id"] == "over http" and row["command_id"])
    assert [(row["reason_code"], row["command_id"]) for row in lost.rows(JUDGED) if str(row["request_id"]) == again
            ] == [("ALREADY_REQUESTED", command)]
    assert sorted(map(whole, lost.everything("commands"))) == sorted(map(whole, commands)), "none went out again"
    answers = [whole(message) for message in lost.everything("cancel-decisions")
               if decoded(message, "CancelDecided")["request_id"] != again]
    assert sorted(answers) == sorted(map(whole, told)), "each was answered once"
    assert lost.rows(LETTERS) == letters
    assert set(lost.jobs("org-a")) == {"kept", "over http", "over kafka", "waits"}
    request = location.rsplit("/", 1)[1]
    shown, = json.loads(run_jobtrail(lost.both, "cancellations", "show", request, "--output", "json"))
    assert shown["found_at"] and shown["reason_code"] == "CREATOR"
    assert (shown["channel"], shown["job_revision"]) == (None, None)
    wait_for_equal(lambda: lost.api.member("ada").get(location).json().get("outcome"), "open", "its requester is told")
    running.stop()


@pytest.mark.early
def test_nobody_decides_before(lost, pair, launch):
    """While what was published cannot be read, who asks is told to come again, and why nothing goes on."""
    cut_and_ask(lost, pair)
    lost.running.kill()
    fail_over(lost, pair)
    running = launch({**lost.both, "kafka.bootstrap.servers": "127.0.0.1:1"})
    asking = lost.api.member("ada")
    wait_until(lambda: answers(asking) == 503, "it answers, and refuses")
    wait_until(lambda: "what was published cannot be held against the ledger" in running.log_text(), "it says why")
    assert not lost.rows("select 1 from jobtrail.cancellation where job_id = 'over http'")
    running.kill()


def answers(member):
    try:
        return member.ask("DELETE", "/jobs/over http").status_code
    except OSError:
        return None


@pytest.mark.early
def test_a_command_that_went_out_is_not_called_withdrawn(lost, pair, serve):
    """The mark that it went out was lost, and its job is disputed since."""
    lost.produce("events", [created("kept", "bob")])
    wait_until(lambda: lost.jobs("org-a")["kept"]["creator_disputed"], "it is disputed")
    pair[1].follow()
    lost.running.kill()
    fail_over(lost, pair)
    lost.execute("update jobtrail.cancel_command set publications = 0, published_at = null;"
                 " insert into jobtrail.outbox (command_id) select command_id from jobtrail.cancel_command;"
                 " update jobtrail.published_position set next_offset = 0")
    running = serve(lost.both)
    wait_until(lambda: not lost.rows("select * from jobtrail.outbox"), "it is not to be sent any more")
    assert lost.rows("select publications, withdrawn_at from jobtrail.cancel_command") == [
        {"publications": 1, "withdrawn_at": None}]
    assert len(list(lost.everything("commands"))) == 1
    running.stop()
