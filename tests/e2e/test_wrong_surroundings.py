# SPDX-License-Identifier: Apache-2.0
"""What surrounds jobtrail is wrong or goes away: it says precisely what is wrong and what to do,
harms nothing, and goes on where going on is right."""
import os
import pathlib
import re
import shlex
import signal
import subprocess

import psycopg
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewTopic

from jobtrail_process import STOP_SECONDS, environment_of, run_jobtrail
from link import Link
from needs import need
from own_postgres import OwnPostgres
from stories import statuses, stories, story
from waiting import wait_for_equal, wait_until


@pytest.fixture
def link_to_postgres(migrated):
    """The test's database by way of a link; (link, settings)."""
    need("DEV_POSTGRES_TCP")
    conninfo = psycopg.conninfo.make_conninfo(os.environ["DEV_POSTGRES_TCP"], dbname=migrated.name)
    link = Link(int(psycopg.conninfo.conninfo_to_dict(conninfo)["port"])).start()
    conninfo = psycopg.conninfo.make_conninfo(conninfo, port=link.port)
    yield link, {**migrated.settings(), "postgres.conninfo": conninfo}
    link.stop()


@pytest.fixture
def embedded_broker(migrated):
    """A broker of the test's own, which has the world's topics, too: newer ones make none by themselves."""
    program = pathlib.Path(need("DEV_BUILD")[0]) / "tests/support/embedded_broker"
    topics = [word for name in migrated.topics.values() for word in ("--topic", name + ":2")]
    with subprocess.Popen([program, *topics], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True) as process:
        migrated.bootstrap = process.stdout.readline().strip()
        yield process
        process.send_signal(signal.SIGCONT)
        process.kill()


def ends_with(running, status, deadline_s=30):
    """Its last words, after it has ended by itself in this way."""
    assert running.process.wait(deadline_s) == status, running.log_text()
    return running.log_text()


def leaves(running):
    """It ends in time when asked to."""
    running.process.send_signal(signal.SIGTERM)
    try:
        assert running.process.wait(STOP_SECONDS) == 0, running.log_text()
    except subprocess.TimeoutExpired:
        raise AssertionError(f"it did not leave\n{running.log_text()}") from None


def is_not_ready(running, reason):
    status, text = running.get("/readyz")
    assert running.process.poll() is None and running.get("/livez")[0] == 200
    return status == 503 and reason in text


def everything(world):
    """All that it has written."""
    return [world.rows(f"select * from {table} order by 1, 2, 3") for table in (
        "jobtrail.job", "jobtrail_p1.job_count", "jobtrail.dead_letter",
        "(select topic, partition, next_offset, last_offset, last_hash, cluster_id"
        " from jobtrail.source_position) as position")]


def make_topic(world, partitions=1):
    """One partition, so that one command mends it."""
    world.create_topics([NewTopic(world.topics["events"], partitions, 1, config={"cleanup.policy": "delete"})])


def make_topic_anew(world, partitions=1):
    world.delete_topic("events")
    make_topic(world, partitions)


@pytest.fixture
def projected(migrated, serve):
    """A world with ten jobs from a topic of one partition, projected by a serve that has left."""
    make_topic_anew(migrated)
    migrated.produce("events", stories(range(10)))
    running = serve(migrated.settings())
    wait_for_equal(lambda: statuses(migrated), {"successful": 10}, "ten jobs are there")
    running.stop()
    return migrated


def refuses(world, launch, reason):
    """It stops and names the reason, having changed nothing."""
    before = everything(world)
    log = ends_with(launch(world.settings()), 1)
    assert reason in log and world.topics["events"] in log
    assert everything(world) == before
    return log


def refuses_and_then_obeys(world, launch, reason, jobs):
    """It also names a command, which mends it."""
    obeys(world, launch, refuses(world, launch, reason), jobs)


def obeys(world, launch, log, jobs):
    command = re.search(r"jobtrail (positions set \S+ \d+ \d+)", log)
    assert command, log
    run_jobtrail(world.settings(), *shlex.split(command[1]))
    again = launch(world.settings()).wait_ready()
    world.produce("events", story(90_000))
    wait_for_equal(lambda: statuses(world), {"successful": jobs + 1}, "it goes on")
    again.stop()


