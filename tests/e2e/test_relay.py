# SPDX-License-Identifier: Apache-2.0
"""The relay: what stands in the outbox is published as the rows say, and marked; nothing of one kind
waits for another; whoever dies, somebody goes on."""
import os
import signal

import pytest
from confluent_kafka.admin import NewTopic

import interop_events
from jobtrail_process import Serve
from kafka_limits import limit_topic
from link import Link
from outbox_rows import (ISSUED_AT_US, TRACEPARENT, bury, decoded, grant, metric, refuse,
                         settings_for)
from small_registry import SmallRegistry
from waiting import wait_for_equal, wait_until
from world import PARTITIONS

FAULTS = ("outbox_produced", "outbox_acknowledged", "outbox_before_mark")


def whole(message):
    """All of a message that must never differ when it is published again."""
    return message.key(), message.value(), tuple(message.headers() or ())


def is_empty(world):
    return not world.rows("select * from jobtrail.outbox")


def test_commands_and_decisions_say_what_the_rows_say(migrated, serve):
    running = serve(settings_for(migrated))
    command_id, request_id = grant(migrated, "job-1")
    refused_id = refuse(migrated, "job-2")
    command, = migrated.consume("commands", 1)
    assert command.key() == b"job-1"
    assert decoded("CancelJob", command.value()) == {
        "command_id": command_id, "request_id": request_id, "organization_id": "org-a",
        "job_id": "job-1", "attempt": 2, "type": "Load", "requester_id": "ada",
        "issued_at": ISSUED_AT_US, "reason": "enough"}
    assert command.headers() == [
        ("ce_specversion", b"1.0"), ("ce_id", command_id.encode()),
        ("ce_source", b"urn:jobtrail:relay"), ("ce_type", b"jobtrail.v1.CancelJob"),
        ("ce_time", b"2026-03-01T12:00:00.123456Z"), ("ce_subject", b"job-1"),
        ("content-type", b"application/avro"), ("traceparent", TRACEPARENT.encode())]
    decisions = {message.key(): message for message in migrated.consume("cancel-decisions", 2)}
    granted = decoded("CancelDecided", decisions[b"job-1"].value())
    assert granted == {
        "request_id": request_id, "organization_id": "org-a", "job_id": "job-1",
        "requester_id": "ada", "decision": "granted", "reason_code": "CREATOR",
        "command_id": command_id, "decided_at": ISSUED_AT_US}
    refused = decoded("CancelDecided", decisions[b"job-2"].value())
    assert refused == {**granted, "request_id": refused_id, "job_id": "job-2",
                       "requester_id": "bob", "decision": "refused", "reason_code": "NOT_CREATOR",
                       "command_id": None}
    assert dict(decisions[b"job-2"].headers())["ce_id"] == refused_id.encode()
    assert "traceparent" not in dict(decisions[b"job-2"].headers())
    wait_until(lambda: is_empty(migrated), "all is marked")
    assert migrated.rows("select publications, published_at is not null as marked"
                         " from jobtrail.cancel_command") == [{"publications": 1, "marked": True}]
    assert migrated.rows("select count(decision_published_at) as marked"
                         " from jobtrail.cancel_request") == [{"marked": 2}]
    assert migrated.rows("select job_ids, organization_ids from jobtrail.change") == [
        {"job_ids": ["job-1"], "organization_ids": ["org-a"]}]
    wait_for_equal(lambda: [metric(running, f"jobtrail_{name}") for name in (
        'relay_published_total{kind="command"}', 'relay_published_total{kind="decision"}',
        "cancel_command_seconds_count", "relay_is_active", "outbox_rows")], [1, 2, 1, 1, 0],
        "it is counted")
    running.stop()


