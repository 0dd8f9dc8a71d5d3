# SPDX-License-Identifier: Apache-2.0
"""A client of Jobtrail in one file: copy it into your program. It tells of jobs, and stops those whose
creator wants it. It needs confluent-kafka and fastavro, and nothing else.

    from jobtrail import Jobs

    with Jobs({"bootstrap.servers": "kafka-1.internal:9092"}, organization="acme") as jobs:
        job = jobs.create("load-7", type="Load", creator="ada")
        job.start()
        for percent in range(0, 100, 10):
            if job.is_to_stop:
                job.cancelled()
                break
            work_for_a_while()
            job.progress(percent)
        else:
            job.succeed("https://files.example.org/load-7.zip")

What a call refuses (ValueError) is what Jobtrail would keep as a dead letter. Calls may come from any thread and
return at once: events are sent behind them, in order. Where Kafka is away for so long that there is no room
(queue.buffering.max.messages), a call waits for some, and BufferError says that it waited in vain. What Kafka has not
taken when the block ends is waited for, and NotDelivered says what was lost, if anything.
"""
import collections
import datetime
import io
import itertools
import json
import logging
import threading
import time
import uuid

import fastavro
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

LOG = logging.getLogger("jobtrail")
ID_BYTES, TYPE_BYTES, CODE_BYTES, ADDRESS_BYTES, ATTEMPTS = 255, 128, 128, 2048, 10000
MESSAGE_BYTES, DETAIL_BYTES = 4 * 1024, 64 * 1024  # what is longer is cut
EARLIEST, AHEAD = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1)
COMPLAINTS, COMMANDS_KEPT = 100, 10_000  # the latter of jobs that are not known yet
LOOK_BACK = datetime.timedelta(hours=1)  # for commands that came while nobody listened
LOOK_EVERY_S, PARTITIONS_EVERY_S = 0.2, 60
# Of event ids that are derived: any fixed UUID does, as long as it stays.
EVENTS = uuid.UUID("6f0c7f7e-6b0e-4f0e-9d55-8f0f3c1f5a11")

UUID_TYPE = {"type": "string", "logicalType": "uuid"}
TIME_TYPE = {"type": "long", "logicalType": "timestamp-micros"}
TEXT_OR_NULL = {"type": ["null", "string"], "default": None}


def _record(name, *fields):
    schema = {"type": "record", "name": name, "namespace": "jobtrail.v1", "fields": [
        {"name": field, **(kind if isinstance(kind, dict) and "default" in kind else {"type": kind})}
        for field, kind in fields]}
    return fastavro.parse_schema(schema)


def _event(name, *fields):
    return _record(name, ("event_id", UUID_TYPE), ("organization_id", "string"), ("job_id", "string"),
                   ("attempt", {"type": "int", "default": 1}), ("occurred_at", TIME_TYPE), ("message", TEXT_OR_NULL),
                   *fields)


SCHEMAS = {
    "JobCreated": _event("JobCreated", ("type", "string"), ("creator_id", TEXT_OR_NULL),
                         ("cancellable", {"type": "boolean", "default": True})),
    "JobStarted": _event("JobStarted"),
    "JobProgressed": _event("JobProgressed", ("progress", "int")),
    "JobSucceeded": _event("JobSucceeded", ("result_uri", TEXT_OR_NULL)),
    "JobFailed": _event("JobFailed", ("error_code", TEXT_OR_NULL), ("error_detail", TEXT_OR_NULL)),
    "JobCancelled": _event("JobCancelled", ("command_id", {"type": ["null", UUID_TYPE], "default": None})),
    "CancelJob": _record("CancelJob", ("command_id", UUID_TYPE), ("request_id", UUID_TYPE), ("organization_id", "string"),
                         ("job_id", "string"), ("attempt", {"type": "int", "default": 1}), ("type", "string"),
                         ("requester_id", "string"), ("issued_at", TIME_TYPE), ("reason", TEXT_OR_NULL)),
}


def _mark(schema):
    """The ten bytes in front of a value that name its schema: Avro's single-object encoding."""
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    return b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))


MARKS = {name: _mark(schema) for name, schema in SCHEMAS.items()}


