# SPDX-License-Identifier: Apache-2.0
"""jobtrail verify: an untouched model has no difference, whatever the service does meanwhile; each
change that somebody made is found and named with the right value; what cannot be judged is said; and
nothing is changed by looking. JOBTRAIL_SEED and JOBTRAIL_CASES make another run."""
import datetime
import json
import os
import random
import signal
import subprocess
import threading
import time

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewTopic

from jobtrail_process import environment_of, run_jobtrail
from needs import need
from stories import (BASE_US, LATER, of_a_later_schema, send_random_events, single_object, stories,
                     story)
from verification import Verification
from waiting import wait_until
from world import PARTITIONS

pytestmark = pytest.mark.every_postgres

SEED = int(os.environ.get("JOBTRAIL_SEED", "1"))


def project(world, running):
    """Until all is projected; then nobody reads or writes any more."""
    wait_until(world.is_caught_up, "all is projected")
    running.stop()


# --- nothing differs ---

@pytest.mark.any_postgres
def test_an_untouched_model_while_the_service_goes_on(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    send_random_events(migrated, 300, SEED)
    migrated.produce("events", stories(range(300)))
    wait_until(migrated.is_caught_up, "all is projected")
    is_over = threading.Event()

    def go_on():
        number = 0
        while not is_over.is_set():
            number += 1
            # A later attempt changes all of a job that was compared, or will be.
            migrated.produce("events", [
                single_object("JobStarted", job_id=f"job-{(number * 7 + n) % 300:05d}", attempt=number + 1,
                              occurred_at=BASE_US + number, message=f"again {number}") for n in range(50)])
            migrated.produce("events", story(1000 + number))

    others = threading.Thread(target=go_on)
    others.start()
    try:
        for _ in range(3):
            # So slow that rows are others when it comes to them.
            found = Verification(settings, "--rate", "4000")
            assert found.summary["same"] == found.summary["jobs"] > 500, found.text()
            assert found.reasons() <= {"NEWER"} and found.summary["totals_compared"]
    finally:
        is_over.set()
        others.join()
    running.stop()


def tables_of(world):
    tables = [row["name"] for row in world.rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname ~ '^jobtrail'")]
    return {table: world.rows(f"select t::text from {table} as t order by 1") for table in tables}


def writes_of(world):
    """What was ever written to the tables, whoever did so."""
    return world.rows("select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables"
                      " where schemaname ~ '^jobtrail' order by schemaname, relname")


def test_nothing_is_changed_by_looking(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    send_random_events(migrated, 100, SEED)
    project(migrated, running)
    wait_until(lambda: sum(row["n_tup_ins"] for row in writes_of(migrated)) > 100, "writes are counted")
    time.sleep(1)  # counters are told when a session has a moment
    groups = {group.group_id for group in migrated.admin.list_consumer_groups().result(30).valid}
    before = (tables_of(migrated), writes_of(migrated))
    ends = {topic: migrated.log_ends(topic) for topic in migrated.topics}
    Verification(settings)
    assert (tables_of(migrated), writes_of(migrated)) == before
    assert {topic: migrated.log_ends(topic) for topic in migrated.topics} == ends
    mine = {group.group_id for group in migrated.admin.list_consumer_groups().result(30).valid} - groups
    assert not [group for group in mine if migrated.name in group or "verify" in group], mine


def test_jobs_for_which_there_is_no_memory_are_left_to_another_pass(migrated, serve):
    settings = migrated.settings()
    running = serve(settings)
    migrated.produce("events", [("k", b"no Avro", []), *stories(range(2500))])
    project(migrated, running)
    found = Verification(settings, "--memory", "1MiB")
    assert found.summary["passes"] >= 3 and found.summary["same"] == 2500, found.text()
    assert found.summary["dead_letters"] == 1  # however many passes meet it
    migrated.execute("update jobtrail_p1.job set progress = 7 where job_id in ('job-00000', 'job-01300', 'job-02499');"
                     "delete from jobtrail_p1.job where job_id = 'job-01700'")
    found = Verification(settings, "--memory", "1MiB", status=1)
    kinds = {job: [(line["kind"], line.get("part"), line["expected"]) for line in lines]
             for job, lines in found.by_job().items()}
    wrong = [("value", "progress", "100")]
    assert kinds == {"job-00000": wrong, "job-01300": wrong, "job-02499": wrong,
                     "job-01700": [("missing", None, "successful")]}, found.text()
    # Of the totals the deleted row is missing, too.
    assert [(line["stored"], line["expected"]) for line in found.differences("total")] == [("2500", "2499")]


# --- each change is found ---

def shown(value):
    """A column as verify tells it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value)


STATUSES = ("accepted", "running", "successful", "failed", "dismissed")
NUMBERS = ("attempt", "progress")
TEXTS = ("type", "creator_id", "message", "error_code", "error_detail", "result_uri")
FLAGS = ("creator_disputed", "cancellable")
TIMES = ("created_at", "started_at", "finished_at", "updated_at")
PACKED = ("state", "history")
COLUMNS = ("status", *NUMBERS, *TEXTS, *FLAGS, *TIMES, *PACKED)


def another(dice, column, value):
    """A value that the column could have and has not."""
    if column == "status":
        return dice.choice([number for number in range(5) if number != value])
    if column in NUMBERS:
        return dice.choice([number for number in range(1, 100) if number != value])
    if column in TEXTS:
        return dice.choice([text for text in (None, "", "x", "other", (value or "") + "!") if text != value])
    if column in FLAGS:
        return not value
    if column in TIMES:
        away = datetime.timedelta(microseconds=dice.choice((-1, 1)) * 10 ** dice.randrange(12))
        return (value or datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)) + away
    place = dice.randrange(len(value))
    return value[:place] + bytes([value[place] ^ 1 << dice.randrange(8)]) + value[place + 1:]


def change_rows(world, dice, jobs):
    """Changes one column of each of the jobs; {job_id: (column, what it was)}."""
    changed = {}
    for number, job_id in enumerate(jobs):
        column = COLUMNS[number % len(COLUMNS)]
        row = world.rows(f"select {column} as it from jobtrail_p1.job where job_id = %s", (job_id,))[0]
        changed[job_id] = (column, row["it"])
        world.rows(f"update jobtrail_p1.job set {column} = %s where job_id = %s returning 1",
                   (another(dice, column, row["it"]), job_id))
    return changed


def assert_events_are_there(lines, records):
    """The events that are named stand where they are said to stand."""
    for line in lines:
        for event in line["events"]:
            assert event["event_id"].encode() in records[event["partition"], event["offset"]], line
        if line.get("part") in ("status", "attempt", "updated_at"):
            assert line["events"], line


def check_changed_rows(found, changed, records):
    jobs = found.by_job()
    assert jobs.keys() == changed.keys(), jobs.keys() ^ changed.keys()
    for job_id, (column, before) in changed.items():
        lines = jobs[job_id]
        assert {line["kind"] for line in lines} == {"value"}, lines
        if column in PACKED:
            assert all(line["part"].split(".")[0] == column for line in lines), lines
        else:
            expected = STATUSES[before] if column == "status" else shown(before)
            assert [(line["part"], line["expected"]) for line in lines] == [(column, expected)], lines
        assert_events_are_there(lines, records)


def random_model(world, serve, jobs):
    running = serve(world.settings())
    send_random_events(world, jobs, SEED)
    project(world, running)
    return {(message.partition(), message.offset()): message.value() for message in world.everything("events")}


def find_each_change_of_a_row(world, serve, cases):
    dice = random.Random(SEED)
    records = random_model(world, serve, 2 * cases)
    jobs = sorted(row["job_id"] for row in world.rows("select job_id from jobtrail.job"))
    dice.shuffle(jobs)
    changed = change_rows(world, dice, jobs[:cases])
    check_changed_rows(Verification(world.settings(), status=1), changed, records)


CASES = int(os.environ.get("JOBTRAIL_CASES", "170"))  # ten of each column


@pytest.mark.early
def test_each_change_of_a_row_is_found(migrated, serve):
    find_each_change_of_a_row(migrated, serve, CASES)


@pytest.mark.long
def test_each_of_a_thousand_changes_is_found(migrated, serve):
    find_each_change_of_a_row(migrated, serve, 1000)


def test_each_missing_row_and_each_that_is_too_many_is_found(migrated, serve):
    dice = random.Random(SEED)
    records = random_model(migrated, serve, 120)
    jobs = sorted(row["job_id"] for row in migrated.rows("select job_id from jobtrail.job"))
    missing, renamed = jobs[::4], jobs[1::4]
    for job_id in missing:
        migrated.rows("delete from jobtrail_p1.job where job_id = %s returning 1", (job_id,))
    for job_id in renamed:
        migrated.rows("update jobtrail_p1.job set job_id = %s where job_id = %s returning 1",
                      (f"{dice.choice('0z')}-{job_id}", job_id))
    found = Verification(migrated.settings(), status=1)
    lines = found.differences("missing")
    assert sorted(line["job_id"] for line in lines) == sorted(missing + renamed), found.text()
    assert all(line["events"] for line in lines)
    assert_events_are_there(lines, records)
    assert sorted(line["job_id"][2:] for line in found.differences("extra")) == sorted(renamed)


def test_each_total_that_is_wrong_is_found(migrated, serve):
    dice = random.Random(SEED)
    running = serve(migrated.settings())
    migrated.produce("events", (
        single_object("JobCreated", job_id=f"job-{n}", organization_id=f"org-{n % 5}", type=f"type-{n % 12}",
                      occurred_at=BASE_US, creator_id=None) for n in range(600)))
    project(migrated, running)
    totals = migrated.rows("select organization_id, type, sum(n)::bigint as n from jobtrail_p1.job_count"
                           " group by 1, 2 order by 1, 2")
    assert len(totals) == 60
    expected = {}
    for total in totals[::2]:
        key = (total["organization_id"], total["type"])
        by = dice.choice([n for n in range(-12, 13) if n])
        migrated.rows("update jobtrail_p1.job_count set n = n + %s where ctid = (select min(ctid) from"
                      " jobtrail_p1.job_count where organization_id = %s and type = %s) returning 1", (by, *key))
        expected[key] = (str(total["n"] + by), str(total["n"]))
    found = Verification(migrated.settings(), status=1)
    assert not found.by_job()
    assert {(line["organization_id"], line["type"]): (line["stored"], line["expected"])
            for line in found.differences("total")} == expected
    of_one = Verification(migrated.settings(), "--organization", "org-1", status=1)
    assert {(line["organization_id"], line["type"]) for line in of_one.differences()} == \
        {key for key in expected if key[0] == "org-1"}


def test_for_people_it_is_plain_lines(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", story(1))
    project(migrated, running)
    migrated.execute("update jobtrail_p1.job set type = E'x\\x1b[31m', message = ''; update jobtrail_p1.job_count set n = 3")
    done = subprocess.run([need("DEV_JOBTRAIL")[0], "verify"], env=environment_of(migrated.settings()),
                          capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    created = next(line for line in lines if line.startswith("         by event"))
    assert done.returncode == 1 and "\x1b" not in done.stdout + done.stderr, done.stdout
    assert 'differs  value    org-a job-00001 type: stored "x [31m", expected "Load"' in lines, done.stdout
    assert 'differs  value    org-a job-00001 message: stored "", expected nothing' in lines, done.stdout
    assert f"at {migrated.topics['events']}[" in created and "offset 0" in created
    assert 'differs  total    org-a type "Load" successful: stored "3", expected "0"' in lines, done.stdout
    assert "1 jobs compared: 0 the same, 1 differ, 0 hold" in done.stdout and "totals: 2 differ" in lines
    assert "the read model differs from the log: 1 jobs, 2 totals" in done.stderr


# --- some of it ---

def test_an_organisation_or_a_sample(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", (
        single_object("JobCreated", job_id=f"job-{n}", organization_id=f"org-{n % 2}", type="Load",
                      occurred_at=BASE_US, creator_id=None) for n in range(1000)))
    project(migrated, running)
    migrated.execute("update jobtrail_p1.job set message = 'mine' where organization_id = 'org-1'")
    found = Verification(migrated.settings(), "--organization", "org-0")
    assert found.summary["jobs"] == found.summary["same"] == 500
    assert Verification(migrated.settings(), "--organization", "org-1", status=1).summary["differing"] == 500
    sample = Verification(migrated.settings(), "--sample", "20%", status=1)
    assert 100 <= sample.summary["jobs"] <= 300, sample.summary
    again = Verification(migrated.settings(), "--sample", "20%", "--rate", "500", status=1)
    assert again.by_job().keys() == sample.by_job().keys()
    larger = Verification(migrated.settings(), "--sample", "40%", status=1)
    assert larger.by_job().keys() > sample.by_job().keys()


def test_since_a_moment(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(20)))
    wait_until(migrated.is_caught_up, "the first are projected")
    time.sleep(0.1)
    since = datetime.datetime.now(datetime.timezone.utc).isoformat()
    migrated.produce("events", stories(range(20, 30)))
    migrated.produce("events", [single_object("JobStarted", job_id="job-00005", attempt=2, occurred_at=BASE_US + 99)])
    project(migrated, running)
    found = Verification(migrated.settings(), "--since", since)
    assert (found.summary["records"], found.summary["same"], found.summary["in_part"]) == (121, 10, 1), found.text()
    assert found.summary["jobs"] == 11 and not found.reasons()
    # What happened before is not looked at.
    migrated.execute("update jobtrail_p1.job set started_at = null where job_id in ('job-00001', 'job-00005');"
                     "delete from jobtrail_p1.job where job_id in ('job-00002', 'job-00022')")
    found = Verification(migrated.settings(), "--since", since, status=1)
    assert {job: lines[0]["kind"] for job, lines in found.by_job().items()} == \
        {"job-00005": "value", "job-00022": "missing"}, found.text()
    assert Verification(migrated.settings(), "--since", "1h", status=1).by_job().keys() == \
        {"job-00001", "job-00002", "job-00005", "job-00022"}


@pytest.mark.parametrize("arguments", (("--since", "yesterday"), ("--sample", "0%"), ("--sample", "101%"), ("--sample", "1"), ("--memory", "1"),
                                       ("--rate", "0"), ("--output", "xml"), ("org-a",)), ids=" ".join)
def test_what_is_no_choice_is_refused(world, arguments):
    run_jobtrail(world.settings(), "verify", *arguments, status=2)


# --- what cannot be judged ---

def test_what_the_log_no_longer_has_is_not_judged(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(200)))
    project(migrated, running)
    places = [TopicPartition(migrated.topics["events"], partition, end // 2)
              for partition, end in migrated.log_ends("events").items()]
    for place in migrated.admin.delete_records(places).values():
        place.result(30)
    found = Verification(migrated.settings())
    assert found.reasons() == {"TRUNCATED"} and len(found.of("not_judged")) == 4, found.text()
    assert found.summary["in_part"] + found.summary["not_judged"] + found.summary["same"] == 200
    assert found.summary["not_judged"] > 50
    # A row that contradicts itself, or lacks what the log still has, differs all the same.
    migrated.execute("update jobtrail_p1.job set progress = 7 where job_id = 'job-00000';"
                     "update jobtrail_p1.job set updated_at = 'epoch' where job_id = 'job-00199'")
    found = Verification(migrated.settings(), status=1)
    assert {job: [(line["part"], line["expected"]) for line in lines] for job, lines in found.by_job().items()} == {
        "job-00000": [("progress", "100")],
        "job-00199": [("updated_at", shown(datetime.datetime.fromtimestamp(
            BASE_US // 1000000 + 199, datetime.timezone.utc) + datetime.timedelta(microseconds=1000)))]}, found.text()


def test_what_the_service_has_not_read_yet_is_not_judged(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(50)))
    project(migrated, running)
    migrated.produce("events", stories(range(25, 100)))
    found = Verification(migrated.settings())
    assert found.reasons() == {"NEWER"} and found.summary["not_read_yet"] == 75 * 12, found.text()
    assert found.summary["jobs"] == found.summary["same"] == 50


def test_a_topic_that_is_gone_or_was_made_again(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(50)))
    project(migrated, running)
    migrated.delete_topic("events")
    found = Verification(migrated.settings(), "--timeout", "2")
    assert found.reasons() == {"UNREADABLE"} and found.summary["not_judged"] == 50, found.text()
    migrated.create_topics([NewTopic(migrated.topics["events"], PARTITIONS, 1)])
    migrated.produce("events", stories(range(50, 200)))
    found = Verification(migrated.settings(), status=1)
    assert "made again" in found.errors and not found.differences()


def test_a_topic_of_which_no_position_is_kept(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(5)))
    project(migrated, running)
    run_jobtrail(migrated.settings(), "positions", "forget", migrated.topics["events"])
    found = Verification(migrated.settings())
    assert "NOT_READ" in found.reasons() and found.summary["not_judged"] == 5, found.text()


def test_servers_that_are_away(migrated):
    away = {"kafka.bootstrap.servers": "127.0.0.1:1"}
    Verification({**migrated.settings(), **away}, status=75)
    Verification({**migrated.settings(), "postgres.conninfo": "host=127.0.0.1 port=1"}, status=75)


# --- dead letters, and what is ignored ---

def test_dead_letters_and_what_is_ignored_are_no_difference(migrated, serve, tmp_path):
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    settings = {**migrated.settings(), "schema.directory": schemas, "dead-letters.patience": "0s"}
    running = serve(settings)
    migrated.produce("events", [*stories(range(20)), ("k", b"no Avro", []), *(
        of_a_later_schema(f"job-{n:05d}") for n in range(5)), *(of_a_later_schema(f"late-{n}") for n in range(5))])
    project(migrated, running)
    assert len(migrated.rows("select id from jobtrail.dead_letter")) == 11
    found = Verification(settings)
    assert found.summary["same"] == 20 and found.summary["dead_letters"] == 11, found.text()
    # Now they could be understood; they were put aside all the same.
    (schemas / "later.avsc").write_text(json.dumps(LATER), encoding="utf-8")
    found = Verification(settings)
    assert found.summary["same"] == 20 and found.summary["dead_letters"] == 11, found.text()
    # Nobody has put them aside: then the row lacks them.
    migrated.execute("delete from jobtrail.dead_letter")
    found = Verification(settings, status=1)
    assert len(found.differences("missing")) == 5 and len(found.by_job()) == 10, found.text()
    # Nobody knows their schema any more: then what rows have besides could be theirs.
    for schema in schemas.iterdir():
        schema.unlink()
    migrated.execute("insert into jobtrail_p1.job select (j).* from (select jsonb_populate_record(job,"
                     " '{\"job_id\": \"mine\"}') as j from jobtrail_p1.job limit 1) as one")
    found = Verification(settings, status=1)
    assert found.reasons() == {"UNDECODABLE"} and not found.by_job(), found.text()
    assert found.summary["undecodable"] == 10 and found.summary["not_judged"] == 1


def test_a_dead_letter_of_the_log_before_hides_no_event(migrated, serve):
    """It stands where the topic, made again, has an event."""
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(20)))
    project(migrated, running)
    migrated.execute("insert into jobtrail.dead_letter (topic, partition, record_offset, timestamp_ms, stage, reason,"
                     " message, header_names, header_values) select topic, partition, o, 1, 'decode', 'FRAMING', '',"
                     " '{}', '{}' from jobtrail.source_position, generate_series(0, next_offset - 1) as o")
    found = Verification(migrated.settings())
    assert found.summary["same"] == 20 and found.summary["dead_letters"] == 0, found.text()


# --- Ctrl-C ---

def test_it_can_be_interrupted_and_repeated(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(200)))
    project(migrated, running)
    with subprocess.Popen([need("DEV_JOBTRAIL")[0], "verify", "--rate", "20"], env=environment_of(migrated.settings()),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        first = running.stderr.readline()  # how far it is
        assert "records" in first and "\x1b" not in first, first
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130 and "interrupted: 0 jobs were compared" in told, told
    assert Verification(migrated.settings()).summary["same"] == 200
