# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL refuses what no event is to blame for: ids that we draw ourselves, what others did to our
tables. Not one event becomes a dead letter for it, and it is told as what it is, with what mends it."""
import psycopg
import pytest

from stories import statuses, stories
from waiting import wait_for_equal, wait_until

SEQUENCES = ("change", "dead_letter", "outbox", "cancel_request")

# What somebody did, what mends it, and what the service must say.
ALTERED = {
    "a constraint": ("alter table jobtrail_p1.job add constraint theirs check (job_id = '') not valid",
                     "alter table jobtrail_p1.job drop constraint theirs",
                     'ALTER TABLE jobtrail_p1.job DROP CONSTRAINT'),
    "one of a table of ours alone": (
        "alter table jobtrail.change add constraint theirs check (id < 0) not valid",
        "alter table jobtrail.change drop constraint theirs",
        'ALTER TABLE jobtrail.change DROP CONSTRAINT'),
    "a trigger": ("create function theirs() returns trigger language plpgsql as $$ begin raise 'not today';"
                  " end $$; create trigger theirs before insert or update on jobtrail_p1.job"
                  " for each row execute function theirs()",
                  "drop function theirs cascade", "Look for a trigger"),
    "a function that is gone": ("alter function jobtrail.require rename to required",
                                "alter function jobtrail.required rename to require",
                                "somebody dropped or altered"),
}


def letters(world):
    return world.rows("select reason, message from jobtrail.dead_letter")


def restart_sequences(world):
    for name in SEQUENCES:
        world.execute(f"alter sequence jobtrail.{name}_id_seq restart")


def test_sequences_behind_their_tables_cost_no_event(migrated, serve):
    """As after a restore of rows alone, or on what was a logical replica."""
    settings = migrated.settings()
    running = serve(settings)
    for number in range(4):  # several transactions, so that there is something to stand behind
        migrated.produce("events", stories([number]))
        wait_for_equal(lambda jobs=number + 1: statuses(migrated), {"successful": number + 1}, "it is there")
    running.stop()
    restart_sequences(migrated)
    running = serve(settings)
    migrated.produce("events", stories(range(4, 8)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 8}, "four more are there")
    assert "a sequence stood behind its table" in running.log_text()
    restart_sequences(migrated)  # while it runs
    migrated.produce("events", stories(range(8, 12)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 12}, "and four more")
    assert letters(migrated) == []
    running.stop()


@pytest.mark.parametrize("alter, mend, words", ALTERED.values(), ids=ALTERED)
def test_what_others_did_to_our_tables_costs_no_event(migrated, serve, alter, mend, words):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(2)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "two jobs are there")
    wait_until(migrated.is_caught_up, "it has all")
    before = migrated.rows("select topic, partition, next_offset from jobtrail.source_position order by 2")
    migrated.execute(alter)
    migrated.produce("events", stories(range(2, 10)))
    assert running.process.wait(30) == 1, running.log_text()
    assert words in running.log_text()
    assert letters(migrated) == []
    assert before == migrated.rows(
        "select topic, partition, next_offset from jobtrail.source_position order by 2")
    migrated.execute(mend)
    running = serve(migrated.settings())
    wait_for_equal(lambda: statuses(migrated), {"successful": 10}, "nothing is lost")
    assert letters(migrated) == []
    running.stop()


@pytest.mark.long
def test_a_lock_that_a_trigger_swallows_is_told(migrated, launch):
    """The relay never works then, and nobody would know why."""
    migrated.execute("create function theirs() returns trigger language plpgsql as $$ begin return null;"
                     " end $$; create trigger theirs before insert or update on jobtrail.relay_lock"
                     " for each row execute function theirs()")
    running = launch(migrated.settings())
    assert running.process.wait(60) == 1, running.log_text()
    assert "\\d jobtrail.relay_lock;" in running.log_text()
    migrated.execute("drop function theirs cascade")


def test_a_role_that_reads_by_default_writes_all_the_same(migrated, serve):
    migrated.execute(f"alter role current_user in database {migrated.name}"
                     " set default_transaction_read_only = on")
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(2)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "two jobs are there")
    running.stop()


def alter_database(world, what):
    with psycopg.connect(world.home, autocommit=True) as connection:
        connection.execute(f"alter database {world.name} {what}")


def test_a_database_that_was_made_read_only_is_told_as_that(migrated, launch):
    alter_database(migrated, "set default_transaction_read_only = on")
    running = launch(migrated.settings())
    wait_until(lambda: f"ALTER DATABASE {migrated.name} RESET default_transaction_read_only"
               in running.log_text(), "it says what to do")
    assert "PostgreSQL cannot be reached" not in running.log_text()
    assert running.get("/readyz")[0] == 503
    alter_database(migrated, "reset default_transaction_read_only")
    migrated.produce("events", stories(range(2)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "it goes on by itself")
    running.stop()