class NotDelivered(Exception):
    """Kafka did not take these events: [(record, job_id, why), ...]."""

    def __init__(self, events):
        super().__init__(f"{len(events)} events were not delivered, the first of them {' '.join(map(str, events[0]))}")
        self.events = events


def _check_text(name, text, most_bytes, may_be_none=False):
    if text is None and may_be_none:
        return
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= most_bytes or "\0" in text:
        raise ValueError(f"{name} is a text of 1 to {most_bytes} bytes in UTF-8, without NUL, and not {text!r}")


def _cut(name, text, most_bytes):
    if text is None:
        return None
    if not isinstance(text, str) or "\0" in text:
        raise ValueError(f"{name} is a text without NUL, and not {text!r}")
    return text.encode()[:most_bytes].decode(errors="ignore")


def _check_time(at):
    if at.tzinfo is None:
        raise ValueError("at is a moment only with a zone: datetime.now(timezone.utc), say")
    if not EARLIEST <= at <= datetime.datetime.now(datetime.timezone.utc) + AHEAD:
        raise ValueError(f"at is between the year 2000 and tomorrow, and not {at}")


def _check_number(name, number, least, most):
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise ValueError(f"{name} is a number from {least} to {most}, and not {number!r}")


class Job:
    """One attempt of a job that this program runs. Made by Jobs.create and Jobs.resume."""

    def __init__(self, jobs, job_id, attempt):
        self._jobs, self.job_id, self.attempt = jobs, job_id, attempt
        self._stop, self._command, self._sequence = threading.Event(), None, itertools.count(1)

    # Each of these takes, besides what is named:
    #   message    a brief one for people
    #   at         when it happened: a datetime with a zone; else now
    #   event_id   a UUID that is the same whenever this event is sent; else derived (Jobs.source) or random
    #   headers    [(name, bytes), ...], such as traceparent

    def start(self, **more):
        self._send("JobStarted", {}, more)

    def progress(self, percent, message=None, **more):
        """Where there is no room it is left out: the next one says more (Jobs.ticks_left_out)."""
        _check_number("percent", percent, 0, 100)
        self._send("JobProgressed", {"progress": percent}, {"message": message, **more})

    def succeed(self, result_uri=None, **more):
        _check_text("result_uri", result_uri, ADDRESS_BYTES, may_be_none=True)
        if result_uri is not None and not result_uri.lower().startswith(("http://", "https://")):
            raise ValueError(f"result_uri is an address of http or https, and not {result_uri!r}")
        self._send("JobSucceeded", {"result_uri": result_uri}, more)

    def fail(self, error_code=None, error_detail=None, **more):
        _check_text("error_code", error_code, CODE_BYTES, may_be_none=True)
        self._send("JobFailed", {"error_code": error_code,
                                 "error_detail": _cut("error_detail", error_detail, DETAIL_BYTES)}, more)

    def cancelled(self, **more):
        """It has stopped: by the command that came, if one did."""
        self._send("JobCancelled", {"command_id": self.command["command_id"] if self.command else None}, more)

    @property
    def is_to_stop(self):
        """Whether its creator wants it to stop. Answer with cancelled(), or with how it ended otherwise."""
        return self._stop.is_set()

    def wait_to_stop(self, timeout=None):
        """Waits for that, so many seconds at most. Whether it is so."""
        return self._stop.wait(timeout)

    @property
    def command(self):
        """The command, a dictionary with command_id, requester_id, reason and so on; None: none came."""
        return self._command

    def _obey(self, command):
        if not self._command:
            self._command = command
            self._stop.set()

    def _send(self, record, fields, more):
        self._jobs._send(record, self, fields, next(self._sequence), **more)  # pylint: disable=protected-access


