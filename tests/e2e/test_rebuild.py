# SPDX-License-Identifier: Apache-2.0
"""jobtrail rebuild: the read model is made anew beside the service and swapped; what the log no longer
has is carried over; nothing is lost unless told so, nothing is published, and lists, streams and the
gate go on. JOBTRAIL_SEED makes another run."""
import os
import random
import signal
import subprocess
import threading
import time

import pytest
from confluent_kafka import TopicPartition

from asking import created
from examination import Examination
from http_api import Api
from jobtrail_process import environment_of, run_jobtrail
from live_stream import LiveStream
from page_commands import PageCommands
from rebuilding import Rebuilding, rebuild_command
from stories import BASE_US, send_random_events, single_object, stories, story
from verification import Verification
from waiting import wait_until

pytestmark = pytest.mark.every_postgres

SEED = int(os.environ.get("JOBTRAIL_SEED", "1"))
PUBLISHED = ("commands", "cancel-decisions", "dead-letters", "cancel-requests")


def project(world, running=None):
    wait_until(world.is_caught_up, "all is projected")
    if running:
        running.stop()


def rows_of(world, schema="jobtrail_p1"):
    """Every column of every job but the revision, which is drawn."""
    return {(row["job_id"], row["organization_id"]): {name: value for name, value in row.items() if name != "revision"}
            for row in world.rows(f"select * from {schema}.job")}


def totals_of(world):
    return world.rows("select * from jobtrail.job_count order by organization_id, type, status")


def schemas_of(world):
    return {row["nspname"] for row in world.rows("select nspname from pg_namespace where nspname ~ '^jobtrail'")}


def cut_logs(world, share=0.5):
    places = [TopicPartition(world.topics["events"], partition, int(end * share))
              for partition, end in world.log_ends("events").items()]
    for place in world.admin.delete_records(places).values():
        place.result(30)


class Sending:
    """Sends events for as long as it lasts."""

    def __init__(self, world, jobs):
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._send, args=(world, jobs))

    def _send(self, world, jobs):
        number = 0
        while not self.is_over.is_set():
            number += 1
            world.produce("events", [
                single_object("JobStarted", job_id=f"job-{(number * 7 + n) % jobs:05d}", attempt=number + 1,
                              occurred_at=BASE_US + number, message=f"again {number}") for n in range(50)])
            world.produce("events", story(1000 + number))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


# --- beside the service ---

@pytest.mark.any_postgres
@pytest.mark.early
def test_beside_a_service_that_goes_on_and_back_again(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    send_random_events(migrated, 300, SEED)
    migrated.produce("events", [*stories(range(300)), ("k", b"no Avro", [])])
    project(migrated)
    wait_until(lambda: sum(migrated.log_ends("dead-letters").values()) == 1, "the dead letter is published")
    published = {topic: migrated.log_ends(topic) for topic in PUBLISHED}
    oids = migrated.rows("select 'jobtrail_p1.job'::regclass::oid::int as oid")
    with Sending(migrated, 300):
        done = Rebuilding(settings)
        assert done.summary["swapped"] and done.summary["log_is_whole"] and not done.summary["carried_over"], done.text()
        assert schemas_of(migrated) == {"jobtrail", "jobtrail_p0", "jobtrail_p1"}
        assert migrated.rows("select 'jobtrail_p0.job'::regclass::oid::int as oid") == oids
        assert "--drop" in Rebuilding(settings, status=1).errors
        wait_until(lambda: "PROJECTION_SWAPPED" in running.log_text(), "the service has met the swap")
        Verification(settings)
        assert Rebuilding(settings, "--undo").summary["swapped"]
        assert migrated.rows("select 'jobtrail_p1.job'::regclass::oid::int as oid") == oids
        Verification(settings)
    project(migrated)
    found = Verification(settings)
    assert found.summary["totals_compared"] and found.summary["same"] == found.summary["jobs"] > 500, found.text()
    assert {topic: migrated.log_ends(topic) for topic in PUBLISHED} == published
    Rebuilding(settings, "--drop")
    assert schemas_of(migrated) == {"jobtrail", "jobtrail_p1"}
    running.stop()


def test_what_a_worker_remembers_of_the_projection_before_does_not_come_back(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(20)))
    project(migrated, running)
    migrated.execute("update jobtrail_p1.job set creator_disputed = true, message = 'mine'")
    running = serve(settings)
    # Now the worker knows these rows, wrong as they are.
    again = [single_object("JobStarted", job_id=f"job-{n:05d}", attempt=2, occurred_at=BASE_US) for n in range(20)]
    migrated.produce("events", again)
    project(migrated)
    assert len(Verification(settings, status=1).by_job()) == 20
    done = Rebuilding(settings, "--accept", "dispute")
    assert done.summary["differing"] == done.summary["dispute"] == 20, done.text()
    migrated.produce("events", [single_object("JobProgressed", job_id=f"job-{n:05d}", attempt=2, progress=5,
                                              occurred_at=BASE_US + 1) for n in range(20)])
    project(migrated)
    assert Verification(settings).summary["same"] == 20
    running.stop()


