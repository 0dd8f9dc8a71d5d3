# SPDX-License-Identifier: Apache-2.0
"""What the chaos happens to: three processes, two brokers, a primary and a standby, links between all of
them, and an operator who starts again what has ended."""
import threading
import time

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from http_api import Api
from jobtrail_process import Serve, free_port, run_jobtrail
from link import Link
from own_kafka import OwnKafka
from own_postgres import OwnPostgres
from own_replica import OwnReplica
from waiting import wait_until
from world import PARTITIONS, World

EVENT_TOPICS = ("events", "more")
FIRST_STORY = 50_000
BY_TCP = "listen_addresses=127.0.0.1"


class Member:
    """One of the processes; `running` is the one that serves now."""

    def __init__(self, field):
        self.field = field
        self.http_port = free_port()
        self.running = None
        self.is_meant_to_end = False

    def start(self):
        self.is_meant_to_end = False
        settings = {**self.field.settings, "http.listen": f"127.0.0.1:{self.http_port}"}
        self.running = Serve(settings, self.field.folder)

    def kill(self):
        self.is_meant_to_end = True
        self.running.kill()


class Field:
    """Between start() and remove()."""

    def __init__(self, folder):
        self.folder = folder
        self.told = []  # what was not as it should be
        self.counts = {}  # of each fault
        self.kafka = OwnKafka()
        self.primary = OwnPostgres()
        self.standby = None
        self.links = []  # to the servers of the connection string, in its order
        self.world = self.settings = self.api = None
        self.members = []
        self.is_ending = threading.Event()
        self.operator = threading.Thread(target=self._operate, daemon=True)
        self.is_operated = threading.Lock()  # held by who looks after the processes
        self.is_sending = threading.Lock()  # held by who sends probes
        self.next_story = FIRST_STORY  # of the jobs of the topic that is made anew
        self.unknown = 0  # events of a schema that nobody knows
        self.in_doubt = set()  # jobs of transactions of which nobody knows how they ended
        self.committed = set()  # jobs of transactions of somebody else

    def start(self):
        self.kafka.start()
        self.primary.start(BY_TCP)
        self.standby = OwnReplica(self.primary).start(BY_TCP)
        self.links = [Link(server.port).start() for server in (self.primary, self.standby)]
        self.world = World(self.primary.conninfo, self.kafka.bootstrap, len(self.kafka.brokers))
        self.world.topics["more"] = self.world.name + ".more"
        self.create_more()
        run_jobtrail(self.world.settings(), "migrate")
        self.standby.follow()
        self.api = Api(self.folder)
        self.settings = self.settings_of_members()
        self.members = [Member(self) for _ in range(3)]
        for member in self.members:
            member.start()
        self.operator.start()
        return self

    def remove(self):
        self.is_ending.set()
        if self.operator.is_alive():
            self.operator.join(30)
        for member in self.members:
            if member.running:
                member.running.close()
        for link in self.links:
            link.stop()
        for server in (self.standby, self.primary, self.kafka):
            if server:
                server.remove()

    def settings_of_members(self):
        world = self.world
        return {
            **self.api.settings(world.settings()),
            "kafka.bootstrap.servers": self.kafka.linked,
            "topic.events": ",".join(world.topics[topic] for topic in EVENT_TOPICS),
            "postgres.conninfo": psycopg.conninfo.make_conninfo(
                host="127.0.0.1,127.0.0.1", port=",".join(str(link.port) for link in self.links),
                user="jobtrail", dbname=world.name, target_session_attrs="read-write", connect_timeout=2),
            "kafka.reconnect.backoff.max.ms": 1000, "kafka.max.poll.interval.ms": 10000, "cancel.requests.wait": "5s",
            "schema.directory": self.folder, "dead-letters.patience": "2s", "batch.max-events": 2000,
            "http.rate": 1000}

    def create_more(self):
        self.world.create_topics([NewTopic(self.world.topics["more"], PARTITIONS, len(self.kafka.brokers),
                                           config={"cleanup.policy": "delete"})])

    def faults(self):
        return sum(self.counts.values())

    def tell(self, what):
        """Something that must not be; the test fails at its end."""
        self.told.append(f"{time.strftime('%H:%M:%S')} {what}")
        print("UNTRUE OR STUCK:", self.told[-1], flush=True)

    def ends_of(self, consumer, partitions):
        return {place: consumer.get_watermark_offsets(TopicPartition(*place), timeout=5)[1] for place in partitions}

    def new_consumer(self, isolation):
        return Consumer({"bootstrap.servers": self.world.bootstrap, "group.id": "ends", "isolation.level": isolation})

    def log_ends(self):
        """Of all topics of events, by topic and partition. By a client that was not there when their leaders
        changed: an older one goes on asking with the epoch that it knew, one that lists offsets for 20 s."""
        self.world.admin = AdminClient({"bootstrap.servers": self.world.bootstrap})
        consumer = self.new_consumer("read_committed")
        try:
            topics = consumer.list_topics(timeout=5).topics
            return self.ends_of(consumer, [(topic, partition) for topic in map(self.world.topics.get, EVENT_TOPICS)
                                           for partition in topics[topic].partitions])
        finally:
            consumer.close()

    def who_reads(self, partitions):
        """Of each that stands still: who leads it, where its log truly ends, and whose it is."""
        consumer = self.new_consumer("read_uncommitted")
        try:
            topics, ends = consumer.list_topics(timeout=5).topics, self.ends_of(consumer, partitions)
        except KafkaException as error:
            return repr(error)
        finally:
            consumer.close()
        told = [f"{topic} [{partition}] led by {topics[topic].partitions[partition].leader}, true end {end}"
                for (topic, partition), end in ends.items()]
        for member in self.members:
            told += [f"{member.running.log.name}: {line}" for line in member.running.get("/metrics")[1].splitlines()
                     if line.startswith(("jobtrail_partitions", "jobtrail_lag"))]
        return "\n".join(told)

    def positions(self):
        return {(row["topic"], row["partition"]): row["next_offset"] for row in
                self.world.rows("select topic, partition, next_offset from jobtrail.source_position")}

    def unready(self):
        """Who is not ready, and why."""
        reasons = {}
        for member in self.members:
            try:
                status, text = member.running.get("/readyz")
            except OSError as error:
                status, text = 0, str(error)
            if status != 200:
                reasons[member.running.log.name] = text
        return reasons

    def await_rest(self, deadline_s):
        """Until all that was sent is projected and everybody is ready; how long that took."""
        began = time.monotonic()
        last, behind = "", {}

        def rests():
            nonlocal last, behind
            unready = self.unready()
            last, behind = f"not ready: {unready}", {}
            if unready:
                return False
            time.sleep(0.5)
            ends = self.log_ends()
            positions = self.positions()
            last = f"positions {positions}, ends {ends}"
            behind = [place for place in ends if positions.get(place) != ends[place]]
            return positions == ends

        try:
            wait_until(rests, "everything is at rest", deadline_s)
        except AssertionError as error:
            self.tell(f"stuck for longer than {deadline_s} s: {last}; {self.who_reads(behind)}; {error}")
            wait_until(rests, "everything is at rest after all", 120)
        return time.monotonic() - began

    def forget(self, topic):
        """What the log of each process that ended says to do."""
        for member in self.members:
            status = member.running.process.wait(90)
            log = member.running.log_text()
            if status != 1 or f"positions forget {topic}" not in log:
                self.tell(f"{member.running.log.name} ended with {status} and did not name the command")
        run_jobtrail(self.world.settings(), "positions", "forget", topic)
        for member in self.members:
            member.start()

    def _operate(self):
        while not self.is_ending.wait(0.2):
            with self.is_operated:
                for member in self.members:
                    status = member.running.process.poll()
                    if status is None:
                        continue
                    if not member.is_meant_to_end:
                        self.tell(f"{member.running.log.name} ended by itself with {status}: "
                                  f"{member.running.log_text()[-600:]}")
                    member.start()
