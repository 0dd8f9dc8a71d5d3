# SPDX-License-Identifier: Apache-2.0
"""jobtrail emit asks for jobs to be cancelled, and its simulated jobs obey commands."""
import io
import json
import os
import signal
import subprocess
import urllib.request
import uuid

import fastavro
import pytest
from confluent_kafka import Consumer, TopicPartition

from command import run
from interop_events import plain_schema
from jobtrail_process import environment_of, run_jobtrail
from needs import need
from stories import single_object, written_with
from waiting import wait_until
from world import PARTITIONS

ASKED = ("--organization", "acme", "--job", "j-1", "--requester", "mary")


def emit(world, *arguments, **settings):
    """Asks; returns what the command printed about it."""
    printed = run_jobtrail({**world.settings(), **settings}, "emit", "--cancel-requested", *ASKED,
                           *arguments, "--output", "json")
    return json.loads(printed)[0]


def read(record, payload):
    """The fields of a value without its framing."""
    stream = io.BytesIO(payload)
    fields = fastavro.schemaless_reader(stream, plain_schema(record), None)
    assert not stream.read()
    return fields


def test_a_request_is_sent_as_it_was_said(world):
    asked = str(uuid.uuid4())
    told = emit(world, "--request-id", asked, "--reason", "started twice ½", "--token", "a.b.c",
                "--occurred-at", "2026-11-24T08:00:00.000001Z")
    message, = world.consume("cancel-requests", 1)
    assert told == {"request_id": asked, "topic": world.topics["cancel-requests"],
                    "partition": message.partition(), "offset": message.offset()}
    assert message.key() == b"j-1"
    mark = written_with("CancelRequested")[1]
    assert message.value().startswith(mark)
    assert read("CancelRequested", message.value()[len(mark):]) == {
        "request_id": asked, "organization_id": "acme", "job_id": "j-1", "requester_id": "mary",
        "requested_at": 1_795_507_200_000_001, "reason": "started twice ½"}
    headers = dict(message.headers())
    assert headers["ce_type"] == b"jobtrail.v1.CancelRequested"
    assert headers["ce_id"] == asked.encode() and headers["ce_subject"] == b"j-1"
    assert headers["authorization"] == b"Bearer a.b.c"


def test_without_a_token_there_is_no_authorization(world):
    told = emit(world)
    message, = world.consume("cancel-requests", 1)
    assert "authorization" not in dict(message.headers())
    mark = written_with("CancelRequested")[1]
    fields = read("CancelRequested", message.value()[len(mark):])
    assert fields["request_id"] == told["request_id"] and fields["reason"] is None


def test_with_a_registry_its_framing_is_used(world):
    registry, = need("JOBTRAIL_SCHEMA_REGISTRY_URL")
    emit(world, **{"schema.registry.url": registry})
    message, = world.consume("cancel-requests", 1)
    assert message.value()[0] == 0
    number = int.from_bytes(message.value()[1:5], "big")
    with urllib.request.urlopen(f"{registry}/schemas/ids/{number}", timeout=10) as answer:
        schema = json.loads(json.load(answer)["schema"])
    assert schema["name"] == "CancelRequested"
    assert read("CancelRequested", message.value()[5:])["requester_id"] == "mary"


@pytest.mark.parametrize("kind", (["--started"], ["--cancel-requested", "--requester", "ada"], ["--simulate", "3"]),
                         ids=("an event", "a request", "a stream"))
def test_a_topic_that_is_missing_is_named(world, kind):
    """With the command that makes it, and long before a delivery is given up."""
    name = f"{world.name}.nowhere"
    job = [] if "--simulate" in kind else ["--organization", "org-a", "--job", "job-1"]
    status, _, said = run(world.settings(), "emit", *kind, *job, "--to", name)
    assert status == 75
    assert f"the topic {name} is missing" in said and f"kafka-topics --bootstrap-server {world.bootstrap}" in said
    assert ("LogAppendTime" in said) == ("--cancel-requested" in kind)


def test_a_request_that_nobody_could_judge_is_not_sent(world):
    run_jobtrail(world.settings(), "emit", "--cancel-requested", "--organization", "acme", "--job",
                 "j" * 256, "--requester", "mary", status=1)
    assert wait_until(lambda: world.log_ends("cancel-requests"), "its ends are known") == dict.fromkeys(
        range(PARTITIONS), 0)


