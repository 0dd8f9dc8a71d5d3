# SPDX-License-Identifier: Apache-2.0
"""Who is asked to stop in its first seconds gives its partitions back at once, wherever its joining of
the groups stands: nobody waits for its session to time out."""
import pathlib
import re
import signal
import time

import pytest
from confluent_kafka.admin import NewTopic

from waiting import wait_until
from world import PARTITIONS

# In seconds after it can be asked to stop: before it has asked to join, while the others are waited for, between
# its two joins, and when it has its share.
MOMENTS = (0.1, 0.3, 1, 2, 2.5, 3.5, 5)
SESSION_MS = 45_000
SOONER_S = 25


def slow_settings(world):
    """The defaults of librdkafka, which a deployment has."""
    return {**world.settings(), "kafka.session.timeout.ms": SESSION_MS, "kafka.heartbeat.interval.ms": 3000}


def shares(world, group):
    """How many partitions each member of a group has."""
    future = world.admin.describe_consumer_groups([group], request_timeout=10)[group]
    return [len(member.assignment.topic_partitions) for member in future.result(30).members]


def wait_until_alone(world, partitions=PARTITIONS, groups=("", "-cancel")):
    for name in groups:
        wait_until(lambda name=name: shares(world, world.name + name) == [partitions],
                   f"the group {name or 'of events'} has one member, who has everything", SOONER_S)


def takes_sigterm(process):
    """It blocks the signal, to be told of it otherwise. Before that it ends like any program."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    blocked = int(re.search(r"^SigBlk:\s*([0-9a-f]+)", status, re.MULTILINE)[1], 16)
    return blocked >> (signal.SIGTERM - 1) & 1


@pytest.mark.early
def test_a_process_that_is_stopped_in_its_first_seconds(migrated, launch):
    settings = slow_settings(migrated)
    stays = launch(settings).wait_ready()
    wait_until_alone(migrated)
    for moment in MOMENTS:
        leaves = launch(settings)
        wait_until(lambda leaves=leaves: takes_sigterm(leaves.process), "it can be asked to stop")
        time.sleep(moment)
        leaves.stop()
        wait_until_alone(migrated)
    stays.stop()


def test_a_process_that_had_no_partition(migrated, launch):
    """There are more processes than partitions: one that has none is in nobody's way when it leaves."""
    migrated.delete_topic("events")
    migrated.create_topics([NewTopic(migrated.topics["events"], 1, 1, config={"cleanup.policy": "delete"})])
    settings = slow_settings(migrated)
    stays = launch(settings, "--only", "project").wait_ready()
    wait_until_alone(migrated, 1, ("",))
    leaves = launch(settings, "--only", "project")
    wait_until(lambda: sorted(shares(migrated, migrated.name)) == [0, 1], "the second has none")
    wait_until(lambda: "the group gives partitions" in leaves.log_text(), "it has been told")
    leaves.stop()
    wait_until_alone(migrated, 1, ("",))
    stays.stop()