# --- the database ---

def test_a_database_that_was_not_migrated(world, launch):
    log = ends_with(launch(world.settings()), 1)
    assert "run jobtrail migrate" in log


def test_a_schema_that_is_newer(migrated, launch):
    migrated.execute("insert into jobtrail.migration (name, checksum) values ('9999_later', 'x')")
    log = ends_with(launch(migrated.settings()), 1)
    assert "9999_later" in log and "run the newer jobtrail" in log


def test_no_such_database(world, launch):
    conninfo = psycopg.conninfo.make_conninfo(world.conninfo, dbname="no_such_one")
    log = ends_with(launch({**world.settings(), "postgres.conninfo": conninfo}), 1)
    assert "no_such_one" in log and "create the database" in log


def test_postgres_is_stopped_and_started(world, launch):
    """It is waited for, and what came meanwhile is projected."""
    mine = OwnPostgres()
    try:
        mine.start()
        world.conninfo = mine.conninfo
        run_jobtrail(world.settings(), "migrate")
        running = launch(world.settings()).wait_ready()
        world.produce("events", stories(range(20)))
        wait_for_equal(lambda: statuses(world), {"successful": 20}, "20 jobs are there")
        mine.stop()
        world.produce("events", stories(range(20, 40)))
        wait_until(lambda: is_not_ready(running, "PostgreSQL"), "it says that it is not ready")
        mine.start()
        running.wait_ready()
        wait_for_equal(lambda: statuses(world), {"successful": 40}, "40 jobs are there")
        running.stop()
    finally:
        mine.remove()


def test_postgres_away_when_it_starts(link_to_postgres, migrated, launch):
    link, settings = link_to_postgres
    link.cut()
    running = launch(settings)
    wait_until(lambda: is_not_ready(running, "PostgreSQL"), "it says that it is not ready")
    link.mend()
    running.wait_ready()
    migrated.produce("events", story(1))
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it works")
    running.stop()


def test_it_leaves_while_postgres_is_silent_from_the_start(link_to_postgres, launch):
    link, settings = link_to_postgres
    link.freeze()
    running = launch(settings)
    wait_until(lambda: "the group gives partitions" in running.log_text(), "it has started")
    leaves(running)


def test_it_leaves_while_postgres_is_silent(link_to_postgres, migrated, launch):
    link, settings = link_to_postgres
    running = launch(settings).wait_ready()
    migrated.produce("events", story(1))
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it works")
    link.freeze()
    migrated.produce("events", stories(range(2, 20)))
    leaves(running)


# --- Kafka ---

def test_a_topic_that_is_missing(migrated, launch):
    """It says so, and goes on by itself once the topic is made."""
    migrated.delete_topic("events")
    running = launch(migrated.settings())
    wait_until(lambda: is_not_ready(running, migrated.topics["events"]), "it names what it misses")
    wait_until(lambda: "create it, or correct topic.events" in running.log_text(),
               "it says what to do")
    make_topic(migrated)
    migrated.produce("events", story(1))
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it goes on")
    wait_until(lambda: running.get("/readyz")[0] == 200, "it is ready")
    running.stop()


def test_a_topic_that_is_compacted(migrated, launch):
    migrated.set_topic("events", "cleanup.policy", "compact,delete")
    log = ends_with(launch(migrated.settings()), 1)
    assert migrated.topics["events"] in log and "--add-config cleanup.policy=delete" in log
    assert migrated.rows("select * from jobtrail.source_position") == []


@pytest.mark.long
@pytest.mark.parametrize("topic, name, before, after, mends", [
    ("events", "cleanup.policy", "delete", "compact", "--add-config cleanup.policy=delete"),
    ("cancel-requests", "message.timestamp.type", "LogAppendTime", "CreateTime",
     "--add-config message.timestamp.type=LogAppendTime")])
