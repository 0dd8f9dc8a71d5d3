# SPDX-License-Identifier: Apache-2.0
"""A command that waited for the relay is judged once more before it goes out."""
import psycopg

from asking import asked, created, now_us
from outbox_rows import decoded, metric
from test_readiness import RELAY_LOCK
from waiting import wait_for_equal, wait_until

HOUR_US = 3_600_000_000


def outcomes(world):
    return [(row["job_id"], row["outcome"]) for row in world.rows("select * from jobtrail.cancellation order by id")]


def test_a_dispute_withdraws_what_did_not_go_out(migrated, serve):
    running = serve(migrated.settings())
    with psycopg.connect(migrated.conninfo, autocommit=True) as other:
        # As a relay of before: the one that publishes goes, and none publishes for now.
        wait_until(lambda: metric(running, "jobtrail_relay_is_active") == 1, "it publishes")
        running.stop()
        other.execute("select pg_advisory_lock(%s)", (RELAY_LOCK,))
        running = serve(migrated.settings())
        for job, creator in (("stolen", "mallory"), ("own", "ada")):
            migrated.produce("events", [created(job, creator)])
            migrated.produce("cancel-requests", [asked(job, creator)])
        wait_for_equal(lambda: sorted(outcomes(migrated)), [("own", "open"), ("stolen", "open")], "both are granted")
        migrated.produce("events", [created("stolen", "ada", occurred_at=now_us() - HOUR_US)])
        wait_until(lambda: migrated.jobs("org-a")["stolen"]["creator_disputed"], "the dispute is known")
    command, = migrated.consume("commands", 1)
    assert command.key() == b"own"
    wait_for_equal(lambda: sorted(outcomes(migrated)), [("own", "open"), ("stolen", "withdrawn")], "it is on record")
    wait_for_equal(lambda: migrated.rows("select count(*) as n from jobtrail.outbox")[0]["n"], 0, "all is told")
    told = [message for message in migrated.everything("cancel-decisions") if message.key() == b"stolen"]
    said = [decoded("CancelDecided", message.value()) for message in told]
    row, = migrated.rows("select * from jobtrail.cancellation where job_id = 'stolen'")
    assert {(each["decision"], each["reason_code"]) for each in said} == {("refused", "NOT_CREATOR")}
    assert {str(each["command_id"]) for each in said} == {str(row["command_id"])}
    assert (row["decision"], row["reason_code"]) == ("granted", "CREATOR")
    assert row["command_withdrawn_at"] and not row["command_published_at"]
    assert {dict(message.headers())["ce_id"] for message in told} != {str(row["request_id"]).encode()}
    assert metric(running, "jobtrail_relay_withdrawn_total") == 1
    # Who asks again is judged again.
    migrated.produce("cancel-requests", [asked("stolen", "mallory"), asked("stolen", "ada")])
    wait_for_equal(lambda: [outcome for job, outcome in outcomes(migrated) if job == "stolen"],
                   ["withdrawn", "refused", "refused"], "a disputed job is nobody's")
    assert len(list(migrated.everything("commands"))) == 1
    running.stop()
