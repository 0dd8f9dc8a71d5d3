# SPDX-License-Identifier: Apache-2.0
"""A leader is elected that lacks what was acknowledged and read: the log is another one from there on."""
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from jobtrail_process import run_jobtrail
from own_kafka import OwnKafka
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World

pytestmark = pytest.mark.long
# Broker 1 is the controller and stays; the partition is on the other two.
FIRST, SECOND = 2, 3


class Torn:
    """Kafka, and a world whose one partition of events is on two of its brokers."""

    def __init__(self):
        self.kafka = OwnKafka(brokers=3).start()
        self.world = World(bootstrap=self.kafka.bootstrap)
        run_jobtrail(self.world.settings(), "migrate")
        self.topic = self.world.topics["events"] = self.world.name + ".torn"
        self.world.create_topics([NewTopic(self.topic, 1, replica_assignment=[[FIRST, SECOND]], config={
            "cleanup.policy": "delete", "unclean.leader.election.enable": "true", "min.insync.replicas": "1"})])

    def close(self):
        if self.kafka.brokers[FIRST - 1].process.poll() is not None:
            self.start(FIRST)  # topics are deleted by all that have them
        self.world.close()
        self.kafka.remove()

    def partition(self):
        topics = AdminClient({"bootstrap.servers": self.kafka.bootstrap}).list_topics(self.topic, timeout=10).topics
        return topics[self.topic].partitions[0]

    def kill(self, node):
        self.kafka.brokers[node - 1].kill()

    def start(self, node):
        self.kafka.brokers[node - 1].start()

    def send(self, jobs):
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap, "acks": "all"})
        for key, value, headers in stories(jobs):
            producer.produce(self.topic, value, key=key, headers=headers)
        assert producer.flush(30) == 0

    def lose_what_comes(self, jobs, read):
        """The second broker is away while these jobs come, and leads from then on; read is called before."""
        self.kill(SECOND)
        wait_until(lambda: self.partition().isrs == [FIRST], "the first is alone", 60)
        self.send(jobs)
        read()
        self.kill(FIRST)
        self.start(SECOND)
        wait_until(lambda: self.partition().leader == SECOND, "the second leads", 60)


@pytest.fixture(name="torn")
def fixture_torn():
    torn = Torn()
    yield torn
    torn.close()


def project(torn, jobs):
    wait_for_equal(lambda: statuses(torn.world), {"successful": jobs}, f"{jobs} jobs are there", 60)


@pytest.mark.parametrize("more", [0, 5, 100])
def test_what_was_read_is_no_more(torn, serve, more):
    """So many jobs come to the new leader at once: none, fewer than were lost, and more."""
    settings = torn.world.settings()
    running = serve(settings, "--only", "project")
    torn.send(range(10))
    project(torn, 10)
    torn.lose_what_comes(range(10, 20), lambda: project(torn, 20))
    torn.send(range(20, 20 + more))
    assert running.process.wait(90) == 1, running.log_text()
    assert f"jobtrail positions forget {torn.topic}" in running.log_text()
    assert sum(statuses(torn.world).values()) == 20
    run_jobtrail(settings, "positions", "forget", torn.topic)
    running = serve(settings, "--only", "project")
    project(torn, 20 + more)
    running.stop()