def test_a_topic_that_is_altered_while_it_is_read(migrated, launch, topic, name, before, after, mends):
    """It is looked at once a minute, and judged as at the start."""
    running = launch(migrated.settings()).wait_ready()
    migrated.produce("events", story(1))
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it works")
    migrated.set_topic(topic, name, after)
    log = ends_with(running, 1, 150)
    assert migrated.topics[topic] in log and mends in log
    migrated.set_topic(topic, name, before)
    running = launch(migrated.settings()).wait_ready()
    migrated.produce("events", story(2))
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "it goes on")
    running.stop()


def test_a_broker_that_falls_silent(migrated, launch, embedded_broker):
    """It is waited for; asked to stop, the process leaves although nobody answers."""
    broker = embedded_broker
    # The embedded broker lets nobody join a group sooner than a second before that time-out.
    running = launch({**migrated.settings(), "kafka.socket.timeout.ms": 5000,
                      "kafka.session.timeout.ms": 6000}).wait_ready()
    migrated.produce("events", story(1))
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "it works")
    broker.send_signal(signal.SIGSTOP)
    wait_until(lambda: is_not_ready(running, "Kafka"), "it says that it is not ready")
    broker.send_signal(signal.SIGCONT)
    running.wait_ready()
    migrated.produce("events", story(2))
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "it goes on")
    broker.send_signal(signal.SIGSTOP)
    wait_until(lambda: is_not_ready(running, "Kafka"), "it says that it is not ready")
    leaves(running)


# --- positions ---

def test_a_position_past_the_end(projected, launch):
    run_jobtrail(projected.settings(), "positions", "set", projected.topics["events"], "0", "5000")
    refuses_and_then_obeys(projected, launch, "the log ends at", 10)


def test_a_position_that_expired(projected, launch):
    projected.produce("events", stories(range(10, 20)))
    place = TopicPartition(projected.topics["events"], 0, 180)
    projected.admin.delete_records([place])[place].result(30)
    # Of 20 jobs with 12 events each, ten were read and five more are left.
    refuses_and_then_obeys(projected, launch, "the log begins at 180", 15)


@pytest.mark.parametrize("jobs", (5, 30), ids=("shorter than before", "longer than before"))
def test_a_topic_that_was_made_anew(projected, launch, jobs):
    make_topic_anew(projected)
    projected.produce("events", stories(range(50, 50 + jobs)))
    refuses_and_then_obeys(projected, launch, "made again", 10 + jobs)


def test_a_topic_that_is_made_anew_while_it_is_read(migrated, launch):
    make_topic_anew(migrated)
    running = launch(migrated.settings()).wait_ready()
    migrated.produce("events", stories(range(10)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 10}, "ten jobs are there")
    make_topic_anew(migrated)
    migrated.produce("events", stories(range(50, 80)))
    # If librdkafka saw neither the end nor the beginning of a topic, it has read on from the old offset:
    # then it is found by an older record, once a minute.
    log = ends_with(running, 1, 100)
    assert "made again" in log and migrated.topics["events"] in log
    obeys(migrated, launch, log, 40)


def test_another_cluster(projected, launch):
    projected.execute("update jobtrail_p1.source_position set cluster_id = 'the-one-before'")
    refuses_and_then_obeys(projected, launch, "the-one-before", 10)
    # It knows the cluster from now on, so that it would notice again.
    assert all(row["cluster_id"] for row in projected.rows(
        "select cluster_id from jobtrail.source_position"))


# --- others ---

def counts_are_exact(world):
    return world.rows(
        "select organization_id, coalesce(type, '') as type, status::int, count(*) as n"
        " from jobtrail_p1.job group by 1, 2, 3 order by 1, 2, 3") == world.rows(
        "select organization_id, type, status::int, sum(n)::int as n from jobtrail_p1.job_count"
        " group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3")


def test_two_processes_share_the_work(migrated, launch):
    first, second = (launch(migrated.settings()).wait_ready() for _ in range(2))
    migrated.produce("events", stories(range(200)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 200}, "all jobs are there")
    leaves(first)
    migrated.produce("events", stories(range(200, 400)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 400}, "the other does it alone")
    assert counts_are_exact(migrated)
    assert migrated.rows("select * from jobtrail.dead_letter") == []
    leaves(second)


