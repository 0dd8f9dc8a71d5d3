# SPDX-License-Identifier: Apache-2.0
"""Everything that can go wrong does, from a seed, while events and cancel requests come and a witness asks
what the processes claim. What comes of it is what the naive fold says, every entitled request is served
exactly once, nothing stands still for longer than 30 s after its fault ended, and no statement is false."""
import itertools
import os
import random
import threading
import time

import pytest

from cancel_jobs import Job, check_commands, check_decisions, check_ledger, wait_until_told
from faults import ALONE, FAULTS
from field import FIRST_STORY, Field
from test_crashes import check_totals, projected, send_random_events
from test_failed_batches import cpu_seconds
from waiting import wait_until
from witness import ORGANIZATION, Witness

SEED = int(os.environ.get("DEV_CHAOS_SEED", "1"))
FAULTS_IN_ALL = int(os.environ.get("DEV_CHAOS_FAULTS", "1000"))
EVENTS_A_FAULT = 1000
JOBS_A_BURST = 500
CANCELLED_JOBS = 600
ROUNDS_UNTIL_REST = 10
STUCK_S = 30
IDLE_S = 20


class Traffic:
    """Random events, as many as there have to be by now, and cancel requests, spread over the whole."""

    def __init__(self, field):
        self.field = field
        self.expected = {}  # by the prefix of a burst, its rows
        self.asked = []
        # Requests for a job that nobody knows wait, and so do those behind them: a few are enough.
        self.to_ask = [job for job in map(Job, range(CANCELLED_JOBS)) if job.kind != "late"
                       and (job.kind != "other organisation" or job.id.endswith("99"))]
        self.wanted = 0  # bursts
        self.is_ending = threading.Event()
        self.thread = threading.Thread(target=self._send, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        """Once all that is wanted is sent."""
        self.is_ending.set()
        self.thread.join(600)
        assert not self.thread.is_alive(), "not all events could be sent"

    def _send(self):
        while not self.is_ending.wait(0.2) or len(self.expected) < self.wanted:
            if len(self.expected) < self.wanted:
                number = len(self.expected)
                self.expected[f"{number}-"] = send_random_events(
                    self.field.world, JOBS_A_BURST, SEED * 10_000 + number, f"{number}-")
            self._ask()

    def _ask(self):
        share = min(1, self.field.faults() / (FAULTS_IN_ALL * 0.95))
        jobs = self.to_ask[len(self.asked):int(len(self.to_ask) * share)]
        if jobs:
            self.field.world.produce("events", [event for job in jobs for event in job.events()])
            self.field.world.produce("cancel-requests", [request for job in jobs for request in job.requests])
            self.asked += jobs


def run_faults(field, chosen, dice):
    """Side by side, each with its own dice."""
    def run(fault, own_dice):
        began = time.strftime("%H:%M:%S")
        try:
            fault(field, own_dice)
        except BaseException as error:  # pylint: disable=broad-except
            field.tell(f"the fault {fault.__name__}, begun at {began}, could not be made: {error!r}")
        field.counts[fault.__name__] = field.counts.get(fault.__name__, 0) + 1

    threads = [threading.Thread(target=run, args=(fault, random.Random(dice.random()))) for fault in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rage(field, traffic, dice):
    """Rounds of faults, with a look after some of them whether everything comes to rest. How long the
    longest of these took."""
    longest = 0
    for number in itertools.count(1):
        if field.faults() >= FAULTS_IN_ALL:
            return longest
        alone = number % 5 == 0
        run_faults(field, [dice.choice(ALONE)] if alone else dice.sample(FAULTS, dice.choice((2, 3, 4))), dice)
        traffic.wanted = 1 + field.faults() * EVENTS_A_FAULT // 10 // JOBS_A_BURST
        if number % ROUNDS_UNTIL_REST == 0:
            took = field.await_rest(STUCK_S)
            longest = max(longest, took)
            print(f"{time.strftime('%H:%M:%S')} {field.faults()} faults, {len(traffic.expected)} bursts, "
                  f"{len(traffic.asked)} jobs asked about; at rest after {took:.1f} s", flush=True)


def check_rows(field, traffic):
    for prefix, expected in traffic.expected.items():
        assert projected(field.world, prefix) == expected, f"burst {prefix} is not what the naive fold says"
    check_totals(field.world)
    told = {row["job_id"] for row in field.world.rows("select job_id from jobtrail.job where organization_id = 'org-t'")}
    assert told - field.in_doubt == field.committed - field.in_doubt
    remade = field.world.rows("select count(*) as n from jobtrail.job where organization_id = 'org-a'"
                              f" and job_id >= 'job-{FIRST_STORY}' and status = 'successful'")[0]["n"]
    assert remade == field.next_story - FIRST_STORY, "jobs of the topic that was made anew"


def check_probes(field, witness):
    have = field.world.rows("select count(*) as n from jobtrail.job where organization_id = %s", (ORGANIZATION,))[0]["n"]
    assert len(witness.acknowledged) <= have <= witness.sent
    assert all(witness.counts[kind] for kind in ("as of", "total", "lag of nothing", "ready", "reason")), witness.counts


def check_idle(field):
    before = [cpu_seconds(member.running) for member in field.members]
    time.sleep(IDLE_S)
    used = [(cpu_seconds(member.running) - was) / IDLE_S for member, was in zip(field.members, before)]
    print("idle, of a core:", ", ".join(f"{share:.1%}" for share in used), flush=True)
    assert max(used) < 0.03, used


@pytest.mark.long
def test_chaos(tmp_path):
    field = Field(tmp_path)
    try:
        field.start()
        field.await_rest(60)
        witness, traffic = Witness(field).start(), Traffic(field).start()
        longest = rage(field, traffic, random.Random(SEED))
        traffic.stop()
        witness.stop()
        longest = max(longest, field.await_rest(STUCK_S))
        wait_until_told(field.world, traffic.asked)
        print(f"seed {SEED}: {field.counts}, {sum(field.log_ends().values())} events at last; "
              f"held against the truth: {witness.counts}; rest after {longest:.1f} s at most", flush=True)
        check_rows(field, traffic)
        check_probes(field, witness)
        check_ledger(field.world, traffic.asked)
        check_commands(field.world, traffic.asked)
        check_decisions(field.world, traffic.asked)
        assert field.world.rows("select count(*)::int as n from jobtrail.dead_letter")[0]["n"] == field.unknown
        check_idle(field)
        assert not field.told, "\n".join(field.told)
    finally:
        field.remove()
