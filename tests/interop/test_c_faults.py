# SPDX-License-Identifier: Apache-2.0
"""libjobtrail under whatever comes from a seed: killed at any moment and at each step, its broker killed and started
again, the disk of its spool full, its queue full. What a call returned success for is in the read model, once."""
import collections
import random

import pytest
from confluent_kafka.admin import AdminClient

from jobtrail_process import run_jobtrail
from needs import need
from own_kafka import OwnKafka
from small_disk import SmallDisk
from teller import FAULTS, KILLED, Teller, kill
from waiting import wait_until
from world import World

JOBS_A_RUN = 150
LINES_A_RUN = 450  # at least so many are told of those
REACHED = {"JobCreated": {"accepted", "running", "successful"}, "JobStarted": {"running", "successful"},
           "JobProgressed": {"running", "successful"}, "JobSucceeded": {"successful"}}


@pytest.fixture(name="kafka")
def fixture_kafka():
    need("DEV_KAFKA_CLASSPATH", "JOBTRAIL_POSTGRES_CONNINFO", "DEV_JOBTRAIL")
    mine = OwnKafka(1)
    yield mine.start()
    mine.remove()


@pytest.fixture(name="disk")
def fixture_disk(tmp_path):
    mine = SmallDisk(tmp_path / "disk")
    yield mine
    mine.remove()


@pytest.fixture(name="field")
def fixture_field(kafka):
    """The corner of a world whose broker comes and goes."""
    mine = World(bootstrap=kafka.bootstrap)
    run_jobtrail(mine.settings(), "migrate")
    yield mine
    kafka.await_all()
    mine.close()


class Seeds:
    """Faults, and how many there were of each kind."""

    def __init__(self, teller, kafka, disk):
        self.teller, self.kafka, self.disk, self.kinds = teller, kafka, disk, collections.Counter()

    def run(self, seed):
        chance = random.Random(seed)
        if not self.is_made():
            self.begin_without_room()
        fates = chance.sample([self.kill_at, self.die_at_a_step, self.leave, self.leave], 4)
        restarts_in = chance.choice([number for number, fate in enumerate(fates) if fate != self.die_at_a_step])
        for number, fate in enumerate(fates):
            self.run_once(chance, fate, number == restarts_in)
            self.disk.empty()
        assert self.teller.run(self.kafka.bootstrap, 0) == (0, "")
        if chance.random() < 0.5:
            self.teller.spool.unlink()

    def is_made(self):
        """The spool has its room."""
        return self.teller.spool.exists() and self.teller.spool.stat().st_size > 0

    def begin_without_room(self):
        self.disk.fill()
        status, complaint = self.teller.run(self.kafka.bootstrap, JOBS_A_RUN, largest_file=self.disk.largest_file)
        assert status == 1 and "cannot be given its room" in complaint, (status, complaint)
        self.disk.empty()

    def run_once(self, chance, fate, restarts):
        """fate says how the process is to end."""
        at, last = {}, 1
        settings = [f"spool.sync={chance.choice(('none', 'interval', 'each'))}",
                    f"queue.events={chance.choice((16, 64, 200000))}"]
        if chance.random() < 0.3:
            at[chance.randrange(1, LINES_A_RUN)] = lambda _: self.disk.fill()
        elif chance.random() < 0.3 and self.is_made():
            self.disk.fill()
        if restarts:
            last = chance.randrange(1, LINES_A_RUN)
            at[last] = self.restart_broker
        fault = fate(chance, at, last)
        ended = self.teller.run(self.kafka.bootstrap, JOBS_A_RUN, *settings, at=at, fault=fault,
                                largest_file=self.disk.largest_file)
        assert ended == (0, "") or (ended == (KILLED, "") and fate != self.leave), ended
        self.kinds[fate.__name__] += ended[0] == KILLED or fate == self.leave

    def leave(self, *_):
        """By itself, with all that it told in Kafka."""

    def kill_at(self, chance, at, last):
        at[chance.randrange(last + 1, LINES_A_RUN + 1)] = kill

    def die_at_a_step(self, chance, *_):
        point, passes = chance.choice(list(FAULTS.items()))
        return f"{point}:{chance.randrange(1, min(max(passes), LINES_A_RUN // 2))}"

    def restart_broker(self, _):
        """It is away for as long as it takes to start."""
        self.kafka.brokers[0].kill()
        self.kafka.brokers[0].start()
        self.kinds["restart_broker"] += 1


@pytest.mark.early
@pytest.mark.parametrize("seeds", (pytest.param(range(1), id="one"),
                                   pytest.param(range(100), id="a hundred", marks=pytest.mark.long)))
def test_nothing_that_was_told_is_lost_or_doubled(field, serve, kafka, disk, seeds):
    teller = Teller(field, disk.folder / "spool")
    running = serve(field.settings())
    faults = Seeds(teller, kafka, disk)
    for seed in seeds:
        print(f"seed {seed}")
        faults.run(seed)
    kafka.await_all()
    field.admin = AdminClient({"bootstrap.servers": kafka.bootstrap})  # the other one asks by leaders that were before
    teller.held_against_kafka()
    assert sum(counts["coalesced"] for _, counts in teller.whole), "no tick was coalesced"
    wait_until(field.is_caught_up, "all is read", 120)
    statuses = {row["job_id"]: row["status"] for row in field.rows("select job_id, status from jobtrail.job")}
    for (job, record), count in teller.told.items():
        assert not count or statuses.get(job) in REACHED[record], f"{job}: {record} was told, it is {statuses.get(job)}"
    assert not field.rows("select job_id, kind from jobtrail.job_history group by job_id, kind having count(*) > 1")
    assert field.rows("select sum(n)::int as n from jobtrail_p1.job_count") == [{"n": len(statuses)}]
    assert not field.rows("select from jobtrail.dead_letter")
    assert all(faults.kinds[kind] for kind in ("kill_at", "die_at_a_step", "leave", "restart_broker")), faults.kinds
    running.stop()
