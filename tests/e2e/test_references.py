# SPDX-License-Identifier: Apache-2.0
"""Schemas that a registry has in several pieces, which refer to each other."""
import json
import struct
from urllib.parse import quote

import interop_events
from small_registry import SmallRegistry
from stories import BASE_US, single_object, statuses, stories
from waiting import wait_for_equal


class ReferringRegistry(SmallRegistry):
    """Knows schemas by subject, each with what it refers to."""

    def __init__(self):
        super().__init__()
        self.answers = {}

    def put(self, subject, schema, *references):
        """The id, under which it stands too. references: subjects."""
        number = 1000 + len(self.answers)
        answer = {"id": number, "schema": json.dumps(schema), "references": [
            {"name": subject, "subject": subject, "version": 1} for subject in references]}
        self.answers[f"/schemas/ids/{number}"] = answer
        self.answers[f"/subjects/{quote(subject, safe='')}/versions/1"] = answer
        return number

    def answer(self, method, path, body):
        known = self.answers.get(path.split("?")[0])
        return (200, known) if known else super().answer(method, path, body)


def as_branch(number, branch, event):
    """The event as a value of a union in Confluent's framing."""
    key, value, headers = event
    return key, b"\0" + struct.pack(">IB", number, 2 * branch) + value[10:], headers


def test_a_union_of_schemas_that_stand_elsewhere(migrated, serve):
    """Directly, and one behind the other: what an event consists of is the same."""
    registry = ReferringRegistry().start()
    created = json.loads(interop_events.schema_text("JobCreated"))
    started = json.loads(interop_events.schema_text("JobStarted"))
    registry.put("an id/of jobs", {"type": "fixed", "name": "elsewhere.Empty", "size": 0})
    started["fields"].append({"name": "later", "type": "elsewhere.Empty"})
    registry.put("jobtrail.v1.JobCreated", created)
    registry.put("jobtrail.v1.JobStarted", started, "an id/of jobs")
    number = registry.put("job.events-value", ["jobtrail.v1.JobCreated", "jobtrail.v1.JobStarted"],
                          "jobtrail.v1.JobCreated", "jobtrail.v1.JobStarted")
    running = serve({**migrated.settings(), "schema.registry.url": registry.url, "dead-letters.patience": "1h"})
    job = {"job_id": "referenced", "occurred_at": BASE_US}
    migrated.produce("events", [
        as_branch(number, 0, single_object("JobCreated", **job, type="Load", creator_id="ada")),
        as_branch(number, 1, single_object("JobStarted", **job)), *stories(range(2))])
    wait_for_equal(lambda: statuses(migrated), {"running": 1, "successful": 2}, "all are projected")
    assert migrated.jobs("org-a")["referenced"]["creator_id"] == "ada"
    running.stop()
    registry.stop()