def test_a_registry_that_is_down_at_the_start(migrated, serve):
    """Commands wait for it, dead letters do not; then their framing names its ids."""
    registry = SmallRegistry().start()
    link = Link(registry.server.server_address[1]).start()
    link.cut()
    try:
        running = serve(settings_for(
            migrated, schema__registry__url=f"http://127.0.0.1:{link.port}"))
        command_id, _ = grant(migrated, "job-1")
        bury(migrated, 1, b"x")
        migrated.consume("dead-letters", 1)
        assert list(migrated.everything("commands")) == []
        link.mend()
        command, = migrated.consume("commands", 1)
        number = int.from_bytes(command.value()[1:5], "big")
        assert command.value()[0] == 0 and command_id.encode() in command.value()
        assert registry.by_id(number) == interop_events.schema_text("CancelJob")
        decision, = migrated.consume("cancel-decisions", 1)
        number = int.from_bytes(decision.value()[1:5], "big")
        assert registry.by_id(number) == interop_events.schema_text("CancelDecided")
        running.stop()
    finally:
        link.stop()
        registry.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_killed_between_publishing_and_marking(migrated, serve, tmp_path, fault):
    """The same goes out again, and nothing else."""
    ids = {job: grant(migrated, job) for job in ("job-1", "job-2", "job-3")}
    for pass_number in (1, 2):
        dying = Serve(settings_for(migrated), tmp_path, binary=os.environ["DEV_JOBTRAIL_FAULTS"],
                      environment={"FAULT_POINT": f"{fault}:{pass_number}"})
        try:
            if fault != "outbox_before_mark" or pass_number == 1:
                assert dying.process.wait(60) == -signal.SIGKILL, dying.log_text()
        finally:
            dying.close()
    running = serve(settings_for(migrated))
    wait_until(lambda: is_empty(migrated), "all is marked")
    for topic, place in (("commands", 0), ("cancel-decisions", 1)):
        messages = list(migrated.everything(topic))
        assert len({whole(message) for message in messages}) == 3
        assert {(message.key().decode(), dict(message.headers())["ce_id"].decode())
                for message in messages} == {(job, ids[job][place]) for job in ids}
    if fault != "outbox_produced":
        assert sum(len(list(migrated.everything(topic)))
                   for topic in ("commands", "cancel-decisions")) > 6
    assert migrated.rows("select distinct publications from jobtrail.cancel_command") == [
        {"publications": 1}]
    running.stop()


def test_another_process_takes_over(migrated, serve):
    settings = settings_for(migrated)
    first = serve(settings)
    wait_until(lambda: metric(first, "jobtrail_relay_is_active") == 1, "the first one publishes")
    second = serve(settings)
    grant(migrated, "job-1")
    migrated.consume("commands", 1)
    assert metric(second, "jobtrail_relay_is_active") == 0
    assert metric(second, 'jobtrail_relay_published_total{kind="command"}') == 0
    first.kill()
    grant(migrated, "job-2")
    assert {message.key() for message in migrated.consume("commands", 2)} == {b"job-1", b"job-2"}
    wait_until(lambda: metric(second, "jobtrail_relay_is_active") == 1, "the second one publishes")
    second.stop()


def test_its_connection_is_ended_under_it(migrated, serve):
    running = serve(settings_for(migrated))
    for number in range(5):
        grant(migrated, f"job-{number}")
        migrated.consume("commands", number + 1)
        migrated.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                         " where application_name = 'relay' and datname = current_database()")
    wait_until(lambda: is_empty(migrated), "all is marked")
    assert len(list(migrated.everything("commands"))) == 5
    running.stop()


def test_dead_letters_go_out_as_they_came(migrated, serve):
    running = serve(settings_for(migrated))
    headers = [("h", b"1"), ("h", None), ("e", b""), ("Authorization", b"Bearer a"), ("authorization ", b"Bearer a"),
               ("Proxy-Authorization", b"Basic a"), ("x-auth-token", b"a"), ("Cookie", b"a"),
               ("__connect.errors.topic", b"forged.topic"), ("__connect.errors.offset", b"42")]
    migrated.produce("events", [("a", b"nonsense", headers)])
    letter, = migrated.consume("dead-letters", 1)
    kept, = migrated.rows("select * from jobtrail.dead_letter")
    assert (letter.key(), letter.value()) == (b"a", b"nonsense")
    assert letter.timestamp()[1] == kept["timestamp_ms"]
    errors = [(f"__connect.errors.{name}", value) for name, value in (
        ("topic", migrated.topics["events"].encode()), ("partition", b"%d" % kept["partition"]),
        ("offset", b"%d" % kept["record_offset"]), ("stage", kept["stage"].encode()),
        ("exception.class.name", b"FRAMING"), ("exception.message", kept["message"].encode()))]
    assert letter.headers() == headers[:3] + errors
    assert kept["header_names"] == [b"h", b"h", b"e"]
    wait_until(lambda: migrated.rows("select 1 from jobtrail.dead_letter"
                                     " where published_at is not null"), "it is marked")
    # Whoever put it there: it does not go out.
    bury(migrated, 1, None, [("aUTHORIZATION", b"Bearer b"), ("x", b"y")])
    wait_until(lambda: sum(migrated.log_ends("dead-letters").values()) == 2, "it goes out")
    second = next(message for message in migrated.everything("dead-letters")
                  if message.key() == b"k")
    assert second.value() is None and second.timestamp()[1] == 1_700_000_000_000
    assert [name for name, _ in second.headers()][:2] == ["x", "__connect.errors.topic"]
    running.stop()