# --- what the log no longer has ---

def test_what_the_log_no_longer_has_is_carried_over(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    send_random_events(migrated, 400, SEED)
    project(migrated, running)
    before, totals = rows_of(migrated), totals_of(migrated)
    cut_logs(migrated)
    # A row that was lost, and of which the log still has something, is made of that.
    dice = random.Random(SEED)
    gone = dice.sample(sorted(before), 40)
    for job_id, organization in gone:
        migrated.rows("delete from jobtrail_p1.job where job_id = %s and organization_id = %s returning 1",
                      (job_id, organization))
    done = Rebuilding(settings)
    assert done.summary["carried_over"] and not done.summary["log_is_whole"], done.text()
    after = rows_of(migrated)
    assert {key: row for key, row in after.items() if key not in gone} == \
        {key: row for key, row in before.items() if key not in gone}
    found = Verification(settings)  # of those that were lost: all that the log says
    assert found.summary["in_part"] + found.summary["same"] + found.summary["not_judged"] == len(after)
    assert any(key in after for key in gone)
    assert totals != [] and found.summary["totals_compared"]


def test_refuses_what_would_be_lost_unless_told_so(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(100)))
    project(migrated, running)
    cut_logs(migrated)
    before = rows_of(migrated)
    refused = Rebuilding(settings, "--carry-over", "never", status=1)
    # Of some the creation is gone: nobody would be their creator.
    assert {kind for kind, _ in refused.losses()} == {"vanished", "creator"}, refused.text()
    assert "--accept" in refused.errors
    assert rows_of(migrated) == before
    done = Rebuilding(settings, "--carry-over", "never", "--accept", "vanished,creator")
    assert done.summary["vanished"] > 20 and len(rows_of(migrated)) == 100 - done.summary["vanished"]
    assert rows_of(migrated, "jobtrail_p0") == before
    # Going back loses nothing, and finds what was lost.
    assert Rebuilding(settings, "--undo").summary["swapped"]
    assert rows_of(migrated) == before


def test_another_creator_or_a_dispute_less_is_refused(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(10)))
    project(migrated, running)
    migrated.execute("update jobtrail_p1.job set creator_id = 'eve' where job_id = 'job-00003';"
                     "update jobtrail_p1.job set creator_disputed = true where job_id = 'job-00004'")
    refused = Rebuilding(settings, status=1)
    assert refused.losses() == {("creator", "job-00003"), ("dispute", "job-00004")}, refused.text()
    assert Rebuilding(settings, "--accept", "creator", status=1).losses()
    Rebuilding(settings, "--accept", "creator,dispute")
    assert Verification(settings).summary["same"] == 10


def test_going_back_is_refused_where_the_log_lacks_what_came_since(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(20)))
    project(migrated)
    Rebuilding(settings)
    migrated.produce("events", stories(range(20, 60)))
    project(migrated, running)
    before = rows_of(migrated)
    cut_logs(migrated, 0.9)
    assert "--carry-over always" in Rebuilding(settings, "--undo", status=1).errors
    assert rows_of(migrated) == before
    Rebuilding(settings, "--undo", "--carry-over", "always")
    assert rows_of(migrated) == before and totals_of(migrated)


