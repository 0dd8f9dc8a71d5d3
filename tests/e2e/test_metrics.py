# SPDX-License-Identifier: Apache-2.0
"""Everything that is offered moves: each family of /metrics, and each column of the database, is
seen with a value that something gave it."""
import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from confluent_kafka.admin import NewTopic
from prometheus_client.parser import text_string_to_metric_families

from asking import asked, created, decisions, now_us
from http_api import Api
from jobtrail_process import Serve, run_jobtrail
from kafka_limits import limit_topic
from live_stream import LiveStream
from outbox_rows import bury, metric
from stories import single_object, statuses
from test_readiness import RELAY_LOCK
from waiting import wait_until
from world import PARTITIONS

# Families that this test cannot move, and why.
STILL = {"jobtrail_partitions_failing": "takes half a minute of trouble: test_readiness.py has it",
         "jobtrail_retention_failing": "takes somebody who refuses it: recorded_faults.py has it"}
# Columns that it cannot fill, and why.
FAIL_OVER = "takes a ledger that lost something: test_lost_tail.py has it"
EMPTY = {
    "jobtrail.cancel_command.found_at": FAIL_OVER,
    "jobtrail.cancel_request.found_at": FAIL_OVER,
    "jobtrail.cancellation.found_at": FAIL_OVER,
    "jobtrail.outbox.command_id": "a command is in the outbox for no longer than it takes to publish it",
    "jobtrail.outbox.refusal": "a command or decision that the brokers will never take: their sizes are bounded",
}
TRACE = [("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]


class Seen:
    """The samples of /metrics that were seen to be other than 0, and the columns with a value."""

    def __init__(self, world, running):
        self.world, self.running = world, running
        self.families, self.moved, self.filled = {}, set(), set()

    def look(self):
        for family in text_string_to_metric_families(self.running.get("/metrics")[1]):
            samples = self.families.setdefault(family.name, set())
            for sample in family.samples:
                samples.add(sample.name)
                if sample.value:
                    self.moved.add(sample.name)
                    self.moved.add((sample.name, *sample.labels.values()))
        return self.moved

    def wait_for(self, *samples):
        for sample in samples:
            wait_until(lambda sample=sample: sample in self.look(), f"{sample} moves", 60)

    def look_at_columns(self):
        for table, columns in self.columns().items():
            row = self.world.rows("select " + ", ".join(f'count("{column}") as "{column}"' for column in columns)
                                  + f" from {table}")[0]
            self.filled |= {f"{table}.{column}" for column, count in row.items() if count}
        return self.filled

    def columns(self):
        tables = {}
        for row in self.world.rows("select table_schema || '.' || table_name as name, column_name as column"
                                   " from information_schema.columns where table_schema like 'jobtrail%'"):
            tables.setdefault(row["name"], []).append(row["column"])
        return tables

    def still(self):
        return {name for name, samples in self.families.items() if not samples & self.moved}

    def empty(self):
        return {f"{table}.{column}" for table, columns in self.columns().items() for column in columns} - self.filled


def event(record, job_id, **fields):
    return single_object(record, job_id=job_id, occurred_at=now_us(), **fields)


def events_of_each_kind():
    yield created("good", message="about to begin")
    yield event("JobStarted", "good")
    yield event("JobProgressed", "good", progress=50)
    yield event("JobSucceeded", "good", result_uri="https://results.example/good")
    yield created("bad")
    yield event("JobFailed", "bad", error_code="E42", error_detail="At some length.")
    yield created("open")
    yield created("kept", cancellable=False)


@pytest.fixture
def api(tmp_path):
    return Api(tmp_path)


@pytest.fixture
def seen(migrated, api, tmp_path):
    """A service whose decisions have no topic yet, and whose topic of dead letters takes little."""
    limit_topic(migrated, "dead-letters", 20_000)
    migrated.execute("insert into jobtrail.dead_letter (created_at, published_at, record_offset, timestamp_ms, partition,"
                     " topic, stage, reason, message, header_names, header_values)"
                     " values ('2024-01-01', '2024-01-01', 0, 0, 0, 'old', 'decode', 'FRAMING', '', '{}', '{}')")
    running = Serve({**api.settings(migrated.settings()), "workers": 1, "http.rate": 10, "http.streams-per-member": 3,
                     "topic.cancel-decisions": f"{migrated.name}.late", "cancel.answer-within": "7s",
                     "cancel.requests.wait": "2s", "dead-letters.patience": "8s",
                     "schema.directory": tmp_path, "retention.ended-jobs": "30d",
                     "kafka.topic.metadata.propagation.max.ms": 500}, tmp_path)
    wait_until(lambda: f"{migrated.name}.late is missing" in running.get("/readyz")[1], "it misses a topic")
    yield Seen(migrated, running)
    running.close()


def project(seen):
    """Events of each kind, news and no news."""
    events = list(events_of_each_kind())
    seen.world.produce("events", events + events)
    for kind in ("JobCreated", "JobStarted", "JobProgressed", "JobSucceeded", "JobFailed"):
        seen.wait_for(("jobtrail_events_total", kind, "changed"), ("jobtrail_events_total", kind, "unchanged"))
    wait_until(seen.world.is_caught_up, "all is projected")


def connect_anew(seen):
    seen.world.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                       " current_database() and application_name = 'worker-0'")
    seen.world.produce("events", [event("JobProgressed", "open", progress=1)])
    seen.wait_for("jobtrail_postgres_reconnects_total", ("jobtrail_batches_total", "retried"))


def ask(seen, api):
    """A request that is granted, some that are refused, and one over HTTP."""
    seen.world.produce("cancel-requests", [asked("open", headers=TRACE, reason="enough"), asked("good"),
                                           asked("open", "bob"), asked("never")])
    seen.wait_for("jobtrail_commands_open", ("jobtrail_relay_failures_total", "decision"), "jobtrail_outbox_rows",
                  ("jobtrail_cancel_decisions_total", "granted", "CREATOR"),
                  ("jobtrail_cancel_decisions_total", "refused", "ALREADY_FINISHED"),
                  ("jobtrail_cancel_decisions_total", "refused", "NOT_CREATOR"),
                  ("jobtrail_cancel_decisions_total", "refused", "UNKNOWN_JOB"))
    assert api.member("ada").ask("DELETE", "/jobs/kept").status_code == 409
    seen.wait_for(("jobtrail_cancel_decisions_total", "refused", "NOT_CANCELLABLE"),
                  "jobtrail_commands_unanswered")
    seen.look_at_columns()


def answer(seen):
    """The topic of decisions is there at last; the job obeys."""
    name = f"{seen.world.name}.late"
    seen.world.topics["late"] = name
    seen.world.admin.create_topics([NewTopic(name, PARTITIONS, 1)])[name].result(30)
    command, = seen.world.rows("select command_id::text as id from jobtrail.cancel_command")
    seen.world.produce("events", [event("JobCancelled", "open", command_id=command["id"])])
    seen.wait_for(("jobtrail_relay_published_total", "decision"), ("jobtrail_events_total", "JobCancelled", "changed"))


def withdraw(seen):
    """A relay of before keeps this one from its work, until a job is disputed whose command waits."""
    with psycopg.connect(seen.world.conninfo, autocommit=True) as other, ThreadPoolExecutor(1) as pool:
        has_lock = pool.submit(other.execute, "select pg_advisory_lock(%s)", (RELAY_LOCK,))
        wait_until(lambda: seen.world.rows("select 1 from pg_locks where locktype = 'advisory' and not granted"),
                   "it waits for the lock")
        seen.world.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                           " current_database() and application_name = 'relay'")
        has_lock.result(30)
        seen.world.produce("events", [created("stolen", "mallory")])
        seen.world.produce("cancel-requests", [asked("stolen", "mallory")])
        wait_until(lambda: seen.world.rows("select 1 from jobtrail.cancel_command where job_id = 'stolen'"), "it is granted")
        seen.world.produce("events", [created("stolen", "ada", occurred_at=now_us() - 3_600_000_000)])
        wait_until(lambda: seen.world.jobs("org-a")["stolen"]["creator_disputed"], "the dispute is known")
    seen.wait_for("jobtrail_relay_withdrawn_total")