def test_many_dead_letters_go_out_once_each(migrated, serve):
    migrated.execute(
        "insert into jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic, stage,"
        " reason, message, value, header_names, header_values) select n, -1, 0, 't', 's', 'R', 'm',"
        " convert_to(repeat('x', n % 50 * 1000), 'UTF8'), '{}', '{}' from generate_series(1, 3000) n")
    running = serve(settings_for(migrated))
    wait_until(lambda: not migrated.rows("select 1 from jobtrail.dead_letter"
                                         " where published_at is null limit 1"), "all are marked")
    messages = list(migrated.everything("dead-letters"))
    assert len(messages) == 3000
    assert {dict(message.headers())["__connect.errors.offset"] for message in messages} == {
        b"%d" % number for number in range(1, 3001)}
    running.stop()


def test_a_topic_that_is_missing_holds_up_no_other(migrated, launch):
    name = f"{migrated.name}.late"
    running = launch({**settings_for(migrated), "topic.cancel-decisions": name,
                      "kafka.topic.metadata.propagation.max.ms": 500})
    refused_id = refuse(migrated, "job-1")
    wait_until(lambda: metric(running, 'jobtrail_relay_failures_total{kind="decision"}') > 0,
               "the decision fails")
    grant(migrated, "job-2")
    bury(migrated, 1, b"x")
    migrated.consume("commands", 1)
    migrated.consume("dead-letters", 1)
    assert len(migrated.rows("select 1 from jobtrail.outbox where request is not null")) == 2
    migrated.topics["late"] = name
    migrated.create_topics([NewTopic(name, PARTITIONS, 1)])
    messages = migrated.consume("late", 2)
    assert refused_id in {decoded("CancelDecided", message.value())["request_id"]
                          for message in messages}
    wait_until(lambda: is_empty(migrated), "all is marked")
    running.stop()


def test_what_the_broker_refuses_for_good_is_marked(migrated, serve):
    """And only that: those that shared a batch with it, or with too many, go out."""
    migrated.set_topic("dead-letters", "max.message.bytes", 20_000)
    sizes = {1: 1_000, 2: 30_000, 3: 15_000, 4: 15_000, 5: 1_500_000, 6: 10}
    for offset, size in sizes.items():
        bury(migrated, offset, os.urandom(size))
    running = serve(settings_for(migrated))
    messages = migrated.consume("dead-letters", 4)
    assert {dict(message.headers())["__connect.errors.offset"] for message in messages} == {
        b"1", b"3", b"4", b"6"}
    marked = "select record_offset as n from jobtrail.dead_letter where {} order by 1"
    wait_for_equal(lambda: migrated.rows(marked.format("refusal is not null")),
                   [{"n": 2}, {"n": 5}], "two are marked")
    assert migrated.rows(marked.format("published_at is null")) == [{"n": 2}, {"n": 5}]
    assert metric(running, 'jobtrail_relay_refused_total{kind="dead_letter"}') == 2
    assert running.log_text().count("refused by the brokers for good") == 2
    grant(migrated, "job-1")
    migrated.consume("commands", 1)
    running.stop()


def test_a_large_record_goes_where_the_topic_takes_it(migrated, serve):
    migrated.set_topic("dead-letters", "max.message.bytes", 3_000_000)
    bury(migrated, 1, os.urandom(2_500_000))
    running = serve(settings_for(migrated))
    letter, = migrated.consume("dead-letters", 1)
    assert len(letter.value()) == 2_500_000
    running.stop()


def test_commands_overtake_dead_letters(migrated, serve):
    """However many there are of both, the first letter is sent when the last command was."""
    migrated.execute(
        "insert into jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic, stage,"
        " reason, message, value, header_names, header_values) select n, -1, 0, 't', 's', 'R', 'm',"
        " 'x', '{}', '{}' from generate_series(1, 2000) n")
    for number in range(300):
        grant(migrated, f"job-{number}", decide=False)
    running = serve(settings_for(migrated))
    wait_until(lambda: is_empty(migrated) and sum(
        migrated.log_ends("dead-letters").values()) == 2000, "all is published")
    sent = {topic: [message.timestamp()[1] for message in migrated.everything(topic)]
            for topic in ("commands", "dead-letters")}
    assert len(sent["commands"]) == 300
    assert max(sent["commands"]) <= min(sent["dead-letters"])
    running.stop()
