# SPDX-License-Identifier: Apache-2.0
"""Moving to another owner, topic and Kafka cluster, by the commands of docs/operate/move.md."""
import re

import psycopg
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from asking import asked, created, decisions
from jobtrail_process import run_jobtrail
from needs import need
from outbox_rows import decoded
from own_kafka import OwnKafka
from own_postgres import OwnPostgres
from page_commands import PageCommands
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import PARTITIONS, World

PAGE = "move.md"


def page_of(world, folder, programs="/nowhere"):
    """The page's topics are the test's."""
    return PageCommands(PAGE, folder, programs, {f"job.{topic}": name for topic, name in world.topics.items()})


def jobs_without_time(world):
    return world.rows("select organization_id, job_id, type, status, message, progress, creator_id from jobtrail.job"
                      " order by 1, 2")


def test_to_another_owner(launch, tmp_path):
    """Also while it runs; who was the owner does not get in any more."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    server = OwnPostgres().start()
    world = World(server.conninfo)
    try:
        world.execute(f"create role one login; create role two login; alter database {world.name} owner to one")
        admin = world.conninfo
        world.conninfo = psycopg.conninfo.make_conninfo(admin, user="one")
        run_jobtrail(world.settings(), "migrate")
        running = launch(world.settings()).wait_ready()
        world.produce("events", stories(range(3)))
        wait_for_equal(lambda: statuses(world), {"successful": 3}, "all is projected")
        page = page_of(world, tmp_path, server.programs)
        page.run("Another owner", {}, 0, ADMIN=admin)
        world.conninfo = psycopg.conninfo.make_conninfo(admin, user="two")
        page.run("Another owner", world.settings(), 1)
        assert running.process.wait(60) == 1 and "permission denied" in running.log_text(), running.log_text()
        running = launch(world.settings()).wait_ready()
        world.produce("events", stories(range(3, 6)))
        wait_for_equal(lambda: statuses(world), {"successful": 6}, "it goes on")
        assert world.rows("select distinct tableowner from pg_tables where schemaname like 'jobtrail%'") == [{"tableowner": "two"}]
        running.stop()
    finally:
        world.close()
        server.remove()


def test_to_another_topic(migrated, serve, tmp_path):
    old, new = migrated.topics["events"], migrated.topics["events"] + ".v2"
    migrated.create_topics([NewTopic(new, PARTITIONS, 1)])
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(3)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 3}, "all is projected")
    running.stop()
    page = page_of(migrated, tmp_path)
    try:
        running = serve({**migrated.settings(), "topic.events": f"{old},{new}"})
        early, late = list(stories([7]))[:5], list(stories([7]))[5:]
        migrated.topics["events"] = new
        migrated.produce("events", late)
        migrated.topics["events"] = old
        migrated.produce("events", early)
        wait_for_equal(lambda: statuses(migrated), {"successful": 4}, "both are read")
        wait_until(lambda: lags_of(page.run("Another topic", migrated.settings()).stdout, old) == {"0"}, "the old one is read")
        running.stop()
        running = serve({**migrated.settings(), "topic.events": new})
        forgotten = page.run("Another topic", migrated.settings(), 1).stdout
        assert forgotten.count(old) == PARTITIONS
        migrated.topics["events"] = new
        migrated.produce("events", stories(range(8, 10)))
        wait_for_equal(lambda: statuses(migrated), {"successful": 6}, "the new one is read")
        assert {row["topic"] for row in migrated.rows("select topic from jobtrail.source_position")} == {new}
        running.stop()
    finally:
        migrated.topics["events"], migrated.topics["old"] = new, old


def lags_of(listed, topic):
    """What `positions list` says in the column lag."""
    head, *rows = [re.split("  +", line.strip()) for line in listed.splitlines() if line.strip()]
    return {row[head.index("LAG")] for row in rows if row[0] == topic}


@pytest.mark.early
def test_to_another_cluster(serve, launch, tmp_path):
    """Rows and ledger stay, and what is read again changes nothing."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "JOBTRAIL_POSTGRES_CONNINFO", "DEV_JOBTRAIL")
    former = OwnKafka(1)
    world = None
    try:
        former.start()
        world = World(bootstrap=former.bootstrap)
        run_jobtrail(world.settings(), "migrate")
        running = serve(world.settings())
        world.produce("events", [*stories(range(5)), created("open")])
        wait_for_equal(lambda: statuses(world), {"successful": 5, "accepted": 1}, "all is projected")
        world.produce("cancel-requests", [asked("open"), asked("open", "bob")])
        before = [("open", "ada", "CREATOR"), ("open", "bob", "NOT_CREATOR")]
        wait_for_equal(lambda: decisions(world), before, "both are decided")
        command, = world.consume("commands", 1)
        rows = jobs_without_time(world)
        wait_until(world.is_caught_up, "it is read to its end")
        running.stop()
        move(world, need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS")[0])

        refused = launch(world.settings())
        assert refused.process.wait(60) == 1
        assert "OTHER_CLUSTER" in refused.log_text()
        page_of(world, tmp_path).run("Another Kafka cluster", world.settings())
        running = serve(world.settings())
        wait_until(world.is_caught_up, "the copy is read")
        world.produce("events", stories(range(5, 7)))
        wait_for_equal(lambda: statuses(world), {"successful": 7, "accepted": 1}, "it goes on")
        assert [row for row in jobs_without_time(world) if row["job_id"] not in ("job-00005", "job-00006")] == rows
        world.produce("cancel-requests", [asked("open")])
        wait_for_equal(lambda: decisions(world), [before[0], ("open", "ada", "ALREADY_REQUESTED"), before[1]], "it is asked again")
        ids = {decoded("CancelJob", message.value())["command_id"] for message in world.everything("commands")}
        assert ids <= {decoded("CancelJob", command.value())["command_id"]}
        running.stop()
    finally:
        if world:
            world.close()
        former.remove()


def move(world, bootstrap):
    """Another cluster has the topics, and a copy of what services sent: in other places."""
    copies = {topic: [(message.key(), message.value(), message.headers(), message.timestamp()[1])
                      for message in world.everything(topic)] for topic in ("events", "cancel-requests")}
    world.bootstrap = bootstrap
    world.admin = AdminClient({"bootstrap.servers": bootstrap})
    world._create_topics()  # pylint: disable=protected-access
    producer = Producer({"bootstrap.servers": bootstrap})
    for topic, messages in copies.items():
        for place, (key, value, headers, at_ms) in enumerate(messages):
            producer.produce(world.topics[topic], value, key=key, headers=headers, timestamp=at_ms,
                             partition=place % PARTITIONS)
    assert producer.flush(30) == 0
