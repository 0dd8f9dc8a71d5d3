# SPDX-License-Identifier: Apache-2.0
"""What stands still is told by name: /readyz says which partition, topic, lock or part it is, since
when and why, the gauges count it, and all are silent again when it is over."""
import re
import shlex
import socket

import psycopg
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import NewTopic

from asking import asked, created
from broker_log import damage_batch
from jobtrail_process import run_jobtrail
from outbox_rows import grant, metric
from stories import statuses, stories, story
from test_failed_batches import REFUSE
from waiting import wait_for_equal, wait_until
from world import PARTITIONS

RELAY_LOCK = 7453010373645639282


def reasons(running):
    """The lines of /readyz that say why it is not ready."""
    status, text = running.get("/readyz")
    return [] if status == 200 else text.splitlines()


def wait_for_reason(running, *words):
    """The one line with all these words."""
    return wait_until(lambda: next((line for line in reasons(running) if all(word in line for word in words)), None),
                      f"/readyz says {words}", 120)


def partition_of(world, marker):
    """Of the event that has these bytes; of a topic with two partitions."""
    consumer = Consumer({"bootstrap.servers": world.bootstrap, "group.id": world.name + ".look"})
    consumer.assign([TopicPartition(world.topics["events"], number, 0) for number in range(2)])
    try:
        return wait_until(lambda: next(message.partition() + 1 for message in consumer.consume(10, 1)
                                       if marker in (message.value() or b"")), "it is there") - 1
    finally:
        consumer.close()


def gauges(running, role="projection"):
    """Partitions ours, started, failing."""
    return [metric(running, f'jobtrail_partitions{state}{{role="{role}"}}') for state in ("", "_started", "_failing")]


@pytest.mark.early
def test_partitions_that_cannot_be_started(migrated, launch):
    with psycopg.connect(migrated.conninfo) as other:
        other.execute("lock table jobtrail_p1.source_position, jobtrail.cancel_position in access exclusive mode")
        running = launch({**migrated.settings(), "workers": 1})
        line = wait_for_reason(running, "projection: partition 0 of " + migrated.topics["events"], "is not started")
        assert re.search(r"since \d{4}-\d\d-\d\dT[\d:.]+Z: LOCK_TIMEOUT$", line), line
        wait_for_reason(running, "gate: partition 0 of " + migrated.topics["cancel-requests"], "is not started")
        wait_for_equal(lambda: gauges(running), [PARTITIONS, 0, PARTITIONS], "none is started")
        wait_for_equal(lambda: gauges(running, "gate"), [PARTITIONS, 0, PARTITIONS], "the gate has none either")
    running.wait_ready()
    for role in ("projection", "gate"):
        wait_for_equal(lambda role=role: gauges(running, role), [PARTITIONS, PARTITIONS, 0], "all are started")
    running.stop()


@pytest.mark.early
def test_a_partition_whose_log_is_damaged(migrated, launch):
    """It is not skipped by itself; the command that gives a record up is named, one after the other for a
    batch of several; and the other partition goes on."""
    migrated.delete_topic("events")
    migrated.create_topics([NewTopic(migrated.topics["events"], 2, 1, config={"cleanup.policy": "delete"})])
    migrated.produce("events", [created("good", message="marker-of-the-first")])
    migrated.produce("events", [created("bad", message="marker-of-the-second"), created("bad"), created("bad")])
    partition = partition_of(migrated, b"marker-of-the-second")
    damage_batch(migrated, "events", partition, b"marker-of-the-second")
    running = launch(migrated.settings(), "--only", "project")
    line = wait_for_reason(running, f"partition {partition} of {migrated.topics['events']}")
    assert "DAMAGED_RECORD" in line
    assert len(reasons(running)) == 1
    assert gauges(running)[2] == 1
    migrated.produce("events", [created("good"), created("bad", message="later")])
    obeyed = set()

    def goes_on():
        obey(migrated, running, obeyed)
        return sorted(migrated.jobs("org-a")) == ["bad", "good"]

    wait_until(goes_on, "it goes on behind it", 120)
    assert 1 <= len(obeyed) <= 3
    running.wait_ready(90)
    running.stop()


def obey(world, running, obeyed):
    """Does what the log said last, unless that was done."""
    command = re.findall(r'command="jobtrail (positions set [^"]+)"', running.log_text())[-1]
    if command not in obeyed:
        obeyed.add(command)
        run_jobtrail(world.settings(), *shlex.split(command))


@pytest.mark.early
def test_a_partition_that_does_not_move_on(migrated, launch):
    """Only the one with records that wait is named, although its worker has the others too."""
    running = launch({**migrated.settings(), "workers": 1}, "--only", "project").wait_ready()
    migrated.execute(REFUSE)
    migrated.produce("events", story(1))
    line = wait_for_reason(running, "projection: partition")
    assert "does not move on" in line
    assert len([each for each in reasons(running) if "partition" in each]) == 1
    assert gauges(running)[2] == 1
    migrated.execute("drop trigger refuse_for_now on jobtrail_p1.job")
    running.wait_ready()
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job is there")
    assert gauges(running)[2] == 0
    running.stop()