def bind_a_reader(seen):
    """As README has an operator do it."""
    seen.world.execute("insert into jobtrail.reader_organization (role, organization_id) values ('somebody', 'org-a')")


def bring_what_is_bad(seen):
    """What cannot be understood is held, and what came behind it waits; then it is a dead letter."""
    unknown_schema = b"\xc3\x01" + 8 * b"\x11"
    seen.world.produce("events", [("open", unknown_schema, [("h", b"1")])] +
                       [event("JobProgressed", "open", progress=2)] * 100)
    seen.wait_for("jobtrail_queue_bytes", "jobtrail_lag_events", "jobtrail_lag_seconds")
    seen.world.produce("events", [("open", b"nonsense", []), event("JobProgressed", "open", progress=101)])
    seen.wait_for(("jobtrail_dead_letters_total", "SCHEMA_UNKNOWN"), ("jobtrail_dead_letters_total", "FRAMING"),
                  ("jobtrail_events_total", "unknown", "dead_letter"),
                  ("jobtrail_events_total", "JobProgressed", "dead_letter"),
                  ("jobtrail_relay_published_total", "dead_letter"))
    bury(seen.world, 1, os.urandom(30_000))
    seen.wait_for(("jobtrail_relay_refused_total", "dead_letter"))


def let_leave(seen):
    """What is old leaves, what comes too late is ignored, and somebody is erased."""
    seen.wait_for(("jobtrail_retention_removed_total", "dead_letter"))
    seen.world.produce("events", [created("late", occurred_at=now_us() - 40 * 24 * 3_600_000_000)])
    seen.wait_for("jobtrail_events_too_old_total")
    run_jobtrail(seen.world.settings(), "erase", "--organization", "org-a", "--member", "nobody", "--yes")


