# SPDX-License-Identifier: Apache-2.0
"""10,000 cancel requests through two processes that are killed at every step: no command without an
equal creator, exactly one command for whoever is entitled, nothing granted is lost."""
import os
import random
import signal

import pytest

from cancel_jobs import Job, check, wait_until_asked, wait_until_told
from jobtrail_process import Serve
from waiting import wait_until

pytestmark = pytest.mark.early
JOBS = 2000
# The steps of a request in the gate, and of a command in the relay (see FAULT_POINT in service/).
FAULTS = ("gate_consumed", "ledger_facts", "cancel_positions_move", "cancel_requests_add",
          "outbox_notify", "gate_committed", "outbox_produced", "outbox_acknowledged", "outbox_before_mark")


def settings_for(world, wait="20s"):
    return {**world.settings(), "cancel.requests.wait": wait}


def die_at(world, tmp_path, fault, requests, **settings):
    """Two processes that die when they come by; what they leave behind is the next ones'."""
    running = [Serve(settings_for(world, **settings), tmp_path, binary=os.environ["DEV_JOBTRAIL_FAULTS"],
                     environment={"FAULT_POINT": f"{fault}:{number + 1}"}) for number in range(2)]
    try:
        world.produce("cancel-requests", requests)
        wait_until(lambda: any(each.process.poll() is not None for each in running),
                   f"one dies at {fault}")
        assert -signal.SIGKILL in [each.process.poll() for each in running], running[0].log_text()
    finally:
        for each in running:
            each.close()


@pytest.mark.parametrize("seed", [1])
def test_nobody_else_and_nothing_lost(migrated, serve, tmp_path, seed):
    jobs = [Job(number) for number in range(JOBS)]
    early = [job for job in jobs if job.kind != "late"]
    late = [job for job in jobs if job.kind == "late"]
    running = serve(settings_for(migrated), "--only", "project")
    migrated.produce("events", (event for job in early for event in job.events()))
    wait_until(lambda: migrated.is_caught_up(), "the jobs are there", 60)
    running.stop()
    requests = [request for job in early for request in job.requests]
    random.Random(seed).shuffle(requests)
    size = -(-len(requests) // len(FAULTS))
    for place, fault in enumerate(FAULTS):
        die_at(migrated, tmp_path, fault, requests[place * size:(place + 1) * size])
    running = serve(settings_for(migrated))
    wait_until_asked(migrated, early)
    running.stop()
    # These wait for their jobs, and longer than all this may take.
    die_at(migrated, tmp_path, "cancel_requests_add", [request for job in late for request in job.requests],
           wait="1h")
    running = [serve(settings_for(migrated, wait="1h")) for _ in range(2)]
    migrated.produce("events", (event for job in late for event in job.events()))
    wait_until_told(migrated, jobs)
    for each in running:
        each.stop()
    check(migrated, jobs)
