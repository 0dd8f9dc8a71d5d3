# SPDX-License-Identifier: Apache-2.0
"""A cluster of two brokers, of which one hangs: it takes connections and says nothing more."""
import signal
import time

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from jobtrail_process import run_jobtrail
from own_kafka import OwnKafka
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World

pytestmark = pytest.mark.long
PARTITIONS = 500
ROUNDS = 4
STANDSTILL = 6  # longer than a process believes that nothing changed meanwhile


@pytest.fixture(name="kafka", scope="module")
def fixture_kafka():
    kafka = OwnKafka().start()
    yield kafka
    kafka.remove()


@pytest.fixture(name="spread")
def fixture_spread(kafka):
    """A world whose topics are there once, on either broker."""
    world = World(bootstrap=kafka.bootstrap)
    run_jobtrail(world.settings(), "migrate")
    yield world
    for broker in kafka.brokers:
        broker.link.thaw()
    world.close()


def settings_of(spread, kafka):
    return {**spread.settings(), "kafka.bootstrap.servers": kafka.linked}


def send(spread, partitions, jobs):
    """The jobs' stories, to these partitions in turn."""
    producer = Producer({"bootstrap.servers": spread.bootstrap})
    for number, (key, value, headers) in enumerate(stories(jobs)):
        producer.produce(spread.topics["events"], value, key=key, headers=headers,
                         partition=partitions[number % len(partitions)])
    assert producer.flush(30) == 0


def await_jobs(spread, jobs, what, seconds=60):
    began = time.monotonic()
    wait_for_equal(lambda: statuses(spread), {"successful": jobs}, what, seconds)
    print(f"{what}: {time.monotonic() - began:.1f} s")


def leaders_of(spread, kafka):
    topic = AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(spread.topics["events"])
    return {number: each.leader for number, each in topic.topics[spread.topics["events"]].partitions.items()}


def one_that_does_not_coordinate(spread, kafka, leaders):
    """Such a broker, and the partitions that are led by the other."""
    group = spread.admin.describe_consumer_groups([spread.name])[spread.name].result(30)
    coordinator = group.coordinator.id
    well = [number for number, leader in leaders.items() if leader == coordinator]
    assert 0 < len(well) < len(leaders)
    return next(broker for node, broker in enumerate(kafka.brokers, 1) if node != coordinator), well


def test_a_broker_that_hangs_costs_what_it_leads(spread, kafka, serve, launch):
    running = serve(settings_of(spread, kafka), "--only", "project")
    leaders = leaders_of(spread, kafka)
    send(spread, list(leaders), range(100))
    await_jobs(spread, 100, "both brokers answer")
    hangs, well = one_that_does_not_coordinate(spread, kafka, leaders)
    hangs.link.freeze()
    time.sleep(3)
    send(spread, well, range(100, 2100))
    await_jobs(spread, 2100, "one hangs")
    running.stop()
    running = launch(settings_of(spread, kafka), "--only", "project")
    send(spread, well, range(2100, 2200))
    await_jobs(spread, 2200, "started while it hangs")
    hangs.link.thaw()
    send(spread, list(leaders), range(2200, 2300))
    await_jobs(spread, 2300, "it answers again")
    running.stop()


def test_partitions_begin_anew_while_a_broker_hangs(spread, kafka, serve):
    """A process that stood still begins all its partitions anew, by connections that it has: the one to the
    broker that hangs looks as good as any. librdkafka asks the one that it used last, for a minute."""
    running = serve(settings_of(spread, kafka), "--only", "project")
    leaders = leaders_of(spread, kafka)
    send(spread, list(leaders), range(100))
    await_jobs(spread, 100, "both brokers answer")
    hangs, well = one_that_does_not_coordinate(spread, kafka, leaders)
    for jobs in range(200, 200 + 200 * ROUNDS, 200):
        hangs.link.freeze()
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(STANDSTILL)
        send(spread, well, range(jobs - 100, jobs))
        running.process.send_signal(signal.SIGCONT)
        await_jobs(spread, jobs, "it stood still, and one hangs", 40)
        hangs.link.thaw()
        send(spread, list(leaders), range(jobs, jobs + 100))
        await_jobs(spread, jobs + 100, "it answers again")
    running.stop()


def test_many_partitions_start_together(spread, kafka, serve):
    spread.admin.delete_topics([spread.topics["events"]])[spread.topics["events"]].result(30)
    wait_until(lambda: spread.topics["events"] not in spread.admin.list_topics(timeout=10).topics, "it is gone")
    spread.create_topics([NewTopic(spread.topics["events"], PARTITIONS, 1, config={"cleanup.policy": "delete"})])
    send(spread, list(range(PARTITIONS)), range(500))
    began = time.monotonic()
    running = serve(settings_of(spread, kafka), "--only", "project")
    await_jobs(spread, 500, "first start, of new partitions")
    running.stop()
    send(spread, list(range(PARTITIONS)), range(500, 1000))
    running = serve(settings_of(spread, kafka), "--only", "project")
    await_jobs(spread, 1000, "another start")
    print(f"both: {time.monotonic() - began:.1f} s")
    running.stop()
