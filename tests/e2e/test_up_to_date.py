# SPDX-License-Identifier: Apache-2.0
"""What "up to date" means: no answer claims a moment at which there was an acknowledged event that it
lacks, and no creator is refused for one. What hides events: partitions added under a running service,
and open transactions of somebody else."""
import json
import os
import signal
from datetime import datetime

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewPartitions, NewTopic

from asking import asked, created, decisions, now_us
from http_api import Api
from jobtrail_process import Serve, run_jobtrail
from stories import single_object
from waiting import wait_for_equal, wait_until
from world import micros


class Untrue(BaseException):
    """A false statement: no wait goes on after it."""


class Watcher:
    """Asks for the jobs, and holds each answer against what was acknowledged before the moment that
    it claims."""

    def __init__(self, world, api):
        self.world = world
        self.root = api.member("root", "Administrator")
        self.acknowledged = {}  # by job, when (microseconds)

    def look(self):
        """The ids of the jobs, and the answer's As-Of in microseconds, None without one."""
        answer = self.root.get("/jobs?limit=1000")
        assert answer.status_code == 200, answer.text
        told = answer.headers.get("Jobtrail-As-Of")
        as_of = told and micros(datetime.fromisoformat(told))
        jobs = {job["jobID"] for job in answer.json()["jobs"]}
        lacking = {job: as_of - moment for job, moment in self.acknowledged.items()
                   if as_of and job not in jobs and as_of > moment}
        if lacking:
            raise Untrue(f"claims to be right so many microseconds after what it lacks: {lacking}")
        if "UNKNOWN_JOB" in [reason for _, _, reason in decisions(self.world)]:
            raise Untrue("a creator is refused for what is acknowledged")
        return jobs, as_of

    def caught_up(self):
        """Until it claims a moment that is still to come now."""
        now = now_us()
        wait_until(lambda: (self.look()[1] or 0) > now, "it is up to date")

    def send(self, topic, partition, event):
        """A creation, to a partition; remembers when it was acknowledged."""
        key, value, headers = event
        producer = Producer({"bootstrap.servers": self.world.bootstrap})

        def sent():
            """The producer's broker may not know of the partition yet."""
            errors = []
            producer.produce(topic, value, key=key, headers=headers, partition=partition,
                             on_delivery=lambda error, _: errors.append(error))
            assert producer.flush(30) == 0
            return errors == [None]

        wait_until(sent, "the event is acknowledged")
        self.acknowledged[key] = now_us()


def add_partitions(world, topic, count):
    """Until the broker tells of them."""
    world.admin.create_partitions([NewPartitions(topic, count)])[topic].result(30)
    wait_until(lambda: len(world.admin.list_topics(topic, timeout=10).topics[topic].partitions) == count,
               "the partitions are there")


@pytest.fixture
def watched(migrated, serve, tmp_path):
    """watched(settings) starts a service with the API and watches it once it is up to date. The gate
    waits for a job no longer than it must."""
    def start(settings=None):
        api = Api(tmp_path)
        watcher = Watcher(migrated, api)
        watcher.serve = serve({**api.settings(migrated.settings()), "cancel.requests.wait": "1s", **(settings or {})})
        migrated.produce("events", [created(f"old-{number}") for number in range(20)])
        wait_until(lambda: len(watcher.look()[0]) == 20, "the old ones are there")
        watcher.caught_up()
        return watcher

    return start


def granted(watcher, job):
    """Once the job is there its creator is granted, and nobody was refused meanwhile."""
    wait_until(lambda: job in watcher.look()[0], "the job is there")
    wait_for_equal(lambda: decisions(watcher.world), [(job, "ada", "CREATOR")], "the creator is granted")
    watcher.look()
    watcher.caught_up()


def test_partitions_added_under_a_running_service(watched):
    watcher = watched()
    events = watcher.world.topics["events"]
    add_partitions(watcher.world, events, 6)
    watcher.send(events, 5, created("late"))
    watcher.world.produce("cancel-requests", [asked("late")])
    granted(watcher, "late")
    watcher.serve.stop()


def test_partitions_added_while_nobody_may_take_them(watched):
    """The service looks for new partitions rarely: its answers get old, and claim nothing."""
    watcher = watched({"kafka.topic.metadata.refresh.interval.ms": 6000})
    events = watcher.world.topics["events"]
    add_partitions(watcher.world, events, 5)
    watcher.send(events, 4, created("late"))
    watcher.world.produce("cancel-requests", [asked("late")])
    wait_until(lambda: watcher.look() and len(watcher.world.rows(
        "select 1 from jobtrail.source_position where next_offset is null or partition = 4")) == 1, "it counts")
    add_partitions(watcher.world, events, 7)
    watcher.send(events, 6, created("later"))
    granted(watcher, "late")
    wait_until(lambda: "later" in watcher.look()[0], "the other one is there")
    watcher.serve.stop()


def test_one_topic_of_several_grows(migrated, watched):
    more = f"{migrated.name}.more"
    migrated.create_topics([NewTopic(more, 1, 1)])
    migrated.topics["more"] = more  # to be deleted with the others
    watcher = watched({"topic.events": f"{migrated.topics['events']},{more}"})
    add_partitions(migrated, more, 2)
    watcher.send(more, 1, created("late"))
    migrated.produce("cancel-requests", [asked("late")])
    granted(watcher, "late")
    watcher.serve.stop()


