# SPDX-License-Identifier: Apache-2.0
"""jobtrail serve as its operators know it: started, stopped, killed, started again."""
import io
import uuid

import fastavro

import interop_events
from jobtrail_process import run_jobtrail
from waiting import wait_for_equal, wait_until

BASE_US = 1_714_557_600_000_000


def single_object(record, **fields):
    """An event as (key, value, headers)."""
    schema = interop_events.plain_schema(record)
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    value = io.BytesIO()
    value.write(b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")))
    fields = {"event_id": str(uuid.uuid4()), "organization_id": "org-a", **fields}
    fastavro.schemaless_writer(value, schema, fields)
    return fields["job_id"], value.getvalue(), []


def story(number):
    """A job from its creation to its success."""
    job = {"job_id": f"job-{number:05d}"}
    start_us = BASE_US + number * 1_000_000
    yield single_object("JobCreated", **job, occurred_at=start_us, type="Load", creator_id="ada")
    yield single_object("JobStarted", **job, occurred_at=start_us + 1)
    for progress in range(10, 100, 10):
        yield single_object("JobProgressed", **job, occurred_at=start_us + progress,
                            progress=progress)
    yield single_object("JobSucceeded", **job, occurred_at=start_us + 1000)


def statuses(world):
    rows = world.rows("select status, count(*) as jobs from jobtrail.job group by status")
    return {row["status"]: row["jobs"] for row in rows}


def test_migrating_twice_changes_nothing(world):
    run_jobtrail(world.settings(), "migrate")
    before = world.rows("select table_name, column_name, data_type from information_schema.columns"
                        " where table_schema like 'jobtrail%' order by 1, 2")
    run_jobtrail(world.settings(), "migrate")
    after = world.rows("select table_name, column_name, data_type from information_schema.columns"
                       " where table_schema like 'jobtrail%' order by 1, 2")
    assert before and after == before


def test_serve_refuses_an_empty_database(world, tmp_path):
    """It names the command that is missing, and ends, rather than making tables by itself."""
    from jobtrail_process import Serve
    running = Serve(world.settings(), tmp_path)
    try:
        assert running.process.wait(30) != 0
        assert "migrate" in running.log_text()
    finally:
        running.close()


def test_events_become_rows(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", (event for number in range(50) for event in story(number)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 50}, "50 jobs are successful")
    running.stop()


def test_a_kill_loses_and_repeats_nothing(migrated, serve):
    """Killed in the midst of its work again and again, it ends where it would have without."""
    jobs = 2000
    migrated.produce("events", (event for number in range(jobs) for event in story(number)))
    for least in (1, jobs // 4, jobs // 2):
        running = serve(migrated.settings())
        wait_until(lambda least=least: sum(statuses(migrated).values()) >= least,
                   f"{least} jobs are seen")
        running.kill()
    running = serve(migrated.settings())
    wait_for_equal(lambda: statuses(migrated), {"successful": jobs}, f"{jobs} jobs are successful",
                   60)
    running.stop()
    assert migrated.rows("select count(*) as letters from jobtrail.dead_letter")[0]["letters"] == 0


def test_what_cannot_be_understood_is_kept(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", [("a", b"nonsense", [("h", b"1")]), *story(1)])
    wait_for_equal(lambda: statuses(migrated), {"successful": 1}, "the job after it is there")
    letters = wait_until(lambda: migrated.rows("select * from jobtrail.dead_letter"),
                         "the nonsense is a dead letter")
    assert len(letters) == 1
    running.stop()
