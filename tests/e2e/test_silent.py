# SPDX-License-Identifier: Apache-2.0
"""job.silent-after: of which running jobs nothing was heard for too long, by their type."""
from datetime import datetime

from asking import created, now_us
from http_api import Api
from stories import single_object
from waiting import wait_until
from world import micros

HOUR_US = 3600 * 1_000_000


def test_running_jobs_that_keep_still(migrated, serve, tmp_path):
    api = Api(tmp_path)
    serve({**api.settings(migrated.settings()), "job.silent-after": "2h,Load=30m,Seed=never"})
    start = now_us() - HOUR_US
    migrated.produce("events", [
        event for job, kind in (("load", "Load"), ("seed", "Seed"), ("other", "Other"), ("done", "Load"))
        for event in (created(job, type=kind, occurred_at=start), single_object("JobStarted", job_id=job, occurred_at=start))]
        + [single_object("JobSucceeded", job_id="done", occurred_at=start), created("new", occurred_at=start)])
    wait_until(migrated.is_caught_up, "all is projected")
    ada = api.member("ada", "Manager")
    listed = {job["jobID"]: job.get("silent") for job in ada.get("/jobs").json()["jobs"]}
    assert listed == {"load": True, "seed": None, "other": None, "done": None, "new": None}
    shown = {job: ada.get(f"/jobs/{job}").json() for job in listed}
    assert {job: shown[job].get("silent") for job in listed} == listed
    after_us = {job: micros(datetime.fromisoformat(told["silentFrom"])) - start
                for job, told in shown.items() if "silentFrom" in told}
    assert after_us == {"load": HOUR_US // 2, "other": 2 * HOUR_US}
    migrated.produce("events", [single_object("JobProgressed", job_id="load", occurred_at=now_us(), progress=1)])
    wait_until(lambda: "silent" not in ada.get("/jobs/load").json(), "a sign of life ends it")