def test_an_open_transaction_of_somebody_else(watched):
    """It hides whatever is behind it from who reads committed records alone."""
    watcher = watched()
    world, events = watcher.world, watcher.world.topics["events"]
    other = Producer({"bootstrap.servers": world.bootstrap, "transactional.id": world.name})
    other.init_transactions(30)
    other.begin_transaction()
    key, value, _ = single_object("JobStarted", job_id="old-1", occurred_at=now_us())
    other.produce(events, value, key=key, partition=0)
    other.flush(30)
    watcher.send(events, 0, created("hidden"))
    acknowledged = watcher.acknowledged["hidden"]
    world.produce("cancel-requests", [asked("hidden")])
    wait_for_equal(lambda: decisions(world), [("hidden", "ada", None)], "the request waits")

    def lag():
        lines = watcher.serve.get("/metrics")[1].splitlines()
        return {name: next(float(line.split()[-1]) for line in lines
                           if line.startswith(name) and 'partition="0"' in line)
                for name in ("jobtrail_lag_events", "jobtrail_lag_seconds")}

    wait_until(lambda: lag()["jobtrail_lag_events"] == 2 and lag()["jobtrail_lag_seconds"] > 3 and watcher.look(),
               "it says that it is behind")
    [position] = world.rows("select log_end - next_offset as lag, caught_up_at from jobtrail.source_position"
                            " where partition = 0")
    assert position["lag"] == 2 and micros(position["caught_up_at"]) < acknowledged
    assert decisions(world) == [("hidden", "ada", None)]
    assert "hidden" not in watcher.look()[0]
    other.commit_transaction(30)
    granted(watcher, "hidden")
    wait_until(lambda: lag() == {"jobtrail_lag_events": 0, "jobtrail_lag_seconds": 0}, "nothing is behind")
    watcher.serve.stop()


def test_partitions_added_to_cancel_requests(watched):
    watcher = watched()
    requests = watcher.world.topics["cancel-requests"]
    watcher.send(watcher.world.topics["events"], 0, created("mine"))
    add_partitions(watcher.world, requests, 6)
    watcher.send(requests, 5, asked("mine"))
    granted(watcher, "mine")
    watcher.serve.stop()


def test_a_moment_to_come_is_not_believed(watched):
    """As a clock that was ahead left it: neither while nothing is written, nor later."""
    watcher = watched()
    world = watcher.world
    watcher.serve.stop()
    world.execute("update jobtrail_p1.source_position set caught_up_at = now() + interval '1 hour'")
    api = Api(watcher.serve.log.parent)
    settings = {**api.settings(world.settings()), "cancel.requests.wait": "1s"}
    gate = Serve(settings, watcher.serve.log.parent, "--only", "cancel,http").wait_ready()
    watcher.root = api.member("root", "Administrator")
    world.produce("cancel-requests", [asked("late")])
    wait_for_equal(lambda: decisions(world), [("late", "ada", None)], "the request waits")
    wait_until(lambda: world.rows("select 1 from jobtrail.cancel_request where waits_until < now()"),
               "it need not wait longer")
    assert watcher.look()[1] is None
    watcher.send(world.topics["events"], 0, created("late"))
    projection = Serve(world.settings(), watcher.serve.log.parent, "--only", "project").wait_ready()
    granted(watcher, "late")
    assert world.rows("select 1 from jobtrail.source_position where caught_up_at > now()") == []
    projection.stop()
    gate.stop()


def test_a_clock_that_is_ahead_claims_nothing(migrated, tmp_path, serve):
    """The projection's clock is an hour ahead; who answers and who decides have the right time."""
    api = Api(tmp_path)
    migrated.produce("events", [created("old")])
    ahead = Serve(migrated.settings(), tmp_path, "--only", "project", environment={
        "LD_PRELOAD": os.path.join(os.environ["DEV_BUILD"], "tests/support/libclock_ahead.so")}).wait_ready()
    serve({**api.settings(migrated.settings()), "cancel.requests.wait": "1s"}, "--only", "cancel,http")
    watcher = Watcher(migrated, api)
    watcher.caught_up()
    events = migrated.topics["events"]
    for number in range(20):
        watcher.send(events, number % 4, created(f"new-{number}"))
        assert watcher.look()[1] <= now_us()
    watcher.caught_up()
    ahead.process.send_signal(signal.SIGSTOP)  # what it claimed last is all there is
    watcher.send(events, 0, created("late"))
    migrated.produce("cancel-requests", [asked("late")])
    wait_until(lambda: watcher.look() and migrated.rows(
        "select 1 from jobtrail.cancel_request where waits_until < now() and decided_at is null"), "it waits")
    ahead.process.send_signal(signal.SIGCONT)
    granted(watcher, "late")
    assert "level=info" in ahead.log_text()
    ahead.stop()


def test_positions_tell_ends_of_both(watched):
    watcher = watched()
    world = watcher.world
    world.produce("cancel-requests", [asked(f"old-{number}") for number in range(20)])
    ends = {world.topics[topic]: world.log_ends(topic) for topic in ("events", "cancel-requests")}

    def told():
        listed = json.loads(run_jobtrail(world.settings(), "positions", "list", "--output", "json"))
        assert all(row["log_end"] is None or row["next_offset"] <= row["log_end"] for row in listed)
        return sorted((row["topic"], row["partition"], row["log_end"], row["lag"]) for row in listed)

    wait_for_equal(told, sorted((topic, partition, end, 0) for topic, each in ends.items()
                                for partition, end in each.items()), "each end is told")
    watcher.serve.stop()