def test_two_deployments_on_one_schema(migrated, launch):
    """Each reads everything, and each is in the other's way: it is said, and no harm is done."""
    settings = {**migrated.settings(), "batch.max-events": 100}
    both = [launch({**settings, "kafka.group.id": f"{migrated.name}.{name}"}).wait_ready()
            for name in ("one", "two")]
    jobs = 0

    def is_said():
        nonlocal jobs
        migrated.produce("events", stories(range(jobs, jobs + 50)))
        jobs += 50
        return any("two deployments share a schema" in each.log_text() for each in both)

    wait_until(is_said, "it is said", 60)
    wait_for_equal(lambda: statuses(migrated), {"successful": jobs}, "every job is right")
    assert counts_are_exact(migrated)
    assert migrated.rows("select * from jobtrail.dead_letter") == []
    for each in both:
        leaves(each)


def test_it_leaves_under_load(migrated, launch):
    """The batch is finished; the next process goes on where this one stood."""
    jobs = 1000
    migrated.produce("events", stories(range(jobs)))
    settings = {**migrated.settings(), "batch.max-events": 200}
    running = launch(settings)
    wait_until(lambda: statuses(migrated), "a job is there")
    leaves(running)
    again = launch(settings)
    wait_until(lambda: "serving" in again.log_text(), "the next one has begun")
    wait_for_equal(lambda: statuses(migrated), {"successful": jobs}, "all jobs are there", 60)
    leaves(again)


def test_it_leaves_whenever_it_is_asked(migrated, launch):
    """Also while it starts: not one of these is killed by the signal."""
    for after_words in ("serving", "the group gives partitions", "partition started"):
        running = launch(migrated.settings())
        wait_until(lambda: after_words in running.log_text(), after_words)
        leaves(running)


# --- the configuration ---

WRONG = (
    (["--set", "topic.event=x"], {}, "", ("topic.event", "topic.events")),
    (["--set", "workers=many"], {}, "", ("workers", "many")),
    (["--set", "admin.listen=nowhere"], {}, "", ("admin.listen",)),
    (["--set", "kafka.no.such.property=1"], {}, "", ("kafka.no.such.property",)),
    (["--set", "kafka.auto.offset.reset=earliest"], {}, "", ("kafka.auto.offset.reset",)),
    (["--set", "schema.registry.url=ftp://somewhere"], {}, "", ("http",)),
    (["--set", "http.base-url=jobs.example"], {}, "", ("http.base-url", "https://")),
    (["--set", "http.base-url=ftp://jobs.example"], {}, "", ("http.base-url", "https://")),
    (["--set", "http.base-url=https://jobs.example/?a"], {}, "", ("http.base-url", "query")),
    (["--set", "http.base-url=https://jobs.example/#"], {}, "", ("http.base-url", "fragment")),
    (["--set", "http.base-url=https://a:b@jobs.example/"], {}, "", ("http.base-url", "credentials")),
    (["--set", "job.silent-after=Load=soon"], {}, "", ("job.silent-after", "Load=soon", "365d")),
    (["--set", "schema.directory=/no/such/folder"], {}, "", ("/no/such/folder",)),
    (["--set", "postgres.conninfo=host"], {}, "", ("postgres.conninfo",)),
    ([], {"JOBTRAIL_WORKER": "2"}, "", ("JOBTRAIL_WORKER", "JOBTRAIL_WORKERS")),
    ([], {"JOBTRAIL_LOG_LEVEL": "loud"}, "", ("loud", "debug")),
    ([], {}, "workers = 2\ntopic.evnts = a\n", (":2:", "topic.evnts", "topic.events")),
    ([], {}, "\n\nbatch.max-events = -1\n", (":3:", "batch.max-events")),
    ([], {}, "[section]\n", (":1:",)),
)


@pytest.mark.parametrize("arguments, environment, file, words", WRONG)
def test_a_wrong_configuration(migrated, tmp_path, arguments, environment, file, words):
    path = tmp_path / "jobtrail.conf"
    path.write_text(file, encoding="utf-8")
    done = subprocess.run(
        [os.environ["DEV_JOBTRAIL"], "serve", "--config", path, "--set", "admin.listen=127.0.0.1:0",
         *arguments], env={**environment_of(migrated.settings()), **environment},
        capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 3, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