class Jobs:
    """The jobs that this program runs for one organisation.

    settings       of the Kafka client: bootstrap.servers, security.protocol and so on
    source         a name of this program: event ids are then made of it, the job, the attempt, the kind of event and
                   its number, so that a backfill that runs twice in the same order is one
    commands       whether to listen for commands to stop; needs READ on that topic, and no group
    on_stop        called with the job when a command for it came, also one that came before its resume, by the thread
                   that hears commands: do little there
    schema_of      only where Jobtrail writes with a schema registry: the writer's schema of an id, as text. Let it ask
                   again where the registry is away: once it raises, that command is lost
    """

    def __init__(self, settings, organization, *, source=None, commands=True, on_stop=None, schema_of=None,
                 topic="job.events", commands_topic="job.commands", room_timeout=60):
        _check_text("organization", organization, ID_BYTES)
        self.organization, self.source = organization, source
        self.ticks_left_out = 0
        self._topic, self._room_timeout = topic, room_timeout
        self._lock, self._failed = threading.Lock(), []
        self._jobs, self._early = {}, collections.OrderedDict()
        self._on_stop, self._untold = on_stop, collections.deque()
        self._producer = Producer({"linger.ms": 5, **settings, "enable.idempotence": True,
                                   "partitioner": "murmur2_random"})
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._report, daemon=True)]
        if commands:
            reader = _CommandReader(settings, commands_topic, schema_of)
            self._threads.append(threading.Thread(target=self._listen, args=(reader,), daemon=True))
        for thread in self._threads:
            thread.start()

    def create(self, job_id, *, type, creator, cancellable=True, attempt=1, **more):  # pylint: disable=redefined-builtin
        """A job that is new. creator: the member who started it, who alone can have it stopped; None: nobody's."""
        _check_text("type", type, TYPE_BYTES)
        _check_text("creator", creator, ID_BYTES, may_be_none=True)
        job = self.resume(job_id, attempt=attempt)
        self._send("JobCreated", job, {"type": type, "creator_id": creator, "cancellable": cancellable}, 0, **more)
        return job

    def resume(self, job_id, *, attempt=1):
        """A job that somebody created: to go on with, or to begin another attempt of."""
        _check_text("job_id", job_id, ID_BYTES)
        _check_number("attempt", attempt, 1, ATTEMPTS)
        job = Job(self, job_id, attempt)
        with self._lock:
            self._jobs[job_id, attempt] = job
            command = self._early.get((job_id, attempt))
        if command:
            job._obey(command)  # pylint: disable=protected-access
            self._untold.append(job)
        return job

    def flush(self, timeout=30):
        """Waits until Kafka has all that was told. Raises NotDelivered, once for each event that is lost."""
        left = self._producer.flush(timeout)
        with self._lock:
            failed, self._failed = self._failed, []
        if failed:
            raise NotDelivered(failed)
        if left:
            raise TimeoutError(f"{left} events are still under way after {timeout} s")

    def close(self, timeout=30):
        """Flushes and ends. Nothing is told afterwards."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        self.flush(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- events

    def _event_id(self, record, job, sequence, given):
        if given is not None:
            return str(uuid.UUID(str(given)))
        if self.source is None:
            return str(uuid.uuid4())
        parts = (self.source, self.organization, job.job_id, str(job.attempt), record, str(sequence))
        return str(uuid.uuid5(EVENTS, "".join(f"{len(part.encode())}:{part}" for part in parts)))

    def _send(self, record, job, fields, sequence, message=None, at=None, event_id=None, headers=None):
        at = datetime.datetime.now(datetime.timezone.utc) if at is None else at
        _check_time(at)
        value = io.BytesIO()
        value.write(MARKS[record])
        fastavro.schemaless_writer(value, SCHEMAS[record], {
            "event_id": self._event_id(record, job, sequence, event_id), "organization_id": self.organization,
            "job_id": job.job_id, "attempt": job.attempt, "occurred_at": at,
            "message": _cut("message", message, MESSAGE_BYTES), **fields})
        self._produce(record, job, value.getvalue(), headers or [])
        if record in ("JobSucceeded", "JobFailed", "JobCancelled"):
            with self._lock:
                self._jobs.pop((job.job_id, job.attempt), None)

    def _produce(self, record, job, value, headers):
        def delivered(error, _message):
            if error:
                with self._lock:
                    self._failed.append((record, job.job_id, str(error)))

        until = time.monotonic() + self._room_timeout
        while True:
            try:
                self._producer.produce(self._topic, value, key=job.job_id, headers=headers, on_delivery=delivered)
                return
            except BufferError:
                if record == "JobProgressed":
                    self.ticks_left_out += 1
                    return
                if time.monotonic() > until:
                    raise
            time.sleep(LOOK_EVERY_S)

    def _report(self):
        while not self._is_over.is_set():
            self._producer.poll(LOOK_EVERY_S)

    # ---- commands

    def _listen(self, reader):
        try:
            while not self._is_over.is_set():
                while self._untold:
                    self._tell(self._untold.popleft())
                command = reader.read()
                if command and command["organization_id"] == self.organization:
                    self._obey(command)
        finally:
            reader.close()

    def _obey(self, command):
        key = command["job_id"], command["attempt"]
        with self._lock:
            job = self._jobs.get(key)
            self._early[key] = command
            while len(self._early) > COMMANDS_KEPT:
                self._early.popitem(last=False)
        if not job or job.is_to_stop:
            return
        job._obey(command)  # pylint: disable=protected-access
        self._tell(job)

    def _tell(self, job):
        if self._on_stop:
            try:
                self._on_stop(job)
            except Exception:  # pylint: disable=broad-exception-caught # theirs, and no reason to hear no more
                LOG.exception("on_stop failed for job %s", job.job_id)


class _CommandReader:
    """Reads all partitions of the topic of commands, those that are added too, from an hour ago on. It is in no group:
    each program that runs jobs hears every command, and finds its own."""

    def __init__(self, settings, topic, schema_of):
        self.topic, self.schema_of, self.schemas = topic, schema_of, {}
        self.consumer = Consumer({**settings, "group.id": f"jobtrail-client-{uuid.uuid4()}", "enable.auto.commit": False,
                                  "enable.auto.offset.store": False, "auto.offset.reset": "earliest"})
        self.began_ms = int((time.time() - LOOK_BACK.total_seconds()) * 1000)
        self.look_at, self.has_complained = 0, set()

    def read(self):
        """A command, or None after a moment without one."""
        try:
            if time.monotonic() >= self.look_at:
                self._look_for_partitions()
            message = self.consumer.poll(LOOK_EVERY_S)
        except KafkaException as error:
            self._complain(str(error))
            time.sleep(LOOK_EVERY_S)
            return None
        if not message:
            return None
        if message.error():
            self._complain(str(message.error()))
            return None
        return self._decode(message.value())

    def _look_for_partitions(self):
        self.look_at = time.monotonic() + LOOK_EVERY_S
        found = self.consumer.list_topics(self.topic, timeout=5).topics[self.topic]
        if found.error:
            raise KafkaException(found.error)
        known = {each.partition for each in self.consumer.assignment()}
        for number in found.partitions.keys() - known:
            # The end is asked first: what comes between the two questions is behind it.
            end = self.consumer.get_watermark_offsets(TopicPartition(self.topic, number), timeout=5)[1]
            start, = self.consumer.offsets_for_times([TopicPartition(self.topic, number, self.began_ms)], timeout=5)
            self.consumer.incremental_assign([TopicPartition(self.topic, number,
                                                             start.offset if start.offset >= 0 else end)])
        self.look_at = time.monotonic() + PARTITIONS_EVERY_S

    def _decode(self, value):
        try:
            schema, body = self._schema_of(value)
            return fastavro.schemaless_reader(io.BytesIO(body), schema, SCHEMAS["CancelJob"])
        except Exception as error:  # pylint: disable=broad-exception-caught # whatever it is, the next one may be ours
            self._complain(f"a record of {self.topic} cannot be read: {error}")
            return None

    def _schema_of(self, value):
        if value[:10] == MARKS["CancelJob"]:
            return SCHEMAS["CancelJob"], value[10:]
        if value[:1] == b"\0" and self.schema_of:
            number = int.from_bytes(value[1:5], "big")
            if number not in self.schemas:
                self.schemas[number] = fastavro.parse_schema(json.loads(self.schema_of(number)))
            return self.schemas[number], value[5:]
        raise ValueError("it names a schema that is not known here; where Jobtrail has a registry, give schema_of")

    def _complain(self, text):
        if text not in self.has_complained and len(self.has_complained) < COMPLAINTS:
            LOG.warning("commands: %s", text)
            self.has_complained.add(text)

    def close(self):
        self.consumer.close()