def test_by_the_commands_of_its_page(migrated, serve, tmp_path):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(10)))
    project(migrated)
    page = PageCommands("rebuild.md", tmp_path, "/nowhere")
    migrated.execute("update jobtrail_p1.job set creator_id = 'eve' where job_id = 'job-00007'")
    looked = page.run("Look first", settings).stdout.splitlines()
    assert 'would be lost  creator  org-a job-00007: created by "eve", rebuilt "ada"' in looked, looked
    assert looked[-2:] == ["120 records read; the logs have all; the live rows were not joined",
                           "1 jobs differ: 0 would be gone, 1 have another creator, 0 are disputed no longer"]
    refused = page.run("Swap", settings, 0, check=False)
    assert refused.returncode == 1 and "not swapped" in refused.stderr
    assert "swapped; writers waited" in page.run("Swap", settings, 1).stdout
    assert Verification(settings).summary["same"] == 10
    # Going back is to a creator that the log does not know.
    assert page.run("Go back", settings, check=False).returncode == 1
    run_jobtrail(settings, "rebuild", "--undo", "--accept", "creator")
    assert "eve" in {row["creator_id"] for row in rows_of(migrated).values()}
    page.run("Tidy up", settings)
    assert schemas_of(migrated) == {"jobtrail", "jobtrail_p1"}
    running.stop()


# --- broken off ---

def kill_while_it_runs(settings, after_s, *arguments):
    # pylint: disable=consider-using-with
    process = subprocess.Popen(rebuild_command(*arguments), env=environment_of(settings), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    process.kill()
    return process.wait()


def break_off_again_and_again(world, serve, times):
    settings = world.settings()
    running = serve(settings)
    send_random_events(world, 400, SEED)
    project(world)
    cut_logs(world, 0.3)
    dice = random.Random(SEED)
    with Sending(world, 400):
        for _ in range(times):
            kill_while_it_runs(settings, dice.uniform(0.05, 0.6), "--rate", "8000", "--no-swap")
        Rebuilding(settings)
        Verification(settings)
    project(world, running)
    found = Verification(settings)
    assert found.summary["totals_compared"] and not found.differences(), found.text()


@pytest.mark.early
def test_killed_it_goes_on(migrated, serve):
    break_off_again_and_again(migrated, serve, 6)


# What it asks of PostgreSQL, and at which pass it dies there; "commit" is of what begins it and of the swap,
# "rows_insert" and the like of a batch.
FAULTS = {"rebuild_begin": 1, "rebuild_note": 1, "commit": 1, "rebuild_source_add": 2, "rebuild_note_gap": 1, "begin": 2,
          "rows_insert": 1, "counts_add": 1, "rows_update": 1, "rebuild_analyze": 1, "rebuild_compare": 1,
          "rebuild_refine": 1, "rebuild_lock": 1, "rebuild_losses": 1, "rebuild_swap": 1, "transaction_deadline": 1}


@pytest.mark.parametrize("few", [tuple(FAULTS)[part::4] for part in range(4)], ids=lambda few: few[0])
def test_killed_at_each_step_nothing_is_lost(migrated, serve, few):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(60)))
    project(migrated, running)
    cut_logs(migrated)
    before, totals = rows_of(migrated), totals_of(migrated)
    for fault in few:
        done = subprocess.run([os.environ["DEV_JOBTRAIL_FAULTS"], "rebuild"], stdin=subprocess.DEVNULL,
                              env={**environment_of(settings), "FAULT_POINT": f"{fault}:{FAULTS[fault]}"},
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == -signal.SIGKILL, f"{fault}: {done.returncode} {done.stderr}"
        assert rows_of(migrated) == before and totals_of(migrated) == totals, fault
    Rebuilding(settings)
    assert rows_of(migrated) == before and totals_of(migrated) == totals
    Verification(settings)


def test_killed_when_it_was_swapped_it_is_swapped(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(20)))
    project(migrated, running)
    before = rows_of(migrated)
    done = subprocess.run([os.environ["DEV_JOBTRAIL_FAULTS"], "rebuild"], stdin=subprocess.DEVNULL,
                          env={**environment_of(settings), "FAULT_POINT": "rebuild_swapped:1"},
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows_of(migrated) == before and schemas_of(migrated) == {"jobtrail", "jobtrail_p0", "jobtrail_p1"}
    assert "--drop" in Rebuilding(settings, status=1).errors
    Rebuilding(settings, "--undo")
    assert rows_of(migrated) == before


@pytest.mark.long
def test_killed_often_it_goes_on(migrated, serve):
    break_off_again_and_again(migrated, serve, 60)


def test_it_can_be_given_up(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(10)))
    project(migrated, running)
    before = rows_of(migrated)
    Rebuilding(settings, "--no-swap")
    assert "jobtrail_p2" in schemas_of(migrated)
    assert [each for each in Examination(settings).findings if "jobtrail_p2" in (each["subject"] or "")] == []
    Rebuilding(settings, "--abandon")
    assert schemas_of(migrated) == {"jobtrail", "jobtrail_p1"} and rows_of(migrated) == before
    for option in ("--undo", "--drop", "--abandon"):
        Rebuilding(settings, option, status=1)


