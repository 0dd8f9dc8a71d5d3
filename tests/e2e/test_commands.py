# SPDX-License-Identifier: Apache-2.0
"""The commands that look at what serve has done, and the metrics it shows."""
import json
import os
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jobtrail_process import environment_of, run_jobtrail
from stories import statuses, story
from waiting import wait_for_equal, wait_until

NOISE = b"\xff\0noise" * 20
HEADERS = [("a", b"1"), ("authorization", b"secret"), ("bytes", b"\xff\0")]


@pytest.fixture
def served(migrated, serve):
    """A world with a job and three dead letters, and the serve that made them."""
    running = serve(migrated.settings())
    migrated.produce("events", [*story(0), (b"key", NOISE, HEADERS), (None, None, []),
                                (b"\xff", "\N{SNOWMAN}".encode(), [])])
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job is there")
    wait_until(lambda: len(rows(migrated, "dead-letters", "list")) == 3, "three dead letters")
    return migrated, running


def rows(world, *arguments):
    """What a command prints as JSON."""
    return json.loads(run_jobtrail(world.settings(), *arguments, "--output", "json"))


def test_dead_letters_are_listed(served):
    world, _ = served
    listed = rows(world, "dead-letters", "list")
    assert sorted(row["reason"] for row in listed) == ["FRAMING", "FRAMING", "TOMBSTONE"]
    assert all(row["topic"] == world.topics["events"] for row in listed)
    assert [row["id"] for row in listed] == sorted((row["id"] for row in listed), reverse=True)
    assert len(rows(world, "dead-letters", "list", "--reason", "TOMBSTONE")) == 1
    assert len(rows(world, "dead-letters", "list", "--limit", "2")) == 2
    assert rows(world, "dead-letters", "list", "--topic", "none") == []
    table = run_jobtrail(world.settings(), "dead-letters", "list")
    assert table.count("FRAMING") == 2 and "begins with none of the known framings" in table


def test_a_dead_letter_is_shown(served):
    world, _ = served
    for row in rows(world, "dead-letters", "list"):
        shown = rows(world, "dead-letters", "show", str(row["id"]))
        shown = shown[0] if isinstance(shown, list) else shown
        assert {name: shown[name] for name in row} == row
        kept = world.rows("select * from jobtrail.dead_letter where id = %s", (row["id"],))[0]
        value = kept["value"]
        assert shown["value_hex"] == (None if value is None else value.hex())
        assert shown["value_bytes"] == (None if value is None else len(value))
        raw = subprocess.run(
            [os.environ["DEV_JOBTRAIL"], "dead-letters", "show", str(row["id"]), "--raw"],
            env=environment_of(world.settings()), capture_output=True, timeout=30, check=True)
        assert raw.stdout == (value or b"")
        table = run_jobtrail(world.settings(), "dead-letters", "show", str(row["id"]))
        assert row["reason"] in table and "secret" not in table
        if value == NOISE:
            assert shown["key"] == "key" and "a: 1" in shown["headers"]
            assert "--raw writes all 140 bytes" in table


def test_a_dead_letter_that_is_not_there(served):
    world, _ = served
    run_jobtrail(world.settings(), "dead-letters", "show", "999999", status=1)
    run_jobtrail(world.settings(), "dead-letters", "show", "one", status=2)
    run_jobtrail(world.settings(), "dead-letters", "show", status=2)


def test_positions_are_listed_and_set(served):
    world, running = served
    topic = world.topics["events"]
    ends = world.log_ends("events")

    def positions():
        return {row["partition"]: row for row in rows(world, "positions", "list")}

    wait_until(lambda: all(row["lag"] == 0 for row in positions().values()), "all is read")
    assert {number: row["next_offset"] for number, row in positions().items()} == ends
    assert all(row["topic"] == topic and row["cluster_id"] and row["caught_up_at"]
               for row in positions().values())
    assert topic in run_jobtrail(world.settings(), "positions", "list")
    partition = max(ends, key=ends.get)
    before = world.rows("select * from jobtrail.job order by 1, 2")
    told = rows(world, "positions", "set", topic, str(partition), "0")
    told = told[0] if isinstance(told, list) else told
    assert told == {"topic": topic, "partition": partition, "before": ends[partition],
                    "next_offset": 0}
    # The serve that runs notices with its next batch, reads again, and nothing changes.
    world.produce("events", [(f"job-{0:05d}", None, [])])
    wait_until(lambda: positions()[partition]["next_offset"] == world.log_ends("events")[partition],
               "it was read again")
    assert world.rows("select * from jobtrail.job order by 1, 2") == before
    assert running.process.poll() is None
    running.stop()


@pytest.mark.parametrize("arguments", (
    ("set",), ("set", "topic", "0"), ("set", "topic", "-1", "0"), ("set", "topic", "0", "-1"),
    ("set", "topic", "0", "many"), ("set", "topic", str(2**31), "0"), ("set", "topic", "0",
                                                                      str(2**63)),
    ("list", "all"), ("show",), ("list", "--output", "xml"), ("list", "--outptu", "json")))
def test_positions_refuses(migrated, arguments):
    run_jobtrail(migrated.settings(), "positions", *arguments, status=2)
    assert rows(migrated, "positions", "list") == []


def test_the_metrics_are_well_formed(served):
    _, running = served
    status, text = running.get("/metrics")
    assert status == 200
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family.name
        assert family.samples or family.name.startswith("jobtrail_lag"), family.name
    assert 'jobtrail_dead_letters_total{reason="FRAMING"} 2\n' in text
    for path, expected in (("/", 404), ("/metrics/", 404), ("/livez", 200), ("/readyz", 200)):
        assert running.get(path)[0] == expected