def look_on(seen, api):
    """A list, live streams that go on, begin anew and end, and somebody who asks too much."""
    assert "good" in api.member("ada").jobs()
    token = api.token("root", "Administrator")
    streams = [LiveStream(api, token), LiveStream(api, token, last_id=1_000_000),
               LiveStream(api, api.token("root", "Administrator", exp=int(time.time()) - 55))]
    try:
        for stream in streams:
            stream.wait_begun()
        streams.append(LiveStream(api, token))
        seen.wait_for("jobtrail_stream_clients", "jobtrail_stream_resets_total",
                      ("jobtrail_http_share_used_up_total", "stream", "member"))
        seen.world.produce("events", [created("seen")])
        seen.wait_for("jobtrail_stream_messages_total", ("jobtrail_stream_ended_total", "expired"))
    finally:
        for stream in streams:
            stream.close()
    hasty = api.member("bob")
    wait_until(lambda: hasty.get("/conformance").status_code == 429, "too many requests are refused")
    seen.wait_for("jobtrail_http_rate_limited_total")


def test_each_family_moves_and_each_column_is_filled(seen, api):
    project(seen)
    connect_anew(seen)
    ask(seen, api)
    answer(seen)
    withdraw(seen)
    bind_a_reader(seen)
    bring_what_is_bad(seen)
    let_leave(seen)
    look_on(seen, api)
    seen.look()
    seen.look_at_columns()
    assert len(seen.families) > 30
    assert seen.still() == STILL.keys()
    assert seen.empty() <= EMPTY.keys()
    seen.running.stop()