ANOTHER = {"boolean": "not {0}", "integer": "({0} + 1) %% 5", "smallint": "(coalesce({0}, 0) + 1) %% 5",
           "text": "coalesce({0}, '') || 'x'", "bytea": "{0} || '\\x00'",
           "timestamp with time zone": "coalesce({0}, created_at) + interval '1 us'"}


def test_each_column_counts_as_a_difference(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    columns = [(row["column_name"], row["data_type"]) for row in migrated.rows(
        "select column_name, data_type from information_schema.columns where table_schema = 'jobtrail_p1'"
        " and table_name = 'job' and column_name not in ('job_id', 'organization_id', 'revision')")]
    migrated.produce("events", stories(range(len(columns) + 5)))
    project(migrated, running)
    for number, (column, kind) in enumerate(columns):
        migrated.rows(f"update jobtrail_p1.job set {column} = {ANOTHER[kind].format(column)} where job_id = %s returning 1",
                      (f"job-{number:05d}",))
    assert Rebuilding(settings, "--no-swap").summary["differing"] == len(columns) > 15


def test_sessions_that_wait_for_the_log_are_not_idle(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(100)))
    project(migrated, running)
    migrated.execute("do $$ begin execute format('alter role %I in database %I set idle_session_timeout = ''1s''',"
                     " current_user, current_database()); end $$")
    # The records take seconds, in which the projections are asked nothing.
    assert Rebuilding(migrated.settings(), "--rate", "300").summary["swapped"]


def test_what_is_refused_is_not_told_as_swapped(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(5)))
    project(migrated, running)
    migrated.execute("update jobtrail_p1.job set creator_id = 'eve' where job_id = 'job-00003'")
    refused = Rebuilding(migrated.settings(), status=1)
    assert "not swapped" in refused.errors and "are swapped" not in refused.errors


# --- who reads ---