class Simulation:
    """A running `jobtrail emit --simulate`, and the events it has sent so far."""

    def __init__(self, world, folder, rate=20, **settings):
        self.log = folder / "simulate.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [os.environ["DEV_JOBTRAIL"], "emit", "--simulate", "0", "--rate", str(rate),
                 "--running", "20", "--seed", "7", "--cancel-requests", "50"],
                env=environment_of({**world.settings(), **settings}), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        self.events = []
        self.consumer = Consumer({"bootstrap.servers": world.bootstrap, "group.id": world.name,
                                  "enable.auto.commit": False})
        self.consumer.assign([TopicPartition(world.topics["events"], partition, 0)
                              for partition in range(PARTITIONS)])

    def until(self, is_it, what):
        """The first event that is it, of those since and before."""
        seen = 0

        def found():
            nonlocal seen
            for message in self.consumer.consume(1000, 0.1):
                if not message.error():
                    record = dict(message.headers())["ce_type"].decode().rsplit(".", 1)[1]
                    self.events.append((record, read(record, message.value()[10:])))
            while seen < len(self.events):
                seen += 1
                if is_it(*self.events[seen - 1]):
                    return self.events[seen - 1][1]
            return None

        return wait_until(found, what)

    def stop(self):
        """As Ctrl-C does. What it said."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0, self.log.read_text()
        return self.log.read_text()

    def close(self):
        self.consumer.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def simulate(tmp_path):
    """simulate(world, **settings) starts a simulation."""
    started = []

    def start(world, **settings):
        started.append(Simulation(world, tmp_path, **settings))
        return started[-1]

    yield start
    for each in started:
        each.close()


def command(event, **changes):
    """The command that stops the attempt of an event, as (key, value, headers)."""
    fields = {"command_id": str(uuid.uuid4()), "request_id": str(uuid.uuid4()),
              "organization_id": event["organization_id"], "job_id": event["job_id"],
              "attempt": event["attempt"], "type": "Load", "requester_id": "whoever",
              "issued_at": event["occurred_at"], "reason": None, **changes}
    return fields["command_id"], single_object("CancelJob", **fields)


def strangers(event):
    """Commands that are almost those for the attempt of an event."""
    for changes in ({"attempt": event["attempt"] + 1}, {"organization_id": "organization-99"},
                    {"job_id": str(uuid.uuid4())}, {"job_id": event["job_id"].upper()}):
        yield command(event, **changes)[1]


def command_until_obeyed(world, running):
    """Commands every job that starts to stop, in turn with almost doing so, since the simulation
    may need a while to listen. The end of the first that obeyed, and all commands it may obey."""
    theirs = {}

    def obeyed(record, event):
        if record == "JobStarted" and len(theirs) % 2:
            theirs[str(uuid.uuid4())] = None
            world.produce("commands", strangers(event))
        elif record == "JobStarted":
            command_id, message = command(event)
            theirs[command_id] = event
            world.produce("commands", [(event["job_id"], b"no command at all", []), message])
        return record == "JobCancelled" and event["command_id"]

    return running.until(obeyed, "a job obeys"), theirs


def test_simulated_jobs_obey_what_is_theirs(world, simulate):
    running = simulate(world)
    _, theirs = command_until_obeyed(world, running)
    said = running.stop()
    ends = {event["command_id"]: event for record, event in running.events
            if record == "JobCancelled" and event["command_id"]}
    for command_id, end in ends.items():
        assert [end[name] for name in ("organization_id", "job_id", "attempt")] == \
            [theirs[command_id][name] for name in ("organization_id", "job_id", "attempt")]
        assert [event for _, event in running.events if event["job_id"] == end["job_id"]][-1] == end
    assert "commands obeyed: " in said and said.count("a command cannot be read") == 1


def test_commands_of_yesterday_are_not_obeyed(world, simulate):
    """The same seed makes the same jobs, and the log still has what was said to the first ones."""
    first = simulate(world)
    stopped, _ = command_until_obeyed(world, first)
    first.stop()
    again = simulate(world, rate=200)
    again.until(lambda record, event: record in ("JobSucceeded", "JobFailed", "JobCancelled")
                and event["job_id"] == stopped["job_id"]
                and event["event_id"] != stopped["event_id"], "it ends again")
    assert "obeyed" not in again.stop()


def test_members_ask_for_jobs_that_run(world, simulate):
    running = simulate(world, rate=200)
    wait_until(lambda: sum(world.log_ends("cancel-requests").values()) >= 5, "members ask")
    running.stop()
    mark = written_with("CancelRequested")[1]
    jobs = {}
    count = sum(world.log_ends("cancel-requests").values())
    requests = [read("CancelRequested", message.value()[len(mark):])
                for message in world.consume("cancel-requests", count)]
    running.until(lambda record, event: record == "JobCreated" and jobs.setdefault(
        event["job_id"], event) and all(each["job_id"] in jobs for each in requests),
                  "the jobs that they ask about")
    for request in requests:
        assert request["organization_id"] == jobs[request["job_id"]]["organization_id"]
    assert any(request["requester_id"] == jobs[request["job_id"]]["creator_id"]
               for request in requests)


def test_without_the_topic_it_goes_on(world, simulate):
    running = simulate(world, rate=200, **{"topic.commands": world.name + ".none"})
    running.until(lambda record, _: record == "JobSucceeded", "a job ends")
    said = running.stop()
    assert said.count(f"the jobs obey no cancel commands: there is no topic {world.name}.none\n") == 1