def test_topics_that_are_missing_are_told_at_once(migrated, launch):
    """By name and with the command that makes each; it goes on by itself once they are there."""
    gone = ("cancel-requests", "commands", "cancel-decisions", "dead-letters")
    for topic in gone:
        migrated.delete_topic(topic)
    running = launch(migrated.settings())
    for topic in gone:
        line = wait_for_reason(running, migrated.topics[topic], f"topic.{topic}", "kafka-topics", "--create")
        assert ("LogAppendTime" in line) == (topic == "cancel-requests")
    wait_until(lambda: "a topic is missing: create it" in running.log_text(), "the log says so")
    migrated.create_topics([NewTopic(migrated.topics[topic], PARTITIONS, 1,
                                     config={"message.timestamp.type": "LogAppendTime"}) for topic in gone])
    running.wait_ready()
    grant(migrated, "job-1")
    migrated.consume("commands", 1)
    running.stop()


def test_only_the_topics_of_the_parts_that_run_are_asked_for(migrated, serve):
    nowhere = {f"topic.{topic}": migrated.name + ".never" for topic in ("cancel-requests", "commands",
                                                                      "cancel-decisions")}
    serve({**migrated.settings(), **nowhere}, "--only", "project").stop()


@pytest.mark.early
def test_a_topic_that_goes_later(migrated, launch):
    running = launch(migrated.settings()).wait_ready()
    migrated.delete_topic("dead-letters")
    wait_for_reason(running, migrated.topics["dead-letters"], "topic.dead-letters", "kafka-topics")
    migrated.create_topics([NewTopic(migrated.topics["dead-letters"], PARTITIONS, 1)])
    running.wait_ready()
    running.stop()


@pytest.mark.early
def test_somebody_who_is_no_relay_has_the_lock_of_the_relays(migrated, launch):
    """Nothing is published: it is said who has it. Another relay that has it is no reason."""
    with psycopg.connect(migrated.conninfo, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", (RELAY_LOCK,))
        running = launch(migrated.settings())
        migrated.produce("events", [created("job-1")])
        migrated.produce("cancel-requests", [asked("job-1")])
        line = wait_for_reason(running, "the relay's lock", "RELAY_LOCK_TAKEN")
        assert str(other.info.backend_pid) in line
        assert migrated.rows("select count(*) as n from jobtrail.outbox")[0]["n"] == 2
    running.wait_ready()
    migrated.consume("commands", 1)
    second = launch(migrated.settings()).wait_ready()
    wait_until(lambda: metric(second, "jobtrail_relay_is_active") == 0, "the first has the lock")
    second.stop()
    running.stop()


def test_who_may_only_read_keeps_no_command_back(migrated, launch):
    """By the locks that relays and migrations had before."""
    reader = f"reader_{migrated.name}"
    migrated.execute(f'create role "{reader}" login in role jobtrail_reader')
    try:
        with psycopg.connect(psycopg.conninfo.make_conninfo(migrated.conninfo, user=reader), autocommit=True) as other:
            for key in (RELAY_LOCK, RELAY_LOCK - 1):
                assert other.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone() == (True,)
            assert "nothing to apply" in run_jobtrail(migrated.settings(), "migrate")
            running = launch(migrated.settings()).wait_ready()
            migrated.produce("events", [created("job-1")])
            migrated.produce("cancel-requests", [asked("job-1")])
            migrated.consume("commands", 1)
            running.stop()
    finally:
        migrated.execute(f'drop role "{reader}"')


def test_old_changes_are_forgotten_faster_than_they_are_made(migrated, serve):
    """A thousand a second took minutes for so many."""
    migrated.execute("insert into jobtrail.change (job_ids, organization_ids, created_at) select array['job-' || i],"
                     " array['org-a'], now() - interval '1 hour' from generate_series(1, 200000) as i")
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(3)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 3}, "events are projected meanwhile")
    wait_until(lambda: not migrated.rows("select from jobtrail.change where created_at < now() - interval '10 min'"),
               "the old ones are forgotten", 60)
    grant(migrated, "job-1")
    migrated.consume("commands", 1)
    running.stop()


def test_slow_connections_do_not_silence_the_admin_listener(migrated, serve):
    running = serve(migrated.settings())
    slow = []
    for _ in range(300):
        slow.append(socket.create_connection(("127.0.0.1", running.port), timeout=5))
        slow[-1].sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
        if not len(slow) % 50:
            assert [running.get(path)[0] for path in ("/livez", "/readyz")] == [200, 200], len(slow)
    for connection in slow:
        connection.close()
