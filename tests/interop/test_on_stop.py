# SPDX-License-Identifier: Apache-2.0
"""Who is called back by the client in Python is called once for each job that is to stop, whenever its command came."""
import datetime
import io
import uuid

import fastavro

from teller import jobtrail
from waiting import wait_for_equal


def command(job_id):
    value = io.BytesIO(jobtrail.MARKS["CancelJob"])
    value.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(value, jobtrail.SCHEMAS["CancelJob"], {
        "command_id": uuid.uuid4(), "request_id": uuid.uuid4(), "organization_id": "acme", "job_id": job_id,
        "attempt": 1, "type": "Load", "requester_id": "ada", "issued_at": datetime.datetime.now(datetime.timezone.utc),
        "reason": None})
    return job_id, value.getvalue(), []


def test_a_job_that_is_resumed_after_its_command_is_called_back_too(world):
    heard = []
    with jobtrail.Jobs({"bootstrap.servers": world.bootstrap}, "acme", on_stop=heard.append, topic=world.topics["events"],
                       commands_topic=world.topics["commands"]) as jobs:
        first = jobs.resume("load-7")
        world.produce("commands", [command("load-7"), command("load-7")])
        wait_for_equal(lambda: heard, [first], "it is told")
        again = jobs.resume("load-7")
        assert again.is_to_stop
        wait_for_equal(lambda: heard, [first, again], "who took it over is told")
