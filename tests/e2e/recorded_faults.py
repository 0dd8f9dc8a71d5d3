# SPDX-License-Identifier: Apache-2.0
"""Faults that are really made while a service is recorded, and the alerts that fire for each: no other one does."""
import contextlib
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
from confluent_kafka import Consumer

from asking import asked, created, now_us
from http_api import Api
from jobtrail_process import Serve, free_port
from kafka_limits import limit_topic
from live_stream import LiveStream
from outbox_rows import bury, metric
from recorded_series import Recording
from stories import stories, story
from test_cancel_tokens import ask as ask_with_token
from test_failed_batches import REFUSE
from test_readiness import RELAY_LOCK
from waiting import wait_until

FAULTS = {}


def fault(*alerts):
    """A function that makes a fault, for which these alerts fire."""
    def keep(make):
        FAULTS[make.__name__] = (make, alerts)
        return make
    return keep


class Field:
    """A service that does well while it is recorded, before something is done to it."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.api = Api(folder)
        self.recording = Recording()
        self.started, self.closing = [], contextlib.ExitStack()

    def launch(self, *arguments, **settings):
        settings = {name.replace("__", ".").replace("_", "-"): value for name, value in settings.items()}
        running = Serve({**self.world.settings(), "workers": 1, **settings}, self.folder, *arguments)
        self.started.append(running)
        return self.recording.add(running)

    def begin(self, *arguments, **settings):
        """One that does well, and has for a while."""
        running = self.launch(*arguments, **settings).wait_ready()
        self.world.produce("events", [created("job-1"), *stories(range(3))])
        wait_until(self.world.is_caught_up, "all is projected")
        self.recording.start().hold(8)
        self.recording.expect()
        return running

    def serve_api(self, **more):
        """The settings of one that has the API, too."""
        return {name.replace(".", "__").replace("-", "_"): value
                for name, value in self.api.settings(more).items()}

    def wait_for(self, name, at_least, **labels):
        wait_until(lambda: max(self.recording.told(name, **labels), default=0) >= at_least,
                   f"{name} is {at_least}", 180)

    def trickle(self, every_s=0.05):
        """Events, until all is over."""
        self.closing.enter_context(beside(lambda number: self.world.produce("events", story(number)), every_s))

    def close(self):
        self.closing.close()
        self.recording.stop()
        for each in self.started:
            each.close()


@contextlib.contextmanager
def beside(work, every_s):
    """work(number) again and again, meanwhile."""
    ended = threading.Event()

    def run():
        number = 1000
        while not ended.wait(every_s):
            work(number)
            number += 1

    worker = threading.Thread(target=run)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join(60)


# Whether it is up to date

@fault("JobtrailGone")
def the_process_is_killed(field):
    field.begin().kill()
    field.recording.hold(7)


@fault("JobtrailBehind", "JobtrailFallsFurtherBehind")
def more_comes_than_is_projected(field):
    field.begin("--only", "project", batch__max_events=1)
    field.world.execute(slow_writes(0.25))
    field.world.produce("events", stories(range(10_000, 10_100)))  # for two minutes, however slow the others come
    field.trickle()
    field.wait_for("jobtrail_lag_seconds", 61)
    field.recording.hold(14)


@fault("JobtrailPartitionStandsStill")
def postgresql_has_no_room(field):
    field.begin("--only", "project")
    field.world.execute(REFUSE)
    field.world.produce("events", story(7))
    field.wait_for("jobtrail_partitions_failing", 1)
    field.recording.hold(5)


# Each try to begin is a new connection.
@fault("JobtrailPartitionStandsStill", "JobtrailDatabaseReconnects")
def a_partition_cannot_be_started(field):
    field.closing.enter_context(locked(field.world, "jobtrail_p1.source_position, jobtrail.cancel_position"))
    field.launch()
    field.recording.start()
    field.wait_for("jobtrail_partitions_failing", 1, role="gate")
    field.wait_for("jobtrail_partitions_failing", 1, role="projection")
    field.recording.hold(15)


@fault("JobtrailPartitionsMissing")
def somebody_else_is_in_the_group(field):
    field.begin("--only", "project")
    field.recording.hold(12)
    stranger = Consumer({"bootstrap.servers": field.world.bootstrap, "group.id": field.world.name,
                         "partition.assignment.strategy": "cooperative-sticky"})
    field.closing.callback(stranger.close)
    stranger.subscribe([field.world.topics["events"]])
    field.closing.enter_context(beside(lambda _: stranger.poll(0.1), 0))
    wait_until(lambda: sum(field.recording.told("jobtrail_partitions", role="projection")) < 4, "it has some")
    field.recording.hold(13)


@fault("JobtrailPartitionsLost")
def a_process_stands_still_again_and_again(field):
    first = field.begin("--only", "project")
    other = field.launch("--only", "project").wait_ready()
    for turn in range(8):
        wait_until(lambda: has_partitions(first) == has_partitions(other) == 2, "each has its share")
        other.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: has_partitions(first) == 4, "the first has all")
        other.process.send_signal(signal.SIGCONT)
        if turn == 0:
            field.recording.expect()
    wait_until(lambda: metric(other, 'jobtrail_rebalances_total{kind="lost"}') >= 8, "all are lost")
    field.recording.hold(12)


def has_partitions(running):
    return metric(running, 'jobtrail_partitions{role="projection"}')


# What is refused

@fault("JobtrailDeadLetters")
def a_record_cannot_be_understood(field):
    field.begin("--only", "project")
    field.world.produce("events", [("k", b"nonsense", [])])
    field.wait_for("jobtrail_dead_letters_total", 1, reason="FRAMING")
    field.recording.hold(2)


@fault("JobtrailForgedRequests")
def requests_prove_nothing(field):
    field.begin("--only", "project,cancel", **field.with_tokens)
    field.world.produce("cancel-requests", [asked("job-1") for _ in range(20)])
    field.wait_for("jobtrail_cancel_decisions_total", 20, reason="INVALID_CREDENTIALS")
    field.recording.hold(2)


@fault("JobtrailRequestsExpired")
def the_ledger_was_locked(field):
    """A request that comes while the gate waits for the lock: its age counts from when it is looked at."""
    field.begin("--only", "project,cancel", cancel__requests__max_age="1s")
    with locked(field.world, "jobtrail.cancel_request"):
        # The gate, and not the relay alone: what comes is then looked at behind the lock.
        wait_until(lambda: field.world.rows("select 1 from pg_locks join pg_stat_activity using (pid)"
                                            " where not granted and application_name = 'gate'"
                                            " and relation = 'jobtrail.cancel_request'::regclass"), "the gate waits")
        field.world.produce("cancel-requests", [asked("job-1")])
        field.recording.hold(3)
    field.wait_for("jobtrail_cancel_decisions_total", 1, reason="EXPIRED")
    field.recording.hold(2)


# The gate and the relay

@fault("JobtrailDecisionsSlow")
def a_cancel_request_waits_for_its_job(field):
    field.begin("--only", "project,cancel", cancel__requests__wait="32s")
    field.world.produce("cancel-requests", [asked("never")])
    field.wait_for("jobtrail_cancel_decisions_total", 1, reason="UNKNOWN_JOB")
    field.recording.hold(2)


@fault("JobtrailNobodyPublishes", "JobtrailCommandsWithdrawn")
def somebody_has_the_lock_of_the_relays(field):
    """And meanwhile a job is disputed whose command waits."""
    world = field.world
    field.begin("--only", "project,cancel")
    with psycopg.connect(world.conninfo, autocommit=True) as other, ThreadPoolExecutor(1) as pool:
        has_lock = pool.submit(other.execute, "select pg_advisory_lock(%s)", (RELAY_LOCK,))
        wait_until(lambda: world.rows("select 1 from pg_locks where locktype = 'advisory' and not granted"), "it waits")
        world.execute(ended("relay"))
        has_lock.result(30)
        world.produce("events", [created("stolen", "mallory")])
        world.produce("cancel-requests", [asked("stolen", "mallory")])
        wait_until(lambda: world.rows("select 1 from jobtrail.cancel_command where job_id = 'stolen'"), "it is granted")
        world.produce("events", [created("stolen", "ada", occurred_at=now_us() - 3_600_000_000)])
        wait_until(lambda: world.jobs("org-a")["stolen"]["creator_disputed"], "the dispute is known")
        field.recording.hold(6)
        field.recording.expect("JobtrailNobodyPublishes")
    field.wait_for("jobtrail_relay_withdrawn_total", 1)
    field.recording.hold(2)


@fault("JobtrailRelayFails", "JobtrailOutboxWaits")
def the_topic_of_decisions_is_gone(field):
    field.begin("--only", "project,cancel", kafka__topic__metadata__propagation__max__ms=500)
    field.world.delete_topic("cancel-decisions")
    del field.world.topics["cancel-decisions"]
    field.world.produce("cancel-requests", [asked("job-1", "bob")])
    field.wait_for("jobtrail_relay_failures_total", 1, kind="decision")
    field.wait_for("jobtrail_outbox_rows", 1)
    field.recording.hold(14)


@fault("JobtrailRelayRefused")
def a_message_is_too_large_for_its_topic(field):
    limit_topic(field.world, "dead-letters", 20_000)
    field.begin("--only", "project")
    bury(field.world, 1, os.urandom(30_000))
    field.wait_for("jobtrail_relay_refused_total", 1)
    field.recording.hold(2)


@fault("JobtrailCommandsUnanswered")
def nobody_obeys(field):
    field.begin("--only", "project,cancel", cancel__answer_within="1s")
    field.world.produce("cancel-requests", [asked("job-1")])
    field.wait_for("jobtrail_commands_unanswered", 1)
    field.recording.hold(13)


# The API and its streams

@fault("JobtrailApiFails")
def the_keys_cannot_be_fetched(field):
    field.begin("--only", "project,http", **{**field.serve_api(), "auth__jwks": f"http://127.0.0.1:{free_port()}/keys"})
    ada = field.api.member("ada")
    assert ada.get("/jobs").status_code == 503
    with beside(lambda _: ada.get("/jobs"), 0.2):
        field.recording.hold(10)


@fault("JobtrailApiSlow")
def readers_wait_for_a_lock(field):
    field.begin("--only", "project,http", **field.serve_api())
    ada = field.api.member("ada")
    with beside(lambda _: ada.get("/jobs"), 0.2):
        for _ in range(12):
            with locked(field.world, "jobtrail_p1.job"):
                field.recording.hold(2)


@fault("JobtrailIsFull")
def streams_take_all_there_is(field):
    field.begin("--only", "project,http", http__connections=16, http__streams_per_member=100,
                http__streams_per_organization=100, **field.serve_api())
    for _ in range(15):
        field.closing.callback(LiveStream(field.api, field.api.token("ada")).close)
    field.wait_for("jobtrail_http_share_used_up_total", 1, what="stream", share="all")
    field.recording.hold(2)


@fault("JobtrailMembersRefused")
def somebody_asks_too_much(field):
    field.begin("--only", "project,http", http__rate=1, **field.serve_api())
    ada = field.api.member("ada")
    refused = [ada.get("/conformance").status_code for _ in range(200)].count(429)
    assert refused > 100
    field.wait_for("jobtrail_http_rate_limited_total", refused)
    field.recording.hold(2)


# PostgreSQL

@fault("JobtrailDatabaseSlow")
def each_batch_takes_long(field):
    field.begin("--only", "project")
    field.world.execute(slow_writes(1.5))
    field.trickle(0.2)
    field.recording.hold(22)


@fault("JobtrailDatabaseReconnects")
def connections_break_again_and_again(field):
    field.begin("--only", "project")
    field.trickle(0.2)
    with beside(lambda _: field.world.execute(ended("worker-0")), 2):
        field.recording.hold(36)


@fault("JobtrailFenced")
def another_group_has_the_same_schema(field):
    field.begin("--only", "project")
    field.trickle()
    field.launch("--only", "project", kafka__group__id=field.world.name + ".other")
    field.wait_for("jobtrail_batches_total", 1, outcome="fenced")
    field.recording.hold(40)


@fault("JobtrailRetentionFails")
def somebody_keeps_jobs_from_leaving(field):
    field.begin("--only", "project")
    field.world.execute("""
        create function keep_it() returns trigger language plpgsql as $$
        begin
            raise exception 'an auditor wants to see it';
        end $$;
        create trigger keep_it before delete on jobtrail_p1.job for each row execute function keep_it()""")
    field.launch("--only", "project", retention__ended_jobs="30d")  # what begin() sent is older
    field.wait_for("jobtrail_retention_failing", 1)
    field.recording.hold(22)


def slow_writes(seconds):
    return f"""
        create function wait_a_while() returns trigger language plpgsql as $$
        begin
            perform pg_sleep({seconds});
            return null;
        end $$;
        create trigger wait_a_while before insert or update on jobtrail_p1.job
            for each statement execute function wait_a_while()"""


def ended(session):
    return ("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            f" and application_name = '{session}'")


@contextlib.contextmanager
def locked(world, tables):
    with psycopg.connect(world.conninfo) as other:
        other.execute(f"lock table {tables} in access exclusive mode")
        yield


@fault("JobtrailPartitionStandsStill")
def the_gate_cannot_fetch_the_keys(field):
    field.begin("--only", "project,cancel", **{**field.with_tokens, "auth__jwks": f"http://127.0.0.1:{free_port()}/keys"})
    field.world.produce("cancel-requests", [ask_with_token("job-1")])
    field.wait_for("jobtrail_partitions_failing", 1, role="gate")
    field.recording.hold(5)