@pytest.mark.any_postgres
def test_a_rebuilt_projection_is_like_the_live_one(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", stories(range(10)))
    project(migrated, running)
    looks = {
        "tables": "select c.relname, c.reloptions, c.relrowsecurity, c.relacl::text, pg_get_userbyid(c.relowner) as owner"
                  " from pg_class c where c.relnamespace = 'jobtrail_p1'::regnamespace and c.relkind = 'r' order by 1",
        "columns": "select table_name, column_name, data_type, is_nullable, collation_name, column_default"
                   " from information_schema.columns where table_schema = 'jobtrail_p1' order by 1, 2",
        "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'jobtrail_p1' order by 1",
        "constraints": "select conname, pg_get_constraintdef(oid) as what from pg_constraint"
                       " where connamespace = 'jobtrail_p1'::regnamespace order by 1",
        "policies": "select * from pg_policies where schemaname = 'jobtrail_p1' order by tablename, policyname",
        "schema": "select nspacl::text, pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = 'jobtrail_p1'",
        "views": "select c.relname, c.reloptions, c.relacl::text, pg_get_viewdef(c.oid) as what,"
                 " obj_description(c.oid) as about from pg_class c"
                 " where c.relnamespace = 'jobtrail'::regnamespace and c.relkind = 'v' order by 1",
    }
    before = {name: migrated.rows(query) for name, query in looks.items()}
    positions = migrated.rows("select * from jobtrail_p1.source_position order by topic, partition")
    Rebuilding(settings)
    for name, query in looks.items():
        assert migrated.rows(query) == before[name], name
    assert migrated.rows("select * from jobtrail_p1.source_position order by topic, partition") == positions


def test_streams_are_told_of_what_the_swap_changed_and_the_gate_goes_on(migrated, serve, tmp_path):
    api = Api(tmp_path)
    # Each thread of the API remembers how fresh the rows were for a while: one tells no moment before another's.
    settings = {**api.settings(migrated.settings()), "http.base-url": api.root, "http.readers": 1}
    running = serve(settings)
    migrated.produce("events", [created("a1"), created("b1", "bob"), created("c1")])
    project(migrated)
    migrated.execute("update jobtrail_p1.job set message = 'wrong' where job_id = 'a1';"
                     "insert into jobtrail_p1.job select (jsonb_populate_record(j, '{\"job_id\": \"ghost\"}')).*"
                     " from jobtrail_p1.job as j where job_id = 'a1'")
    root = api.member("root", "Administrator")
    stream = LiveStream(api, api.token("root", "Administrator", "org-a"))
    try:
        stream.wait_begun()
        as_of = wait_until(lambda: root.get("/jobs").headers.get("Jobtrail-As-Of"), "the read model is up to date once")
        lists, is_over = [], threading.Event()

        def look():
            while not is_over.is_set():
                answer = root.get("/jobs")
                lists.append((answer.status_code, answer.headers.get("Jobtrail-As-Of"),
                              {job["jobID"] for job in answer.json().get("jobs", [])}))

        looking = threading.Thread(target=look)
        looking.start()
        done = Rebuilding(settings, "--accept", "vanished")
        assert done.summary["swapped"] and done.summary["vanished"] == 1 and done.summary["differing"] == 2
        # A job that is gone cannot be told: whoever looks reads the list again.
        stream.wait_for(lambda it: it.of("reset"), "the list is to be read again")
        is_over.set()
        looking.join()
        assert {status for status, _, _ in lists} == {200} and all({"a1", "b1", "c1"} <= jobs for _, _, jobs in lists)
        moments = [as_of, *(moment for _, moment, _ in lists)]
        assert moments == sorted(moments)
        listed = {job["jobID"]: job for job in root.get("/jobs").json()["jobs"]}
        assert listed.keys() == {"a1", "b1", "c1"} and "message" not in listed["a1"], listed
        # Undone, the rows are what they were; nobody's row is gone, so each is told.
        Rebuilding(settings, "--undo")
        stream.wait_for(lambda it: it.jobs().get("a1", {}).get("message") == "wrong" and "ghost" in it.jobs(),
                        "what changed is told")
    finally:
        stream.close()
    run_jobtrail(settings, "emit", "--cancel-requested", "--organization", "org-a", "--job", "b1", "--requester", "bob")
    commands = migrated.consume("commands", 1)
    assert len(commands) == 1 and migrated.rows("select outcome from jobtrail.cancellation") == [{"outcome": "open"}]
    running.stop()


def test_what_somebody_tied_to_the_tables_is_no_victim(migrated):
    migrated.execute("create view public.theirs as select job_id from jobtrail_p1.job")
    refused = Rebuilding(migrated.settings(), status=1)
    assert "theirs" in refused.errors and schemas_of(migrated) == {"jobtrail", "jobtrail_p1"}


@pytest.mark.parametrize("arguments", (("--accept", "all"), ("--carry-over", "no"), ("--undo", "--drop"), ("--drop", "--no-swap"), ("--rate", "0"),
                                       ("--output", "xml"), ("org-a",)), ids=" ".join)
def test_what_is_no_choice_is_refused(world, arguments):
    run_jobtrail(world.settings(), "rebuild", *arguments, status=2)


@pytest.mark.long
def test_servers_that_are_away(migrated):
    away = {"kafka.bootstrap.servers": "127.0.0.1:1"}
    # A position that it must read up to.
    migrated.execute("insert into jobtrail_p1.source_position (topic, partition, next_offset, last_offset,"
                     f" last_timestamp_ms, last_hash) values ('{migrated.topics['events']}', 0, 5, 4, 0, 0)")
    Rebuilding({**migrated.settings(), **away}, "--timeout", "1", status=75)
    Rebuilding({**migrated.settings(), "postgres.conninfo": "host=127.0.0.1 port=1"}, status=75)
