# SPDX-License-Identifier: Apache-2.0
"""What goes wrong: each fault begins, lasts for a while, and ends. Several of FAULTS happen at once; of
ALONE, nothing else happens meanwhile."""
import signal
import struct
import time

import psycopg
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import NewPartitions

from asking import created
from field import BY_TCP
from own_replica import OwnReplica
from stories import stories
from test_failed_batches import REFUSE
from waiting import wait_until

TABLES = ("jobtrail_p1.job", "jobtrail_p1.source_position", "jobtrail_p1.job_count", "jobtrail.cancel_request",
          "jobtrail.outbox", "jobtrail.change", "jobtrail.cancel_position")
MOST_PARTITIONS = 12


def freeze_process(field, dice):
    process = dice.choice(field.members).running.process
    process.send_signal(signal.SIGSTOP)
    time.sleep(dice.choice((0.3, 1, 3, 7)))
    process.send_signal(signal.SIGCONT)


def kill_process(field, dice):
    dice.choice(field.members).kill()
    time.sleep(0.5)


def stop_process(field, dice):
    member = dice.choice(field.members)
    member.is_meant_to_end = True
    member.running.process.send_signal(signal.SIGTERM)
    time.sleep(1)


def any_link(field, dice):
    return dice.choice(field.links + [broker.link for broker in field.kafka.brokers])


def cut_link(field, dice):
    link = any_link(field, dice)
    link.cut()
    time.sleep(dice.choice((0, 0.5, 3)))
    link.mend()


def freeze_link(field, dice):
    link = any_link(field, dice)
    link.freeze()
    time.sleep(dice.choice((0.5, 2, 5)))
    link.thaw()


def slow_link(field, dice):
    link = any_link(field, dice)
    link.delay_s = dice.choice((0.005, 0.03, 0.1))
    time.sleep(2)
    link.delay_s = 0


def lock_table(field, dice):
    with psycopg.connect(field.world.conninfo) as other:
        other.execute("set lock_timeout = '3s'")
        try:
            other.execute(f"lock table {dice.choice(TABLES)} in {dice.choice(('share', 'access exclusive'))} mode")
        except psycopg.errors.LockNotAvailable:
            return
        time.sleep(dice.choice((0.5, 3, 7)))


def cancel_statements(field, dice):
    how = dice.choice(("pg_cancel_backend", "pg_terminate_backend"))
    with psycopg.connect(field.world.conninfo, autocommit=True) as other:
        for _ in range(5):
            other.execute(f"select {how}(pid) from pg_stat_activity where datname = current_database()"
                          " and application_name <> ''")
            time.sleep(0.1)


def fill_disk(field, dice):
    with psycopg.connect(field.world.conninfo, autocommit=True) as other:
        other.execute("set lock_timeout = '5s'")
        try:
            other.execute(REFUSE)
        except psycopg.errors.LockNotAvailable:
            return
        time.sleep(dice.choice((0.5, 3)))
        wait_until(lambda: other.execute("drop function if exists refuse_for_now cascade"), "there is room again")


def freeze_broker(field, dice):
    broker = dice.choice(field.kafka.brokers)
    broker.freeze()
    time.sleep(dice.choice((0.5, 2)))
    broker.thaw()


def open_transaction(field, dice):
    """Of somebody else; it hides whatever comes behind it, until it is committed or aborted."""
    name = f"other-{dice.getrandbits(48):x}"
    jobs = {f"{name}-{number}" for number in range(4)}
    other = Producer({"bootstrap.servers": field.kafka.bootstrap, "transactional.id": name,
                      "transaction.timeout.ms": 8000})
    commits = dice.random() < 0.5
    field.in_doubt |= jobs
    try:
        other.init_transactions(20)
        other.begin_transaction()
        for job in sorted(jobs):
            key, value, _ = created(job, organization_id="org-t")
            other.produce(field.world.topics[dice.choice(("events", "more"))], value, key=key)
        other.flush(10)
        time.sleep(dice.choice((0.2, 2, 5)))
        if commits:
            other.commit_transaction(10)
            field.committed |= jobs
        else:
            other.abort_transaction(10)
        field.in_doubt -= jobs
    except KafkaException:
        pass  # in doubt it stays


def unknown_schema(field, dice):
    value = b"\xc3\x01" + struct.pack("<Q", dice.getrandbits(64)) + b"who knows"
    field.world.produce("events", [(b"unknown", value, [])])
    field.unknown += 1
    time.sleep(0.5)


def add_partition(field, dice):
    """Of a topic of events."""
    topic = field.world.topics["events"]
    count = len(field.world.admin.list_topics(topic, timeout=10).topics[topic].partitions)
    if count < MOST_PARTITIONS and dice.random() < 0.3:
        field.world.admin.create_partitions([NewPartitions(topic, count + 1)])[topic].result(30)
    time.sleep(0.5)


def kill_broker(field, dice):
    broker = dice.choice(field.kafka.brokers)
    broker.kill()
    time.sleep(dice.choice((0.5, 3)))
    broker.start()
    field.kafka.await_all()


def fail_over(field, dice):
    """The standby becomes the primary; the old one lives on for a while, and takes no writes, as sessions
    that live on there learn. Then it is made anew, as a standby."""
    stale, primary = field.primary, field.standby
    if dice.random() < 0.5:
        field.standby.follow()
    primary.promote()
    with psycopg.connect(stale.conninfo, autocommit=True) as connection:
        connection.execute("alter system set default_transaction_read_only = on")
        connection.execute("select pg_reload_conf()")
    field.primary = primary
    field.world.conninfo = psycopg.conninfo.make_conninfo(primary.conninfo, dbname=field.world.name)
    time.sleep(dice.choice((1, 4)))
    stale.remove()
    field.standby = OwnReplica(primary).start(BY_TCP)
    next(link for link in field.links if link.server_port == stale.port).server_port = field.standby.port


def make_topic_anew(field, dice):
    """While all processes stand still, and filled past where they stood."""
    with field.is_sending:
        field.await_rest(60)  # who has ended is started meanwhile
        field.standby.follow()
        with field.is_operated:
            fill_topic_anew(field)


def fill_topic_anew(field):
    for member in field.members:
        member.is_meant_to_end = True
        member.running.process.send_signal(signal.SIGSTOP)
    ends = field.world.log_ends("more")
    field.world.delete_topic("more")
    wait_until(lambda: field.create_more() is None, "the topic is there again")
    # Past the position with certainty would take as many events as there were: some go past it.
    first = field.next_story
    field.next_story += 40 + min(max(ends.values()) // 3, 2000)
    field.world.produce("more", stories(range(first, field.next_story)))
    time.sleep(6)
    for member in field.members:
        member.running.process.send_signal(signal.SIGCONT)
    field.forget(field.world.topics["more"])


FAULTS = (freeze_process, kill_process, stop_process, cut_link, freeze_link, slow_link, lock_table,
          cancel_statements, fill_disk, freeze_broker, open_transaction, unknown_schema, add_partition)
ALONE = (kill_broker, fail_over, make_topic_anew)
