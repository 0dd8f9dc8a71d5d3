# SPDX-License-Identifier: Apache-2.0
"""Jobs of every kind, who asks for their end, what must come of that, and whether it did."""
import collections
import io

import fastavro

from asking import asked, created, now_us
from stories import single_object, written_with
from waiting import wait_until

KINDS = ("running", "running", "running", "retried", "late", "nobody's", "disputed", "finished",
         "not cancellable", "other organisation")
LOOK_ALIKES = (str.upper, str.title, lambda name: name + " ", lambda name: " " + name,
               lambda name: name[:-1], lambda name: name + "x", lambda name: name.replace("é", "e\u0301"),
               lambda name: name.replace("a", "\u0430"), lambda name: name + "\u200b",
               lambda name: "org-a")


class Job:
    """A job, what is told of it, who asks for its end, and what must come of that."""

    def __init__(self, number):
        self.id = f"job-{number:05d}"
        self.kind = KINDS[number % len(KINDS)]
        self.creator = f"mémber-a{number % 7}"
        self.attempt = 2 if self.kind == "retried" else 1
        stranger, look_alike = f"mémber-a{(number + 1) % 7}", LOOK_ALIKES[number % len(LOOK_ALIKES)]
        mine, again, others, alike = (asked(self.id, who, request_id=f"{number:08x}-0000-4000-8000-{place:012x}")
                                      for place, who in enumerate(
                                          (self.creator, self.creator, stranger, look_alike(self.creator))))
        self.requests = [mine, mine, again, others, alike]
        self.expected = {f"{number:08x}-0000-4000-8000-{place:012x}": reason
                         for place, reason in enumerate(
                             [self.creators_reason()] * 2 + [self.strangers_reason()] * 2)}

    def creators_reason(self):
        return {"nobody's": "NOT_CREATOR", "disputed": "NOT_CREATOR", "finished": "ALREADY_FINISHED",
                "not cancellable": "NOT_CANCELLABLE", "other organisation": "UNKNOWN_JOB"}.get(
                    self.kind, "granted")

    def strangers_reason(self):
        return "UNKNOWN_JOB" if self.kind == "other organisation" else "NOT_CREATOR"

    def is_entitled(self):
        return self.creators_reason() == "granted"

    def events(self):
        creator = None if self.kind == "nobody's" else self.creator
        organization = "org-b" if self.kind == "other organisation" else "org-a"
        yield created(self.id, creator, organization_id=organization,
                      cancellable=self.kind != "not cancellable")
        if self.kind == "disputed":
            yield created(self.id, self.creator + "'")
        if self.kind == "finished":
            yield single_object("JobSucceeded", job_id=self.id, occurred_at=now_us())
        if self.kind == "retried":
            yield single_object("JobFailed", job_id=self.id, occurred_at=now_us())
            yield single_object("JobStarted", job_id=self.id, occurred_at=now_us(), attempt=2)


def decoded(message, record):
    schema, mark = written_with(record)
    assert message.value().startswith(mark)
    return fastavro.schemaless_reader(io.BytesIO(message.value()[len(mark):]), schema)


def check_ledger(world, jobs):
    expected = {request: reason for job in jobs for request, reason in job.expected.items()}
    rows = world.rows("select * from jobtrail.cancellation where identified")
    actual = {str(row["request_id"]): "granted" if row["decision"] == "granted" else row["reason_code"]
              for row in rows}
    assert len(rows) == len(expected)
    assert actual == expected


def check_commands(world, jobs):
    entitled = {job.id: job for job in jobs if job.is_entitled()}
    ids = collections.defaultdict(set)
    for message in world.everything("commands"):
        command = decoded(message, "CancelJob")
        job = entitled[command["job_id"]]  # else: nobody was entitled
        assert (command["organization_id"], command["requester_id"], command["attempt"]) == (
            "org-a", job.creator, job.attempt)
        ids[command["job_id"]].add(command["command_id"])
    assert ids.keys() == entitled.keys()
    assert all(len(each) == 1 for each in ids.values())


def check_decisions(world, jobs):
    answers = collections.defaultdict(set)
    for message in world.everything("cancel-decisions"):
        decision = decoded(message, "CancelDecided")
        answers[decision["request_id"]].add((decision["decision"], decision["command_id"]))
    assert answers.keys() == {request for job in jobs for request in job.expected}
    assert all(len(each) == 1 for each in answers.values())


def wait_until_asked(world, jobs, how="true", deadline_s=120):
    """Until each request about these jobs is in the ledger, in this state."""
    wanted = sum(len(job.expected) for job in jobs)
    names = [job.id for job in jobs]
    wait_until(lambda: world.rows(f"select count(*) as n from jobtrail.cancel_request where {how}"
                                  " and job_id = any (%s)", (names,))[0]["n"] == wanted,
               f"all are asked, and {how}", deadline_s)


def wait_until_decided(world, jobs):
    wait_until_asked(world, jobs, "decided_at is not null")


def wait_until_told(world, jobs, deadline_s=120):
    """Until each request is decided, and all that came of it is published."""
    wait_until_decided(world, jobs)
    wait_until(lambda: world.rows("select count(*) as n from jobtrail.outbox")[0]["n"] == 0,
               "all is published", deadline_s)


def check(world, jobs):
    """Nobody else was granted anything, and nothing that was granted is lost."""
    assert world.rows("select count(*) as n from jobtrail.dead_letter") == [{"n": 0}]
    check_ledger(world, jobs)
    check_commands(world, jobs)
    check_decisions(world, jobs)
