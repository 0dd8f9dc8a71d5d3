# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL or Kafka slow, silent or gone while cancel requests come: nothing is granted twice,
nothing granted is lost, and nothing is granted while PostgreSQL cannot be asked."""
import os
import random
import time

import psycopg
import pytest

from cancel_jobs import Job, check, wait_until_decided, wait_until_told
from link import Link
from needs import need
from waiting import wait_until

pytestmark = pytest.mark.early
JOBS = 300
ROUNDS = 9


@pytest.fixture
def link_to_postgres(migrated):
    need("DEV_POSTGRES_TCP")
    conninfo = psycopg.conninfo.make_conninfo(os.environ["DEV_POSTGRES_TCP"], dbname=migrated.name)
    link = Link(int(psycopg.conninfo.conninfo_to_dict(conninfo)["port"])).start()
    conninfo = psycopg.conninfo.make_conninfo(conninfo, port=link.port)
    yield link, {**migrated.settings(), "postgres.conninfo": conninfo}
    link.stop()


@pytest.fixture
def link_to_kafka(migrated):
    """A listener of the broker that tells its clients to come through the link."""
    server, port = map(int, need("DEV_KAFKA_LINK")[0].split())
    link = Link(server, port).start()
    yield link, {**migrated.settings(), "kafka.bootstrap.servers": f"127.0.0.1:{port}",
                 "kafka.reconnect.backoff.max.ms": 500}
    link.stop()


def slow(link, _):
    link.delay_s = 0.03
    time.sleep(1)
    link.delay_s = 0


def silent(link, _):
    link.freeze()
    time.sleep(1.5)
    link.thaw()


def gone(link, look):
    link.cut()
    time.sleep(0.2)  # what was on its way when it was cut has arrived
    before = look()
    time.sleep(0.8)
    assert look() == before, "something was decided while nobody could be asked"
    link.mend()


def nothing(_, __):
    time.sleep(0.3)


def drive(world, serve, link, settings, look):
    """Requests come all the time, while the link suffers. For a job that is not known they wait until
    its time is up here, however long all takes."""
    jobs = [Job(number) for number in range(JOBS)]
    early = [job for job in jobs if job.kind != "late"]
    running = serve({**settings, "cancel.requests.wait": "1h", "cancel.answer-within": "1h"})
    world.produce("events", (event for job in early for event in job.events()))
    wait_until(world.is_caught_up, "the jobs are there", 60)
    requests = [request for job in jobs for request in job.requests]
    chance = random.Random(7)
    chance.shuffle(requests)
    size = -(-len(requests) // ROUNDS)
    for round_number in range(ROUNDS):
        world.produce("cancel-requests", requests[round_number * size:(round_number + 1) * size])
        chance.choice((slow, silent, gone, nothing))(link, look)
    late = [job for job in jobs if job.kind == "late"]
    world.produce("events", (event for job in late for event in job.events()))
    wait_until_decided(world, late)
    world.execute("update jobtrail.cancel_request set waits_until = now() where decided_at is null")
    wait_until_told(world, jobs)
    running.stop()
    check(world, jobs)


def test_a_link_to_postgres(migrated, serve, link_to_postgres):
    drive(migrated, serve, *link_to_postgres, lambda: migrated.rows(
        "select count(*), count(decided_at) as decided from jobtrail.cancel_request"))


@pytest.mark.xdist_group("link to Kafka")  # the broker tells of one
def test_a_link_to_kafka(migrated, serve, link_to_kafka):
    drive(migrated, serve, *link_to_kafka, lambda: None)
