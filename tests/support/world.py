# SPDX-License-Identifier: Apache-2.0
"""One test's own corner of the real servers: a fresh database, fresh topics, a fresh group.

The servers are those of `./dev up` or `./dev test`, found by the settings they export. Nothing
of one test is seen by another, so tests may run in any order.
"""
import os
import uuid

import psycopg
from confluent_kafka import Consumer, IsolationLevel, Producer, TopicPartition
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource,
                                   NewTopic, OffsetSpec, ResourceType)

from waiting import wait_until

PARTITIONS = 4
TOPICS = ("events", "cancel-requests", "commands", "cancel-decisions", "dead-letters")


class World:
    """Take it from the fixture `world`, which closes it."""

    def __init__(self, home=None, bootstrap=None, replicas=1):
        """home, bootstrap: another PostgreSQL, and another Kafka, than those of all tests; replicas: of
        each partition."""
        self.name = "t" + uuid.uuid4().hex[:12]
        self.bootstrap = bootstrap or os.environ["JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"]
        self.replicas = replicas
        self.registry = os.environ.get("JOBTRAIL_SCHEMA_REGISTRY_URL")
        self.home = home or os.environ["JOBTRAIL_POSTGRES_CONNINFO"]
        self.conninfo = psycopg.conninfo.make_conninfo(self.home, dbname=self.name)
        self.topics = {topic: f"{self.name}.{topic}" for topic in TOPICS}
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap})
        self._reader = self._reads = None
        self._execute_home(f"create database {self.name}")
        self._create_topics()

    def close(self):
        if self._reader:
            self._reader.close()
        for future in self.admin.delete_topics(list(self.topics.values())).values():
            future.result(30)
        wait_until(self._drop_database, f"the database {self.name} can be dropped")

    def settings(self):
        """What jobtrail needs to know, as its environment."""
        settings = {f"topic.{topic}": self.topics[topic]
                    for topic in TOPICS}
        settings["cancel.requests.authentication"] = "topic-acl"
        settings["postgres.conninfo"] = self.conninfo
        settings["kafka.bootstrap.servers"] = self.bootstrap
        settings["kafka.group.id"] = self.name
        # So that the partitions of a killed process are soon another's.
        settings["kafka.session.timeout.ms"] = 2000
        settings["kafka.heartbeat.interval.ms"] = 500
        return settings

    def rows(self, query, parameters=None):
        """Rows of the test's database, as dictionaries. Who waits asks twenty times a second: by one
        connection, another one if that was ended."""
        reader = self._connected()
        try:
            return reader.execute(query, parameters).fetchall()
        except psycopg.OperationalError:
            if not reader.broken:
                raise
        return self._connected().execute(query, parameters).fetchall()

    def execute(self, statements):
        """Does something to the test's database."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(statements)

    def jobs(self, organization):
        """The view jobtrail.job by job_id, times in microseconds, as expected.json has them."""
        jobs = {}
        for row in self.rows("select * from jobtrail.job where organization_id = %s",
                             (organization,)):
            del row["organization_id"]
            job_id = row.pop("job_id")
            jobs[job_id] = {
                column: micros(value) if column.endswith("_at") else value
                for column, value in row.items()}
        return jobs

    def consume(self, topic, count, isolation="read_committed"):
        """Everything in a topic, which must become count messages."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": self.name + ".test",
                             "enable.auto.commit": False, "auto.offset.reset": "error",
                             "isolation.level": isolation})
        messages = []
        try:
            consumer.assign([TopicPartition(self.topics[topic], partition, 0)
                             for partition in range(PARTITIONS)])

            def enough():
                messages.extend(message for message in consumer.consume(count - len(messages), 0.5)
                                if not message.error())
                return len(messages) >= count

            wait_until(enough, f"{count} messages in {topic}")
            extra = consumer.poll(0.5)
            assert extra is None or extra.error(), f"more than {count} messages in {topic}"
        finally:
            consumer.close()
        return messages

    def everything(self, topic):
        """Every message that is in a topic now."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": self.name + ".all",
                             "enable.auto.commit": False, "auto.offset.reset": "error",
                             "enable.partition.eof": True})
        ended = set()
        try:
            consumer.assign([TopicPartition(self.topics[topic], partition, 0)
                             for partition in range(PARTITIONS)])
            while len(ended) < PARTITIONS:
                message = consumer.poll(10)
                assert message is not None, f"{topic} cannot be read to its end"
                if not message.error():
                    yield message
                else:
                    assert message.error().name() == "_PARTITION_EOF", message.error()
                    ended.add(message.partition())
        finally:
            consumer.close()

    def is_caught_up(self):
        """Every partition of events is projected up to its end."""
        positions = {row["partition"]: row["next_offset"]
                     for row in self.rows("select * from jobtrail.source_position")}
        return positions == self.log_ends("events")

    def log_ends(self, topic):
        """Where the log of each partition ends that it had from the beginning."""
        asked = {TopicPartition(self.topics[topic], partition): OffsetSpec.latest() for partition in range(PARTITIONS)}
        futures = self.admin.list_offsets(asked, isolation_level=IsolationLevel.READ_COMMITTED,
                                          request_timeout=10)
        return {place.partition: future.result(30).offset for place, future in futures.items()}

    def set_topic(self, topic, name, value):
        """Changes the configuration of a topic, and waits until it holds."""
        resource = ConfigResource(ResourceType.TOPIC, self.topics[topic], incremental_configs=[
            ConfigEntry(name, str(value), incremental_operation=AlterConfigOpType.SET)])
        for future in self.admin.incremental_alter_configs([resource]).values():
            future.result(30)

        def holds():
            asked = ConfigResource(ResourceType.TOPIC, self.topics[topic])
            for future in self.admin.describe_configs([asked]).values():
                return future.result(30)[name].value == str(value)

        wait_until(holds, f"the topic's {name} is {value}")

    def produce(self, topic, messages):
        """Sends (key, value, headers) of each, and waits for the broker's word."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True,
                             "partitioner": "murmur2_random"})
        errors = []
        for key, value, headers in messages:
            producer.produce(self.topics[topic], value, key=key, headers=headers,
                             on_delivery=lambda error, _: error and errors.append(error))
            producer.poll(0)
        assert producer.flush(30) == 0 and not errors, f"not delivered: {errors[:1]}"

    def create_topics(self, wanted):
        """Until the broker tells of them: it does so a while after the controller has made them."""
        for future in self.admin.create_topics(wanted).values():
            future.result(30)

        def are_there():
            topics = self.admin.list_topics(timeout=10).topics
            return all(each.topic in topics and len(topics[each.topic].partitions) == each.num_partitions
                       for each in wanted)

        wait_until(are_there, "the topics are there")

    def delete_topic(self, topic):
        """Until the broker tells of it no more."""
        name = self.topics[topic]
        self.admin.delete_topics([name])[name].result(30)
        wait_until(lambda: name not in self.admin.list_topics(timeout=10).topics, "the topic is gone")

    def _connected(self):
        """The connection that asks: where conninfo says now."""
        if not self._reader or self._reader.closed or self._reads != self.conninfo:
            self._reads = self.conninfo
            # Prepared, a question would not outlive that somebody changes what it asks for.
            self._reader = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=None,
                                           row_factory=psycopg.rows.dict_row)
        return self._reader

    def _drop_database(self):
        """Whether it is gone: an autovacuum that is in it gives way, but not to force of ours."""
        try:
            self._execute_home(f"drop database {self.name} with (force)")
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True

    def _execute_home(self, statement):
        with psycopg.connect(self.home, autocommit=True) as connection:
            connection.execute(statement)

    def _create_topics(self):
        wanted = []
        for topic, name in self.topics.items():
            config = {"cleanup.policy": "delete"}
            if topic == "cancel-requests":
                config["message.timestamp.type"] = "LogAppendTime"
            wanted.append(NewTopic(name, PARTITIONS, self.replicas, config=config))
        self.create_topics(wanted)


def micros(moment):
    """Microseconds since 1970, without passing through a float."""
    if moment is None:
        return None
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * 1_000_000 + moment.microsecond
